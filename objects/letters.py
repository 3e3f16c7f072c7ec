"""Letters of the register: answers to complaints, hearings and cover letters of orders."""

from datetime import timedelta

from django.utils import timezone

from soe.web.letters import sources
from soe.web.letters.models import Letter
from soe.web.letters.sources import LetterSource
from soe.web.registry import Entry, timeline
from soe.web.text import day, euro

GREETING = "Sehr geehrte Damen und Herren,"
END = "Mit freundlichen Grüßen\nIm Auftrag\n\n{{ bearbeitung }}"
ANSWER = f"""{GREETING}

vielen Dank für Ihre Meldung vom {{{{ eingang }}}} zu {{{{ ort }}}}. Sie haben uns mitgeteilt:

{{{{ sachverhalt }}}}

Wir haben die Angelegenheit geprüft. Bitte ergänzen Sie hier das Ergebnis.

{END}"""
INTERIM = f"""{GREETING}

vielen Dank für Ihre Meldung vom {{{{ eingang }}}} zu {{{{ ort }}}}. Wir bearbeiten sie unter der Nummer {{{{ nummer }}}}.

Die Prüfung dauert noch an. Sie erhalten Nachricht bis zum {{{{ antwort_bis }}}}.

{END}"""
HEARING = f"""{GREETING}

ich beabsichtige, Ihnen gegenüber zum Grundstück {{{{ anschrift }}}} eine Ordnungsverfügung zu erlassen. Gegenstand: {{{{ gegenstand }}}}.

Rechtsgrundlage ist {{{{ rechtsgrundlage }}}}.

Nach § 28 Absatz 1 VwVfG NRW gebe ich Ihnen Gelegenheit, sich bis zum {{{{ frist }}}} zu den erheblichen Tatsachen zu äußern. Danach entscheide ich nach Aktenlage.

{END}"""
COVER = f"""{GREETING}

anbei erhalten Sie meine Ordnungsverfügung zum Grundstück {{{{ anschrift }}}}, Aktenzeichen {{{{ aktenzeichen }}}}. Gegenstand: {{{{ gegenstand }}}}.

Bitte beachten Sie die Fristen und die Rechtsbehelfsbelehrung in der Verfügung.

{END}"""

ORDER = f"""{GREETING}

zum Grundstück {{{{ anschrift }}}}, Aktenzeichen {{{{ aktenzeichen }}}}, ordne ich auf Grundlage von {{{{ rechtsgrundlage }}}} an:

{{{{ punkte }}}}

Für den Fall, dass Sie dem nicht fristgerecht nachkommen, drohe ich die oben je Punkt genannten Zwangsmittel an (§ 63 VwVG NRW).

Begründung: Bitte ergänzen Sie hier Sachverhalt und Würdigung.

Rechtsbehelfsbelehrung: Gegen diesen Bescheid können Sie innerhalb eines Monats nach Zustellung Klage beim Verwaltungsgericht erheben. Bitte prüfen Sie den Wortlaut.

{END}"""
THREAT = f"""{GREETING}

mit Ordnungsverfügung, zugestellt am {{{{ zugestellt }}}}, habe ich zum Grundstück {{{{ anschrift }}}} unter anderem angeordnet:

{{{{ punkt_offen }}}}

Die Frist ist abgelaufen. Ich setze Ihnen eine neue Frist bis zum {{{{ frist }}}} und drohe Ihnen nach §§ 57, 60, 63 VwVG NRW ein Zwangsgeld in Höhe von bitte ergänzen an.

{END}"""
PENALTY = f"""{GREETING}

die Ordnungsverfügung zum Grundstück {{{{ anschrift }}}}, zugestellt am {{{{ zugestellt }}}}, haben Sie in folgendem Punkt nicht fristgerecht erfüllt:

{{{{ punkt_offen }}}}

Das habe ich bei der Nachkontrolle am {{{{ nachkontrolle }}}} festgestellt. Ich setze das angedrohte Zwangsgeld in Höhe von {{{{ zwangsgeld }}}} nach §§ 60, 64 VwVG NRW fest. Bitte zahlen Sie bis zum {{{{ zahlbar_bis }}}}.

Eine Klage gegen diesen Bescheid hat keine aufschiebende Wirkung (§ 112 JustG NRW).

{END}"""


def register():
    from .complaints.models import Complaint
    from .proceedings.models import Proceeding

    sources.add(
        Complaint,
        LetterSource(
            label="Beschwerde",
            placeholders={
                "nummer": ("Nummer der Beschwerde", lambda row, user: row.number, "B-2026-0042"),
                "eingang": ("Eingang", lambda row, user: day(row.received_at), "12.11.2026"),
                "ort": ("Ort", lambda row, user: row.where, "Lampenstubenweg 12"),
                "sachverhalt": ("Sachverhalt", lambda row, user: row.text, "Im Hof liegt seit Wochen Müll."),
                "antwort_bis": ("Antwort bis", lambda row, user: day(row.answer_due), "10.12.2026"),
                "meldende_person": ("Name der meldenden Person", _reporter_name, "Erika Beispiel"),
            },
            recipient=_reporter,
            # Who reported stands in the window: letters are for those who may know it.
            read="reporter",
            write="reporter",
            templates=(
                ("Antwort auf Ihre Beschwerde", "Ihre Beschwerde {{ nummer }} zu {{ ort }}", ANSWER),
                ("Zwischennachricht", "Zwischennachricht zu Ihrer Beschwerde {{ nummer }}", INTERIM),
            ),
        ),
    )
    sources.add(
        Proceeding,
        LetterSource(
            label="Verfahren",
            placeholders={
                "aktenzeichen": ("Aktenzeichen", lambda row, user: row.file_number, "BO-2026-117"),
                "objekt": ("Objektnummer", lambda row, user: row.property.number, "HER-0042"),
                "anschrift": (
                    "Anschrift des Objekts",
                    lambda row, user: row.property.title,
                    "Lampenstubenweg 12",
                ),
                "gegenstand": ("Gegenstand", lambda row, user: row.subject, "Brandlast im Treppenraum"),
                "rechtsgrundlage": (
                    "Rechtsgrundlage",
                    lambda row, user: row.legal_basis.words if row.legal_basis else "",
                    "§ 82 BauO NRW",
                ),
                "frist": (
                    "Frist von zwei Wochen",
                    lambda row, user: day(timezone.localdate() + timedelta(days=14)),
                    "11.12.2026",
                ),
                "punkte": (
                    "Punkte der letzten Verfügung",
                    _items,
                    "1. Die Haustür ist bis 16.10.2026 instand zu setzen.",
                ),
                "punkt_offen": (
                    "Offene Punkte mit abgelaufener Frist",
                    _overdue_items,
                    "1. Die Haustür instand setzen.",
                ),
                "zugestellt": ("Zustellung der letzten Verfügung", _served, "03.09.2026"),
                "nachkontrolle": ("Letzte Nachkontrolle", _checked, "20.10.2026"),
                "zwangsgeld": ("Betrag im Entwurf der Festsetzung", _penalty_amount, "2.500,00 €"),
                "zahlbar_bis": ("Zahlungsfrist im Entwurf der Festsetzung", _penalty_due, "01.12.2026"),
            },
            recipient=_addressee,
            reference=lambda row: row.file_number,
            templates=(
                ("Anhörung nach § 28 VwVfG NRW", "Anhörung: {{ gegenstand }}, {{ anschrift }}", HEARING),
                ("Ordnungsverfügung", "Ordnungsverfügung: {{ gegenstand }}, {{ anschrift }}", ORDER),
                ("Androhung eines Zwangsgeldes", "Androhung: {{ gegenstand }}, {{ anschrift }}", THREAT),
                ("Festsetzung eines Zwangsgeldes", "Festsetzung: {{ gegenstand }}, {{ anschrift }}", PENALTY),
                ("Begleitschreiben zur Ordnungsverfügung", "Ordnungsverfügung zu {{ anschrift }}", COVER),
            ),
        ),
    )
    timeline.add("objects.Property", entries, rows=_of_house)


def _reporter_row(complaint, user):
    from .complaints.models import ComplaintReporter

    return ComplaintReporter.objects.restrict(user, "view").filter(complaint=complaint).first()


def _reporter_name(complaint, user):
    row = _reporter_row(complaint, user)
    return row.name if row else ""


def _reporter(complaint, user):
    return _reporter_name(complaint, user)


def _addressee(proceeding, user):
    """To whom the next letter goes, also after a change of owner; the address only for those who may know it."""
    from .owners.changing import proposed_addressee
    from .register.models import Party

    party = Party.objects.restrict(user, "view").filter(pk=proposed_addressee(proceeding)).first()
    if party is None:
        return ""
    lines = [party.name]
    if user.may("owner.personal"):
        lines += [party.street, f"{party.postcode} {party.city}".strip(), party.country]
    return "\n".join(line for line in lines if line)


def _last_order(proceeding):
    return proceeding.orders.order_by("-issued_on", "-id").first()


def _items(proceeding, user):
    order = _last_order(proceeding)
    return "\n".join(_item_words(row) for row in order.items.order_by("number")) if order else ""


def _item_words(row):
    words = f"{row.number}. {row.text}"
    if row.due_on:
        words += f" Frist: {day(row.due_on)}."
    if row.threatened_amount:
        words += f" Angedrohtes Zwangsgeld: {euro(row.threatened_amount)}."
    return words


def _overdue_items(proceeding, user):
    from .proceedings.models import OrderItem

    rows = OrderItem.objects.overdue(timezone.localdate()).filter(order__proceeding=proceeding)
    return "\n".join(f"{row.number}. {row.text}" for row in rows.order_by("order__issued_on", "number"))


def _served(proceeding, user):
    order = _last_order(proceeding)
    return day(order.served_on) if order and order.served_on else ""


def _checked(proceeding, user):
    from .proceedings.models import OrderItemCheck

    row = OrderItemCheck.objects.filter(item__order__proceeding=proceeding).order_by("-checked_on").first()
    return day(row.checked_on) if row else ""


def _penalty_draft(proceeding):
    return proceeding.steps.filter(kind="penalty").order_by("-created_at").first()


def _penalty_amount(proceeding, user):
    step = _penalty_draft(proceeding)
    return euro(step.amount) if step and step.amount else ""


def _penalty_due(proceeding, user):
    step = _penalty_draft(proceeding)
    return day(step.payment_due) if step and step.payment_due else ""


def _of_house(user, house):
    """Letters on complaints and proceedings of the house that the reader may see."""
    from .complaints.models import Complaint, ComplaintLink
    from .proceedings.models import Proceeding

    complaints = ComplaintLink.objects.filter(property=house).order_by().values("complaint")
    proceedings = Proceeding.objects.filter(property=house).order_by().values("pk")
    about = ((Complaint, complaints), (Proceeding, proceedings))
    return [Letter.objects.about_all(model, ids).restrict(user, "view") for model, ids in about]


def entries(user, house, *letters):
    for rows in letters:
        for row in rows.select_related("department")[:100]:
            yield Entry(
                row.sent_on or row.on,
                f"Brief {'versandt' if row.sent_on else 'geschrieben'}: {row.subject}.",
                row.get_channel_display(),
                department=row.department,
                visibility="internal",
                url=row.get_absolute_url(),
                icon="paper",
            )
