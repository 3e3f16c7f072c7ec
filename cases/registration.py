"""What counselling hangs into the shared pages. Tasks name file numbers, never persons."""

from datetime import timedelta

from soe.web.registry import Entry, Hit, Task, inbox, navigation, quick, search, timeline

SOON = timedelta(days=14)


def register():
    from soe.administration.disclosure import sources
    from soe.web import targets
    from soe.web.removal import registry as removable

    from .models import Case, Household, Person, PlanGoal, PlanStep

    # Social data: only who sees the whole record sees its files.
    targets.register(Case, files=True, read="full")
    targets.register(Person, files=True, read="full")
    removable.register(
        PlanGoal, parent="plan", mend=removable.at_end("plan"), refuses=lambda goal: _signed(goal.plan)
    )
    removable.register(
        PlanStep, parent="goal", mend=removable.at_end("goal"), refuses=lambda step: _signed(step.goal.plan)
    )
    sources.add(
        sources.Source(
            "person",
            "Person in der Beratung",
            "cases.Person",
            "Nummer der Person, zum Beispiel P-000123",
            find=lambda text: Person._base_manager.filter(number=text.upper()).first(),
            along=lambda person: [
                (
                    Household,
                    Household._base_manager.filter(members__person=person).values_list("pk", flat=True),
                )
            ],
        )
    )
    navigation.add(
        group="Beratung",
        label="Angebote",
        url_name="cases:offer_list",
        icon="hand",
        order=10,
        permission="offer.view",
    )
    navigation.add(
        group="Beratung",
        label="Hilfebedarfe",
        url_name="cases:help_need_list",
        icon="flag",
        order=20,
        permission=("helpneed.view", "helpneed.take"),
        count=waiting_needs,
    )
    navigation.add(
        group="Beratung",
        label="Kontakte",
        url_name="cases:contact_list",
        icon="tally",
        order=30,
        permission="contact.view",
    )
    navigation.add(
        group="Beratung",
        label="Personen",
        url_name="cases:person_list",
        icon="list",
        order=40,
        permission="person.view",
    )
    navigation.add(
        group="Beratung",
        label="Fälle",
        url_name="cases:case_list",
        icon="people",
        order=50,
        permission="case.view",
        count=my_cases,
    )
    navigation.add(
        group="Beratung",
        label="Vermittlungen",
        url_name="cases:referral_list",
        icon="swap",
        order=60,
        permission="case.view",
        count=waiting_referrals,
    )
    navigation.add(
        group="Beratung",
        label="Systemlücken",
        url_name="cases:gap_list",
        icon="split",
        order=70,
        permission="case.view",
    )
    navigation.add(
        group="Verwaltung",
        label="Notzugriffe",
        url_name="cases:breakglass_list",
        icon="shield",
        order=60,
        permission="privacy.view",
        count=unreviewed,
    )
    quick.add(
        label="Kontakt erfassen",
        url_name="cases:contact_create",
        icon="tally",
        key="k",
        order=5,
        permission="contact.record",
    )
    search.add(
        kind="Personen", icon="people", order=60, permission="person.view", find=find_persons, model=Person
    )
    search.add(kind="Fälle", icon="paper", order=61, permission="case.view", find=find_cases, model=Case)
    inbox.add(tasks)
    timeline.add("objects.Property", neutral_entries, rows=_taken)


def _signed(plan):
    return "" if plan.is_draft else "Diese Fassung ist unterschrieben und bleibt, wie sie ist."


# Counts in the navigation: querysets, counted together


def my_cases(user):
    from .models import Case

    return Case.objects.open().filter(lead=user).restrict(user, "view")


def waiting_referrals(user):
    from soe.departments.scope import departments_granting

    from .models import Referral

    return (
        Referral.objects.waiting()
        .filter(to_department__in=departments_granting(user, "case.change"))
        .restrict(user, "answer")
    )


def waiting_needs(user):
    from objects.selectors import open_help_needs
    from soe.departments.scope import departments_granting

    return open_help_needs(user).filter(offered_to__in=departments_granting(user, "helpneed.take"))


def unreviewed(user):
    from .models import BreakGlass

    return BreakGlass.objects.unreviewed().restrict(user, "review")


# Search


def find_persons(user, query, limit):
    from .models import Person
    from .people.search import find_people

    hits = find_people(Person.objects.restrict(user, "view"), query, limit=limit)
    return [
        Hit(
            hit.person.full_name,
            hit.person.get_absolute_url(),
            f"{hit.person.number} · {hit.person.born}",
            note=hit.reason,
        )
        for hit in hits
    ]


def find_cases(user, query, limit):
    """By file number ("KIM-2026-0187", "kim 187"); by name the person is found, and her cases stand on her page."""
    from .casework.selectors import by_number
    from .models import Case

    rows = by_number(Case.objects.restrict(user, "view"), query)
    return [
        Hit(f"{case.number}: {case.person}", case.get_absolute_url(), f"{case.offer} · {case.state_words}")
        for case in rows.select_related("person", "offer")[:limit]
    ]


# Start page


def tasks(user, today):
    codes = user.permission_codes()
    if "case.change" in codes:
        yield from _referrals(user, today)
        yield from _steps(user, today)
        yield from _consents(user, today)
    if "helpneed.take" in codes:
        yield from _needs(user)
    if codes & {"privacy.view", "case.change"}:
        yield from _emergencies(user)


def _referrals(user, today):
    for referral in waiting_referrals(user).select_related("case__offer", "to_offer", "to_department")[:50]:
        yield Task(
            f"Vermittlung aus {referral.case.offer} beantworten",
            referral.get_absolute_url(),
            f"{referral.case.number} · an {referral.target}",
            due=referral.answer_until,
            group="waiting",
            since=referral.sent_on,
            button="Antworten",
        )


def _steps(user, today):
    """Steps of the cases she leads, due within a fortnight or late."""
    from .models import PlanStep

    rows = (
        PlanStep.objects.newest()
        .due_until(today + SOON)
        .filter(goal__plan__case__lead=user)
        .exclude(goal__plan__case__state="closed")
        .restrict(user, "change")
        .select_related("goal__plan__case", "department")
        .order_by("due", "pk")
    )
    for step in rows[:50]:
        case = step.goal.plan.case
        stuck = " steckt fest" if step.stuck else ""
        yield Task(
            f"Schritt in {case.number}{stuck}",
            case.get_absolute_url(),
            f"Ziel {step.goal.position} · {step.department or 'ohne Stelle'}",
            due=step.due,
            button="Ansehen",
        )


def _consents(user, today):
    from .models import Consent

    rows = (
        Consent.objects.in_force(today)
        .filter(case__lead=user, valid_until__lte=today + SOON)
        .exclude(case__state="closed")
        .restrict(user, "change")
        .select_related("case", "to_department")
        .order_by("valid_until", "pk")
    )
    for consent in rows[:50]:
        yield Task(
            f"Einwilligung für {consent.to_department} läuft ab",
            consent.case.get_absolute_url(),
            consent.case.number,
            due=consent.valid_until,
            button="Verlängern",
        )


def _needs(user):
    for need in waiting_needs(user)[:20]:
        yield Task(
            f"Hilfebedarf: {need}",
            need.get_absolute_url(),
            f"Kontrolle am {need.day.date:%d.%m.%Y}",
            group="waiting",
            since=need.day.date,
            button="Übernehmen",
        )


def _emergencies(user):
    for entry in unreviewed(user).select_related("case", "user")[:20]:
        yield Task(
            f"{entry} prüfen",
            entry.get_absolute_url(),
            f"von {entry.user}",
            group="waiting",
            since=entry.started_at,
            button="Prüfen",
        )


# Timeline of a house


def _taken(user, house):
    from django.apps import apps

    needs = apps.get_model("objects", "HelpNeed").objects.restrict(user, "view")
    return [needs.filter(inspection__property=house, state="taken")]


def neutral_entries(user, house, needs):
    """At a house stands only that an offer took a need over: no person, no case, no contact."""
    for need in needs.select_related("taken_by"):
        yield Entry(
            need.taken_on,
            "Hilfebedarf übernommen.",
            need.get_kind_display(),
            department=need.taken_by,
            visibility="open",
            url=need.get_absolute_url(),
            icon="hand",
        )
