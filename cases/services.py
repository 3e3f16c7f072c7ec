"""What the pages, the demo city and other apps ask this app to do. Dates are parameters, so the past can be told."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.numbers import next_number

from .casework.gaps import SystemGap
from .casework.models import Case, CaseEpisode
from .casework.needs import NeedsAssessment
from .casework.plans import HelpPlan, PlanGoal, PlanStep
from .casework.referrals import Referral
from .contacts.models import Contact
from .offers.models import Offer, Topic
from .people.consents import Consent
from .people.models import Household, HouseholdMember, Person, PersonName
from .people.protection import ConflictOfInterest, Restriction

YEAR = timedelta(days=365)

TOPICS = (
    ("post", "Post, Formulare"),
    ("wohnen", "Wohnen"),
    ("krankenversicherung", "Krankenversicherung"),
    ("schule", "Schule, Kita"),
    ("arbeit", "Arbeit"),
    ("anmeldung", "Anmeldung, Papiere"),
    ("geld", "Geld, Schulden"),
    ("anderes", "anderes"),
)


def ensure_topics(*, reason="Grundeinrichtung") -> int:
    """Create the missing ones of `TOPICS`; needs an actor. Safe to repeat."""
    known = set(Topic.objects.values_list("code", flat=True))
    missing = [(place, code, name) for place, (code, name) in enumerate(TOPICS, start=1) if code not in known]
    for place, code, name in missing:
        Topic(code=code, name=name, position=place).save(reason=reason)
    return len(missing)


def _lock(person):
    """One change of a person's surroundings at a time: checks that follow see what others have done."""
    Person._base_manager.select_for_update(of=("self",)).get(pk=person.pk)


# People ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def record_person(
    person: Person,
    *,
    by,
    signed_on: date | None = None,
    medium=Consent.Medium.PAPER,
    language="",
    valid_until=None,
) -> Person:
    """Record somebody who agreed to it: the person and the consent to her own carrier, both or neither."""
    signed_on = signed_on or timezone.localdate()
    with acting_as(by):
        person.save(reason="mit Einwilligung aufgenommen")
        Consent(
            person=person,
            department=person.own_department,
            to_department=person.own_department,
            purpose="Beratung und ihre Dokumentation",
            language=language or person.first_language or "de",
            medium=medium,
            signed_on=signed_on,
            valid_from=signed_on,
            valid_until=valid_until or signed_on + 3 * YEAR,
        ).save()
    return person


def add_name(
    person: Person, *, by, given_name: str, family_name: str, kind=PersonName.Kind.OTHER
) -> PersonName:
    """Another spelling under which the person is found."""
    with acting_as(by), transaction.atomic():
        _lock(person)
        spelled = {(name.given_name, name.family_name) for name in person.names.all()}
        if (given_name, family_name) in spelled | {(person.given_name, person.family_name)}:
            raise ValidationError("Diese Schreibweise ist schon erfasst.")
        name = PersonName(person=person, given_name=given_name, family_name=family_name, kind=kind)
        name.save(reason="Schreibweise ergänzt")
    return name


def give_consent(
    person: Person, *, by, to, purpose: str, case=None, on=None, until=None, shares=(), **values
) -> Consent:
    """Record a signed consent; access of `to` (a Department) opens in the same transaction. `shares`: field names."""
    on = on or timezone.localdate()
    department = values.pop("department", None) or (case.offer.carrier if case else person.own_department)
    consent = Consent(
        person=person,
        case=case,
        department=department,
        to_department=to,
        purpose=purpose,
        signed_on=values.pop("signed_on", on),
        valid_from=on,
        valid_until=until or on + YEAR,
        **dict.fromkeys(shares, True),
        **values,
    )
    consent.clean()
    with acting_as(by):
        consent.save(reason=f"Einwilligung für {to}: {purpose}")
    return consent


@transaction.atomic
def set_household(
    person: Person, household: Household, *, by, role=HouseholdMember.Role.ADULT, on=None
) -> Household:
    """The person lives in `household` from `on`; an earlier membership ends that day."""
    on = on or timezone.localdate()
    with acting_as(by):
        _lock(person)
        if household._state.adding:
            household.save(reason="Haushalt erfasst")
        for earlier in HouseholdMember.objects.filter(person=person, until=None).exclude(household=household):
            earlier.until = max(on, earlier.since)
            earlier.save(reason="in anderem Haushalt")
        if not HouseholdMember.objects.filter(person=person, household=household, until=None).exists():
            HouseholdMember(household=household, person=person, role=role, since=on).save(reason="Haushalt")
    return household


@transaction.atomic
def restrict_person(person: Person, *, by, reason: str, allowed=()) -> Restriction:
    """From now on only `allowed` users and `by` see the person at all."""
    with acting_as(by):
        _lock(person)
        if Restriction.objects.in_force().filter(person=person).exists():
            raise ValidationError("Diese Person ist schon gesperrt.")
        restriction = Restriction(person=person, reason=reason)
        restriction.save(reason=reason)
        restriction.allow({by, *allowed}, reason=reason)
    return restriction


def declare_conflict(user, *, by, reason: str, person=None, household=None) -> ConflictOfInterest:
    """`user` meets the person or household nowhere from now on, whatever grants she holds."""
    with acting_as(by):
        conflict = ConflictOfInterest(user=user, person=person, household=household, reason=reason)
        conflict.save(reason=reason)
    return conflict


# Contacts ----------------------------------------------------------------------------------------------------------


def log_contact(contact: Contact, *, by, at: datetime | None = None) -> Contact:
    """Save a contact; an anonymous one needs nothing but offer, topic, language, channel and minutes."""
    contact.recorded_by = by
    contact.at = at or contact.at or timezone.now()
    contact.clean()
    with acting_as(by):
        contact.save()
    return contact


# Cases -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_case(*, by, person: Person, offer: Offer, lead, on=None, help_need=None, contact=None) -> Case:
    """Open a case in clearing, with its number and first episode. Needs a consent of the person to the carrier."""
    on = on or timezone.localdate()
    with acting_as(by):
        _lock(person)
        agreed = Consent.objects.in_force(on).filter(person=person, to_department=offer.carrier_id)
        if not agreed.exists():
            raise ValidationError(
                f"Für einen Fall bei {offer.carrier} fehlt eine gültige Einwilligung der Person. "
                "Bitte holen Sie zuerst die Einwilligung ein."
            )
        if Case.objects.open().filter(person=person, offer=offer).exists():
            raise ValidationError(f"Im Angebot „{offer}“ gibt es schon einen offenen Fall für diese Person.")
        case = Case(
            number=f"{offer.prefix}-{on.year}-{next_number(f'case:{offer.prefix}:{on.year}'):04d}",
            person=person,
            offer=offer,
            lead=lead,
            opened_on=on,
            help_need=help_need,
        )
        case.save(reason="Fall eröffnet")
        CaseEpisode(case=case, number=1, opened_on=on).save(reason="Fall eröffnet")
        if contact is not None and contact.case_id is None:
            contact.person, contact.case = person, case
            contact.save(reason=f"gehört zum Fall {case.number}")
    return case


def assess(case: Case, *, by, scores: dict, on=None) -> NeedsAssessment:
    """Record the needs assessment; `scores` maps cases.choices.Domain to 1…4."""
    return NeedsAssessment.record(case, by=by, scores=scores, on=on)


@transaction.atomic
def set_perspective(case: Case, *, by, perspective: str) -> HelpPlan:
    plan = HelpPlan.draft_for(case, by=by)
    with acting_as(by):
        plan.perspective = perspective
        plan.save(reason="Perspektive")
    return plan


@transaction.atomic
def add_goal(case: Case, *, by, domain, title: str, due=None) -> PlanGoal:
    """A goal in the draft of the help plan; a signed plan gets a new version."""
    plan = HelpPlan.draft_for(case, by=by)
    last = plan.goals.order_by("-position").values_list("position", flat=True).first() or 0
    with acting_as(by):
        goal = PlanGoal(plan=plan, position=last + 1, domain=domain, title=title, due=due)
        goal.save(reason="Ziel angelegt")
    return goal


@transaction.atomic
def add_step(goal: PlanGoal, *, by, title: str, due, department=None, who="") -> PlanStep:
    """A step towards `goal`, in the draft of the plan: on its copy there, when `goal` stands in a signed version."""
    goal = HelpPlan.draft_for(goal.plan.case, by=by).goals.get(position=goal.position)
    last = goal.steps.order_by("-position").values_list("position", flat=True).first() or 0
    with acting_as(by):
        step = PlanStep(goal=goal, position=last + 1, title=title, due=due, department=department, who=who)
        step.save(reason="Schritt angelegt")
    return step


def note_gap(*, by, department, domain, text: str, on=None) -> SystemGap:
    """Something the system lacks, noted without person or case."""
    with acting_as(by):
        gap = SystemGap(department=department, domain=domain, text=text, noted_on=on or timezone.localdate())
        gap.save(reason="Systemlücke gemeldet")
    return gap


def sign_plan(case: Case, *, by, on=None) -> HelpPlan:
    plan = HelpPlan.objects.filter(case=case, signed_on=None).first()
    if plan is None:
        raise ValidationError("Es gibt keinen Entwurf. Bitte ändern Sie zuerst den Hilfeplan.")
    plan.sign(by=by, on=on)
    return plan


@transaction.atomic
def refer(
    case: Case, *, by, to, purpose: str, reason: str, wanted="", to_offer=None, shares=(), on=None, **values
):
    """Pass somebody on together with the consent that was signed for it; returns the Referral."""
    answer_until = values.pop("answer_until", None)
    consent = give_consent(
        case.person, by=by, to=to, purpose=purpose, case=case, on=on, shares=shares,
        opens=Consent.Opens.REFERRAL, **values,
    )  # fmt: skip
    return Referral.send(
        case,
        by=by,
        consent=consent,
        reason=reason,
        wanted=wanted,
        to_offer=to_offer,
        answer_until=answer_until,
        on=on,
    )
