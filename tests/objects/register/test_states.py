"""States, constraints and scopes of the register."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from objects import services
from objects.models import Goal, Note, Participation, ProblemArea, Property
from objects.register.models import validate_parcel_key
from objects.register.wording import title_of
from soe.audit.errors import IllegalTransition
from tests.factories.core import DepartmentFactory, member, somebody
from tests.factories.register import (
    AssessmentFactory,
    DwellingFactory,
    GoalFactory,
    NoteFactory,
    OwnershipFactory,
    ParticipationFactory,
    ProblemAreaFactory,
    PropertyFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return member("register.view", "register.change")


# --- problem areas --------------------------------------------------------------------------------------------------


def test_a_suspicion_is_confirmed_then_resolved(clerk):
    area = ProblemAreaFactory()
    area.confirm(by=clerk, department=area.department, reason="Ortstermin", on=date(2026, 5, 1), severity=3)
    area.resolve(by=clerk, outcome="fixed", reason="instand gesetzt", on=date(2026, 6, 1))
    assert (area.state, area.severity, area.outcome) == ("resolved", 3, "fixed")
    for step in (
        lambda: area.confirm(by=clerk, department=area.department, reason="doch"),
        lambda: area.resolve(by=clerk, outcome="fixed", reason="noch einmal"),
    ):
        with pytest.raises(IllegalTransition):
            step()


def test_a_relapse_is_a_new_row(clerk):
    house = PropertyFactory()
    ProblemAreaFactory(property=house, resolved=True)
    again = services.report_problem(house, by=clerk, department=house.lead_department, kind="housing")
    assert again.state == "suspected"
    assert house.problem_areas.count() == 2


def test_an_open_problem_area_is_reported_once(clerk):
    house = PropertyFactory()
    first = services.report_problem(house, by=clerk, department=house.lead_department, kind="housing")
    assert services.report_problem(house, by=clerk, department=house.lead_department, kind="housing") == first
    with pytest.raises(IntegrityError), transaction.atomic():
        ProblemAreaFactory(property=house)


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "confirmed"},
        {"state": "suspected", "confirmed_on": date(2026, 5, 1)},
        {"state": "resolved", "resolved_on": date(2026, 5, 1)},
        {"state": "resolved", "outcome": "fixed"},
        {"state": "confirmed", "confirmed_on": date(2026, 1, 1)},
    ],
)
def test_the_database_refuses_states_without_their_dates(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        ProblemAreaFactory(**wrong)


def test_a_step_before_the_last_one_is_refused(clerk):
    area = ProblemAreaFactory(suspected_on=date(2026, 4, 2))
    with pytest.raises(ValidationError, match="vor dem letzten Stand"):
        area.confirm(by=clerk, department=area.department, reason="?", on=date(2026, 4, 1))


# --- traffic light and goal -----------------------------------------------------------------------------------------


def test_the_latest_light_counts_and_earlier_ones_stay(clerk):
    house = PropertyFactory()
    AssessmentFactory(property=house, pressure=3, room=1, on=date(2026, 5, 1))
    AssessmentFactory(property=house, pressure=2, room=2, on=date(2026, 7, 1))
    AssessmentFactory(property=house, pressure=1, room=3, on=date(2026, 6, 1))  # entered late
    house.refresh_from_db()
    assert (house.summary.pressure, house.summary.room) == (2, 2)
    assert house.assessments.count() == 3


def test_a_light_needs_both_reasons():
    with pytest.raises(IntegrityError), transaction.atomic():
        AssessmentFactory(room_reason="")


def test_a_new_goal_replaces_the_old_one(clerk):
    house = PropertyFactory()
    old = GoalFactory(property=house, set_on=date(2026, 3, 1))
    services.set_goal(
        house, by=clerk, aim="Ankauf", stage=5, department=house.lead_department, on=date(2026, 6, 1),
        next_review=date(2027, 1, 1),
    )  # fmt: skip
    old.refresh_from_db()
    assert (old.outcome, old.ended_on) == ("replaced", date(2026, 6, 1))
    assert house.goals.current().get().aim == "Ankauf"


def test_the_database_knows_one_current_goal():
    house = PropertyFactory()
    GoalFactory(property=house)
    with pytest.raises(IntegrityError), transaction.atomic():
        GoalFactory(property=house)


def test_stages_are_kept_with_their_day(clerk):
    goal = GoalFactory(stage=2, set_on=date(2026, 3, 1))
    goal.review(by=clerk, stage=4, next_review=date(2027, 1, 1), reason="Anhörung", on=date(2026, 5, 1))
    goal.review(by=clerk, stage=4, next_review=date(2027, 2, 1), reason="unverändert", on=date(2026, 6, 1))
    assert [(row.stage, row.reached_on) for row in goal.stages.all()] == [
        (2, date(2026, 3, 1)),
        (4, date(2026, 5, 1)),
    ]
    with pytest.raises(ValidationError, match="nach dieser"):
        goal.review(by=clerk, stage=4, next_review=date(2026, 6, 2), reason="?", on=date(2026, 6, 2))


def test_an_ended_goal_is_not_reviewed(clerk):
    goal = GoalFactory()
    goal.end(by=clerk, outcome="reached", reason="verkauft")
    with pytest.raises(IllegalTransition):
        goal.review(by=clerk, stage=6, next_review=date(2030, 1, 1), reason="?")


# --- participation --------------------------------------------------------------------------------------------------


def test_declining_needs_a_reason(clerk):
    part = ParticipationFactory()
    with pytest.raises(ValidationError, match="Begründung"):
        part.decline(by=clerk, reason="  ")
    part.decline(by=clerk, reason="Dafür ist Umwelt zuständig.")
    with pytest.raises(IllegalTransition):
        part.accept(by=clerk)


def test_a_declined_department_can_be_asked_again(clerk):
    part = ParticipationFactory(declined=True)
    again = services.participate(part.property, part.department, by=clerk)
    assert again != part
    assert again.state == "offered"


def test_a_running_participation_is_not_doubled(clerk):
    part = ParticipationFactory(accepted=True)
    assert services.participate(part.property, part.department, by=clerk) == part
    with pytest.raises(IntegrityError), transaction.atomic():
        ParticipationFactory(property=part.property, department=part.department)


def test_the_lead_is_not_asked(clerk):
    house = PropertyFactory()
    with pytest.raises(ValidationError, match="Federführung"):
        services.participate(house, house.lead_department, by=clerk)


def test_only_an_unanswered_offer_is_withdrawn(clerk):
    waiting, taken = ParticipationFactory(), ParticipationFactory(accepted=True)
    waiting.withdraw(by=clerk, reason="erledigt")
    assert waiting.closing == "withdrawn"
    with pytest.raises(IllegalTransition):
        taken.withdraw(by=clerk, reason="erledigt")


# --- who sees and changes what --------------------------------------------------------------------------------------


def test_change_follows_lead_and_accepted_participation(clerk):
    own = clerk.departments[0]
    led, joined, asked, left, foreign = (PropertyFactory() for _ in range(5))
    with somebody():
        led.change_lead(
            by=clerk, department=own, reason="?", on=timezone.localdate(), keep_participating=False
        )
    ParticipationFactory(property=joined, department=own, accepted=True)
    ParticipationFactory(property=asked, department=own)
    ParticipationFactory(property=left, department=own, closed=True)
    assert set(Property.objects.restrict(clerk, "change")) == {led, joined}
    assert set(Property.objects.restrict(clerk, "view")) == {led, joined, asked, left, foreign}
    assert set(Property.objects.restrict(clerk, "steer")) == {led}


def test_two_roles_never_double_a_row():
    own = DepartmentFactory()
    user = member("register.view", "register.change", department=own)
    member("register.view", "register.change", "register.steer", department=own, user=user)
    house = PropertyFactory(lead_department=own)
    ParticipationFactory(property=house, accepted=True)
    for action in ("view", "change", "steer"):
        assert list(Property.objects.restrict(user, action)) == [house]


def test_an_ended_membership_opens_nothing(clerk):
    house = PropertyFactory(lead_department=clerk.departments[0])
    with somebody():
        clerk.memberships.get().end(reason="ausgeschieden")
    assert not Property.objects.restrict(clerk, "view").filter(pk=house.pk).exists()


@pytest.mark.parametrize(
    ("visibility", "stranger", "participant", "own"),
    [
        ("open", True, True, True),
        ("participating", False, True, True),
        ("internal", False, False, True),
    ],
)
def test_notes_by_visibility(visibility, stranger, participant, own):
    note = NoteFactory(visibility=visibility)
    users = {
        "stranger": member("register.view"),
        "participant": member("register.view"),
        "own": member("register.view", department=note.department),
    }
    ParticipationFactory(
        property=note.property, department=users["participant"].departments[0], accepted=True
    )
    seen = {name: Note.objects.restrict(user, "view").exists() for name, user in users.items()}
    assert seen == {"stranger": stranger, "participant": participant, "own": own}
    for user in users.values():
        assert Note.objects.restrict(user, "stub").exists()


@pytest.mark.parametrize("model", [ProblemArea, Participation, Goal])
def test_parts_follow_their_property(model, clerk):
    factories = {ProblemArea: ProblemAreaFactory, Participation: ParticipationFactory, Goal: GoalFactory}
    own = factories[model](property=PropertyFactory(lead_department=clerk.departments[0]))
    factories[model]()
    action = "steer" if model is Participation else "change"
    assert list(model.objects.restrict(clerk, action)) == [own]
    assert model.objects.restrict(clerk, "view").count() == 2


# --- facts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["05314403900040______", "05311000400273______", "0524170120031800020_"])
def test_parcel_keys(key):
    if key.endswith("0_"):
        with pytest.raises(ValidationError):
            validate_parcel_key(key)
    else:
        validate_parcel_key(key)


@given(st.text(max_size=24))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_other_text_is_a_parcel_key(text):
    try:
        validate_parcel_key(text)
    except ValidationError:
        return
    assert len(text) == 20
    assert text.isascii()


def test_a_dwelling_is_entered_once():
    house = PropertyFactory()
    DwellingFactory(property=house, location="2. OG links")
    with pytest.raises(IntegrityError), transaction.atomic():
        DwellingFactory(property=house, location="2. OG links")


@pytest.mark.parametrize("share", [(0, 2), (3, 2), (None, 2)])
def test_shares_are_fractions(share):
    with pytest.raises(IntegrityError), transaction.atomic():
        OwnershipFactory(numerator=share[0], denominator=share[1])


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["Lampenstubenweg 14", "Lampenstubenweg 14a"], "Lampenstubenweg 14 und 14a"),
        (["Grubenpferdgasse 11", "Grubenpferdgasse 13", "Grubenpferdgasse 15"], "Grubenpferdgasse 11 bis 15"),
        (["Lorenkippe 7", "Kohlenweg 3"], "Lorenkippe 7, Kohlenweg 3"),
        (["Garagenhof hinter Kohlenweg"], "Garagenhof hinter Kohlenweg"),
        ([], ""),
    ],
)
def test_titles(lines, title):
    assert title_of(lines) == title


def test_next_step_is_the_earliest_and_follows_changes(clerk):
    house = PropertyFactory()
    assert house.summary.next_on is None
    goal = GoalFactory(property=house, next_review=timezone.localdate() + timedelta(days=9))
    house.summary.refresh_from_db()
    assert house.summary.next_on == goal.next_review
    goal.end(by=clerk, outcome="dropped", reason="aufgegeben")
    house.summary.refresh_from_db()
    assert house.summary.next_on is None
