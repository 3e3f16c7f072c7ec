"""Keyboard shortcuts: `g` and a letter goes to a page. One list for the script, the dialog and the help page."""

# route name → letter after "g"; only what stands in the reader's navigation is offered.
GO = {
    "web:start": "s",
    "objects:property_list": "o",
    "objects:complaint_list": "b",
    "objects:inspection_day_list": "k",
    "objects:proceeding_list": "v",
    "objects:measure_list": "m",
    "objects:party_list": "e",
    "cases:offer_list": "a",
    "cases:contact_list": "n",
    "cases:person_list": "p",
    "cases:case_list": "f",
    "cases:referral_list": "w",
    "steering:meeting_list": "t",
    "steering:decision_list": "d",
    "steering:paper_list": "u",
    "steering:committee_list": "c",
    "reports:report_list": "r",
    "administration:overview": "y",
}
ALWAYS = (("Strg K", "Suche öffnen"), ("Esc", "Vorschläge, Menü oder Dialog schließen"))
SINGLE = (
    ("/", "Suche öffnen"),
    ("?", "diese Übersicht zeigen"),
    ("N", "Neues anlegen, wo die Seite es anbietet"),
)
ROWS = (
    ("J", "in einer Liste eine Zeile weiter"),
    ("K", "in einer Liste eine Zeile zurück"),
    ("X", "Zeile auswählen oder abwählen"),
    ("Eingabe", "Zeile öffnen"),
)


def going(groups):
    """[("G O", "Objekte")] out of the reader's navigation."""
    entries = [(entry, GO.get(entry.url_name)) for _, items in groups for entry, *_ in items]
    return [(f"G {key.upper()}", entry.label) for entry, key in entries if key]
