"""How long the register keeps what it knows about people: who reported, and who once owned a house."""

from django.db.models import Exists, OuterRef, Q

from soe.audit.erasure import Part
from soe.audit.models import Erasure
from soe.audit.retention import Subject, add

GONE = "gelöscht"
OWNER = {
    "name": GONE, "search": GONE, "sound": "", "birth_date": None, "street": "", "postcode": "", "city": "",
    "country": "", "phone": "", "email": "", "delivery": "", "note": "",
}  # fmt: skip


def reporters_due(cutoff):
    """The complaint is closed since the period."""
    from .models import ComplaintReporter

    rows = ComplaintReporter.objects.filter(complaint__closed_on__lt=cutoff.date())
    return rows.select_related("complaint").order_by("complaint__closed_on", "pk")


def reporter_parts(reporter):
    return [Part(type(reporter), [reporter.pk])]


def owners_due(cutoff):
    """A natural person who owns, manages or inherits nothing in the register any more."""
    from .models import Ownership, Party

    held = Ownership.objects.filter(Q(until=None) | Q(until__gte=cutoff.date()), party=OuterRef("pk"))
    erased = Erasure.objects.filter(rule="owner", object_id=OuterRef("pk"))
    rows = Party.objects.filter(~Exists(held), ~Exists(erased), kind="person", changed_at__lt=cutoff)
    return rows.order_by("changed_at", "pk")


def owner_parts(party):
    return [Part(type(party), [party.pk], OWNER)]


def register():
    add(
        Subject(
            "reporter",
            "Meldende Personen",
            "objects.ComplaintReporter",
            months=12,
            basis="Art. 17 Abs. 1 Buchst. a DSGVO: Rückfragen und Antwort sind erledigt",
            starts="nach dem Abschluss der Beschwerde",
            gone="Name und Kontakt der meldenden Person, auch aus dem Verlauf. Die Beschwerde bleibt.",
            due=reporters_due,
            parts=reporter_parts,
            number=lambda reporter: f"Beschwerde {reporter.complaint.number}",
            since=lambda reporter: reporter.complaint.closed_on,
        )
    )
    add(
        Subject(
            "owner",
            "Frühere Eigentümer (natürliche Personen)",
            "objects.Party",
            months=60,
            basis="Art. 17 Abs. 1 Buchst. a DSGVO; §§ 195, 199 BGB: Ansprüche sind verjährt",
            starts="nach dem Ende der letzten Rolle an einem Objekt",
            gone="Name, Geburtsdatum und Kontaktdaten, auch aus dem Verlauf. Die Rolle am Objekt bleibt.",
            due=owners_due,
            parts=owner_parts,
            number=lambda party: f"Eigentümer {str(party.pk)[-8:]}",
            since=lambda party: party.changed_at,
        )
    )
