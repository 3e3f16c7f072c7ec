"""The help SOE comes with: what one does on a page, in a few sentences. Paragraphs "
"are separated by an empty line."""

PAGES = {
    "web:start": (
        "Start",
        (
            "Hier steht, was für Sie und Ihren Fachbereich ansteht. Oben das Überfällige, dann "
            "was bis Freitag fällig ist, "
            "dann worauf andere von Ihnen warten.\n\n"
            "Ein Klick auf die Schaltfläche rechts führt direkt zum nächsten Schritt."
        ),
    ),
    "objects:property_list": (
        "Objekte",
        (
            "Alle Objekte im Kataster. Die Reiter oben sind fertige Ansichten; eigene speichern "
            "Sie mit "
            "„Ansicht speichern“.\n\n"
            "Die Ampel sagt zweierlei: wie groß der Druck ist und wie viel Spielraum die Stadt "
            "hat. Haken Sie Zeilen "
            "an, um Überprüfungen zu setzen oder Fachbereiche anzufragen."
        ),
    ),
    "objects:property": (
        "Objekt",
        (
            "Oben drei Fragen: Wie schlimm ist es, was ist das Ziel, was kommt als Nächstes? Die "
            "Zeitleiste zeigt, was "
            "geschah. Grau eingerückte Einträge sagen, dass ein anderer Fachbereich etwas dazu "
            "hat, aber nicht was."
        ),
    ),
    "objects:complaint_list": (
        "Beschwerden",
        (
            "Alle Beschwerden und Hinweise, ohne die Person, die meldet. „Neu für uns“ zeigt, was "
            "Ihr Fachbereich noch "
            "übernehmen muss.\n\nMehrere auf einmal: Zeilen anhaken, dann weiterleiten oder eine "
            "Antwortfrist setzen. Vor "
            "dem Ausführen sehen Sie je Zeile, was geschieht."
        ),
    ),
    "objects:complaint_create": (
        "Beschwerde aufnehmen",
        (
            "Schreiben Sie auf, was gemeldet wird, nicht wer dort wohnt. Name und Kontakt der "
            "meldenden Person sieht nur "
            "der zuständige Fachbereich. Nach der Anschrift zeigt SOE, was dort schon bekannt ist."
        ),
    ),
    "objects:inspection_day_list": (
        "Kontrollen",
        (
            "Einsatztage mit den Objekten, die besucht werden. Vor Ort erfasst jeder Fachbereich "
            "seinen eigenen Abschnitt; "
            "das gemeinsame Protokoll entsteht daraus."
        ),
    ),
    "objects:proceeding_list": (
        "Verfahren",
        (
            "Verfahren laufen in Stufen: anhören, anordnen, vollstrecken. Fehlt für die nächste "
            "Stufe etwas, nennt die "
            "Seite des Verfahrens den Schritt, der es nachholt."
        ),
    ),
    "objects:measure_list": (
        "Maßnahmen",
        (
            "Was Fachbereiche an Objekten tun, bis wann und mit welcher Wirkung. Wird ein Termin "
            "verschoben, bleibt der "
            "erste vermerkt. Mehrere auf einmal: anhaken, dann verschieben oder erledigt melden."
        ),
    ),
    "objects:party_list": (
        "Eigentümer",
        (
            "Eigentümer und Verwalter mit ihrem Bestand. Die Suche findet auch andere "
            "Schreibweisen. Anschrift und Telefon "
            "sieht nur, wessen Rolle es erlaubt."
        ),
    ),
    "cases:contact_list": (
        "Kontakte",
        "Kurze Beratungen, auch anonym. Ein Name gehört nur hierher, wenn die Person eingewilligt hat.",
    ),
    "cases:case_list": (
        "Fälle",
        (
            "Die laufenden Fälle Ihres Trägers. Geschlossene finden Sie über den Reiter "
            "„Abgeschlossen“. Jeder Blick in "
            "einen Fall wird für den Datenschutz vermerkt, ohne Inhalt."
        ),
    ),
    "cases:case_create": (
        "Fall eröffnen",
        (
            "Ein Fall braucht eine Person mit gültiger Einwilligung. Ist die Person noch nicht "
            "erfasst, legen Sie sie an: "
            "Ihre übrigen Eingaben bleiben erhalten."
        ),
    ),
    "steering:meeting_list": (
        "Sitzungen",
        (
            "Sitzungen der Gremien. In der laufenden Sitzung rufen Sie Punkt für Punkt auf; "
            "Beschlussnummern werden erst "
            "beim Beschließen gezogen."
        ),
    ),
    "steering:decision_list": (
        "Beschlüsse",
        (
            "Was beschlossen wurde und wie weit es ist. Farbe und Wort kommen aus dem Bericht des "
            "zuständigen "
            "Fachbereichs; passt er nicht zu den Daten, steht es dabei."
        ),
    ),
    "reports:report_list": (
        "Berichte",
        (
            "Quartalsberichte. Zahlen unter der Schwelle erscheinen als Punkt, damit niemand "
            "erkennbar wird. Mit der "
            "Freigabe werden die Zahlen eingefroren."
        ),
    ),
    "administration:overview": (
        "Verwaltung",
        (
            "Organisation, Rollen und Zugehörigkeiten. Rechte entstehen nur aus Zugehörigkeiten "
            "und enden mit ihrem Datum."
        ),
    ),
}
# (route, field) → (title, text)
FIELDS = {
    ("objects:complaint_create", "text"): (
        "Sachverhalt",
        "Was ist zu sehen, seit wann, in welcher Wohnung? Keine Namen und keine Vermutungen über Bewohner.",
    ),
    ("objects:measure_create", "due_on"): (
        "fällig am",
        "An diesem Datum wird die Termintreue gemessen, auch wenn später verschoben wird.",
    ),
}


def default_text(route, field=""):
    entry = FIELDS.get((route, field)) if field else PAGES.get(route)
    return entry[1] if entry else ""


def title_of(route, field=""):
    page = PAGES[route][0] if route in PAGES else route
    if not field:
        return page
    entry = FIELDS.get((route, field))
    return f"{page}: {entry[0] if entry else field}"


def texts_of(route):
    """{field: text} of a page, the page itself under ""; one query."""
    from .models import PageHelp

    found = {"": default_text(route)} | {name: text for (r, name), (_, text) in FIELDS.items() if r == route}
    stored = PageHelp.objects.filter(route=route).values_list("field", "text")
    return {name: text for name, text in (found | {n: t for n, t in stored if t}).items() if text}


def page_texts(request):
    """`texts_of` the page of this request, asked once."""
    found = getattr(request, "_soe_help", None)
    if found is None:
        match = getattr(request, "resolver_match", None)
        found = request._soe_help = texts_of(match.view_name) if match is not None else {}
    return found
