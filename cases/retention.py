"""How long counselling keeps what it knows about people, and what goes when the time is over.

A person is anonymised, not removed: visits, minutes, topics and outcomes keep counting, without anybody behind them.
"""

from django.db.models import Exists, OuterRef, Q

from soe.audit.erasure import Part
from soe.audit.models import Erasure
from soe.audit.retention import Subject, add

GONE = "gelöscht"
# Fields with text or dates about people, by model; what is not named here holds no free text (a test looks).
PERSON = {
    "given_name": GONE, "family_name": "", "search_words": "", "search_sounds": "", "birth_date": None,
    "birth_year": None, "sex": "", "first_language": "", "german": "", "phone": "", "email": "", "disputed": "",
}  # fmt: skip
REASON = {"reason": GONE}


def erased(code):
    return Exists(Erasure.objects.filter(rule=code, object_id=OuterRef("pk")))


def persons_due(cutoff):
    """Nobody works with the person any more: no open case, and nothing happened since `cutoff`."""
    from .models import Case, Consent, Contact, HouseholdMember, Person, PersonName

    day, own = cutoff.date(), OuterRef("pk")
    busy = (
        Q(Exists(Case.objects.filter(Q(closed_on=None) | Q(closed_on__gte=day), person=own)))
        | Q(Exists(Contact.objects.filter(person=own, at__gte=cutoff)))
        | Q(Exists(Contact.objects.filter(case__person=own, at__gte=cutoff)))
        | Q(Exists(Consent.objects.filter(person=own, withdrawn_on=None, valid_until__gte=day)))
        | Q(Exists(PersonName.objects.filter(person=own, changed_at__gte=cutoff)))
        | Q(Exists(HouseholdMember.objects.filter(person=own, changed_at__gte=cutoff)))
    )
    return Person.objects.filter(~busy, ~erased("person"), changed_at__lt=cutoff).order_by("changed_at", "pk")


def person_parts(person):
    """Everything that says something about this person, children before parents."""
    from . import models as m

    def of(model, **filters):
        return list(model._base_manager.filter(**filters).values_list("pk", flat=True))

    cases = of(m.Case, person=person)
    homes = of(m.Household, members__person=person)
    shared = set(
        m.HouseholdMember._base_manager.filter(household__in=homes)
        .exclude(person=person)
        .filter(~Exists(Erasure.objects.filter(rule="person", object_id=OuterRef("person_id"))))
        .values_list("household_id", flat=True)
    )
    return [
        Part(m.PersonName, of(m.PersonName, person=person)),
        Part(m.PersonUserGrant, of(m.PersonUserGrant, content_object=person), REASON),
        Part(m.PersonDepartmentGrant, of(m.PersonDepartmentGrant, content_object=person), REASON),
        Part(m.CaseUserGrant, of(m.CaseUserGrant, content_object__in=cases), REASON),
        Part(m.CaseDepartmentGrant, of(m.CaseDepartmentGrant, content_object__in=cases), REASON),
        Part(m.PlanStep, of(m.PlanStep, goal__plan__case__in=cases), {"title": GONE, "who": "", "stuck": ""}),
        Part(m.PlanGoal, of(m.PlanGoal, plan__case__in=cases), {"title": GONE}),
        Part(m.HelpPlan, of(m.HelpPlan, case__in=cases), {"perspective": GONE}),
        Part(m.Referral, of(m.Referral, case__in=cases), {"reason": GONE, "wanted": "", "decline_note": ""}),
        Part(m.BreakGlass, of(m.BreakGlass, case__in=cases), {"reason": GONE, "review_note": ""}),
        Part(m.Consent, of(m.Consent, person=person), {"purpose": GONE}),
        Part(m.Restriction, of(m.Restriction, person=person), REASON),
        Part(m.ConflictOfInterest, of(m.ConflictOfInterest, person=person), REASON),
        Part(m.Contact, [*{*of(m.Contact, person=person), *of(m.Contact, case__in=cases)}], {"note": ""}),
        Part(m.Household, [pk for pk in homes if pk not in shared], {"address": None, "house": None}),
        Part(m.Case, cases, {"waiting_for": ""}),
        Part(m.Person, [person.pk], PERSON),
    ]


def loose_contacts_due(cutoff):
    """Contacts that name neither person nor case, as long as a keyword stands there or in their history."""
    from .models import Contact

    texts = Contact.history.model.objects.filter(id=OuterRef("pk")).exclude(note="")
    rows = Contact.objects.filter(~Q(note="") | Q(Exists(texts)), person=None, case=None, at__lt=cutoff)
    return rows.order_by("at", "pk")


def loose_contact_parts(contact):
    return [Part(type(contact), [contact.pk], {"note": ""})]


def register():
    add(
        Subject(
            "contact",
            "Kontakte ohne Person",
            "cases.Contact",
            months=24,
            basis="Art. 5 Abs. 1 Buchst. e DSGVO: Das Stichwort kann jemanden erkennen lassen",
            starts="nach dem Gespräch",
            gone="das Stichwort, auch aus dem Verlauf. Zahl, Thema und Dauer bleiben für die Statistik.",
            due=loose_contacts_due,
            parts=loose_contact_parts,
            number=lambda contact: f"Kontakt {str(contact.pk)[-8:]}",
            since=lambda contact: contact.at,
        )
    )
    add(
        Subject(
            "person",
            "Personen und ihre Fälle",
            "cases.Person",
            months=36,
            basis="Art. 17 Abs. 1 Buchst. a DSGVO, § 84 Abs. 2 SGB X: nicht mehr erforderlich",
            starts="nach dem letzten Kontakt, dem Ende des letzten Falls und der letzten Einwilligung",
            gone="Name, Geburtsdatum, Kontaktdaten, Anschrift des Haushalts, alle Texte in Fällen und Hilfeplänen, "
            "auch aus dem Verlauf. Zahlen für die Statistik bleiben ohne Bezug zur Person.",
            due=persons_due,
            parts=person_parts,
            number=lambda person: person.number,
            since=lambda person: person.changed_at,
        )
    )
