"""How long the register keeps what it knows about people: who reported, and who once owned a house."""

from django.db.models import Exists, OuterRef, Q

from soe.audit.erasure import Part, add_follower
from soe.audit.models import Erasure
from soe.audit.retention import Subject, add

GONE = "gelöscht"
OWNER = {
    "name": GONE, "search": GONE, "sound": "", "birth_date": None, "street": "", "postcode": "", "city": "",
    "country": "", "phone": "", "email": "", "delivery": "", "phone_key": "", "mail_domain": "", "note": "",
}  # fmt: skip


def reporters_due(cutoff):
    """The complaint is closed since the period."""
    from .models import ComplaintReporter

    rows = ComplaintReporter.objects.filter(complaint__closed_on__lt=cutoff.date())
    return rows.select_related("complaint").order_by("complaint__closed_on", "pk")


def reporter_parts(reporter):
    return [Part(type(reporter), [reporter.pk])]


def owners_due(cutoff):
    """A natural person without any tie to the register: no right, no part in an owner, no open order."""
    from .models import OrderItem, Ownership, Party, PartyRelation, Readdressing

    held = Ownership.objects.filter(Q(until=None) | Q(until__gte=cutoff.date()), party=OuterRef("pk"))
    erased = Erasure.objects.filter(rule="owner", object_id=OuterRef("pk"))
    recent = Q(until=None) | Q(until__gte=cutoff.date())
    ties = [held, PartyRelation.objects.filter(recent, part=OuterRef("pk"))]
    ties.append(OrderItem.objects.open().filter(order__addressee=OuterRef("pk")))
    ties.append(Readdressing.objects.filter(addressee=OuterRef("pk"), measure__state="open"))
    rows = Party.objects.filter(~Exists(erased), kind="person", changed_at__lt=cutoff)
    for tie in ties:
        rows = rows.filter(~Exists(tie))
    # An entry that went up in another one goes with it, not before.
    rows = rows.filter(Q(merged_into=None) | ~Exists(held.filter(party=OuterRef("merged_into"))))
    return rows.order_by("changed_at", "pk")


def owner_parts(party):
    """Suspicions about a person go with the person; that the right was somebody's stays."""
    from .models import PartyLink

    links = list(PartyLink.objects.of([party.pk]).values_list("pk", flat=True))
    return [Part(PartyLink, links), Part(type(party), [party.pk], OWNER)]


def owners_erased(model, pks):
    """The name in the summary and the number of open suspicions follow."""
    from .models import Party, PartyLink
    from .register.party_summaries import refresh, refresh_all

    if model is Party:
        refresh(pks)
    elif model is PartyLink:
        refresh_all()


def proceedings_due(cutoff):
    from .models import Proceeding

    erased = Erasure.objects.filter(rule="proceeding", object_id=OuterRef("pk"))
    rows = Proceeding.objects.filter(~Exists(erased), closed_on__lt=cutoff.date())
    return rows.order_by("closed_on", "pk")


def proceeding_parts(proceeding):
    """Free texts and the reasons in the history; what was ordered, when and with which result stays."""
    from . import models as m

    def of(model, **filters):
        return list(model._base_manager.filter(**filters).values_list("pk", flat=True))

    one = proceeding.pk
    return [
        Part(m.Payment, of(m.Payment, claim__proceeding=one), {"note": ""}),
        Part(m.Claim, of(m.Claim, proceeding=one), {}),
        Part(m.Lawsuit, of(m.Lawsuit, order__proceeding=one), {"note": ""}),
        Part(m.EnforcementStep, of(m.EnforcementStep, proceeding=one), {"note": ""}),
        Part(m.OrderItemCheck, of(m.OrderItemCheck, item__order__proceeding=one), {"note": GONE}),
        Part(m.OrderItem, of(m.OrderItem, order__proceeding=one), {}),
        Part(m.Order, of(m.Order, proceeding=one), {}),
        Part(m.Measure, of(m.Measure, proceeding=one), {"effect_note": "", "dissent_note": ""}),
        Part(m.Proceeding, [one], {"note": ""}),
    ]


def properties_due(cutoff):
    from .models import Property

    erased = Erasure.objects.filter(rule="property", object_id=OuterRef("pk"))
    rows = Property.objects.filter(~Exists(erased), retired_on__lt=cutoff.date())
    return rows.order_by("retired_on", "pk")


def property_parts(house):
    """The reasons people typed for each change; which house it was and what happened to it stays."""
    from . import models as m

    def of(model):
        return list(model._base_manager.filter(property=house).values_list("pk", flat=True))

    children = (m.ProblemArea, m.Assessment, m.Goal, m.Dwelling, m.Ownership)
    return [*(Part(model, of(model), {}) for model in children), Part(m.Property, [house.pk], {})]


def register():
    add_follower(owners_erased)
    add(
        Subject(
            "proceeding",
            "Texte abgeschlossener Verfahren",
            "objects.Proceeding",
            months=120,
            basis="Art. 5 Abs. 1 Buchst. e DSGVO; Aufbewahrungsfrist der Akte nach der Aktenordnung",
            starts="nach dem Abschluss des Verfahrens",
            gone="Notizen und Bemerkungen zu Verfahren, Schritten, Klagen, Zahlungen, Maßnahmen, und Begründungen "
            "im Verlauf. Was angeordnet wurde, wann und mit welchem Ergebnis, bleibt.",
            due=proceedings_due,
            parts=proceeding_parts,
            number=lambda proceeding: f"Verfahren {proceeding.file_number}",
            since=lambda proceeding: proceeding.closed_on,
        )
    )
    add(
        Subject(
            "property",
            "Verlauf abgeschlossener Objekte",
            "objects.Property",
            months=120,
            basis="Art. 5 Abs. 1 Buchst. e DSGVO; Aufbewahrungsfrist der Akte nach der Aktenordnung",
            starts="nach dem Abschluss des Objekts",
            gone="die Begründungen im Verlauf des Objekts, seiner Bewertungen, Ziele, Wohneinheiten und Rechte. "
            "Die Angaben selbst bleiben.",
            due=properties_due,
            parts=property_parts,
            number=lambda house: house.number,
            since=lambda house: house.retired_on,
        )
    )
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
            starts="nach dem Ende der letzten Rolle an einem Objekt und der letzten Beziehung zu einem Eigentümer",
            gone="Name, Geburtsdatum, Kontaktdaten und Vermutungen, auch aus dem Verlauf. Die Rolle am Objekt bleibt.",
            due=owners_due,
            parts=owner_parts,
            number=lambda party: f"Eigentümer {str(party.pk)[-8:]}",
            since=lambda party: party.changed_at,
        )
    )
