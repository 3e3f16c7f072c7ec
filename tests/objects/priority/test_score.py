"""Points: each with its reason, the same when recomputed, and never telling what only some may know."""

import contextlib
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from objects.models import PropertySummary, ScoreMark, ScoreRule
from objects.priority import inputs, once, scoring
from objects.priority.defaults import RULES, ensure_score_rules
from objects.priority.inputs import WORDS, Input
from objects.priority.scoring import recompute_all, rescore
from soe.web.jobs.models import Job
from tests.factories.complaints import ComplaintFactory, LinkFactory
from tests.factories.core import DepartmentFactory, member, somebody
from tests.factories.inspections import FindingFactory, InspectionFactory, SectionFactory, VisitFactory
from tests.factories.priority import ScoreRuleFactory
from tests.factories.proceedings import ItemFactory, MeasureFactory
from tests.factories.register import (
    AssessmentFactory,
    ProblemAreaFactory,
    PropertyAddressFactory,
    PropertyFactory,
)
from tests.web.forms import submit

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
PAST = TODAY - timedelta(days=40)


def summary(house):
    return PropertySummary.objects.get(pk=house.pk)


def reasons(house):
    return {part["text"]: part["points"] for part in summary(house).score_parts}


@pytest.fixture
def rules(db):
    with somebody():
        ensure_score_rules()


def test_each_point_has_its_reason_and_they_add_up(rules):
    house = PropertyFactory(dwellings_count=16, occupancy_state="partly")
    ProblemAreaFactory(property=house, confirmed=True, severity=3)
    ProblemAreaFactory(property=house, kind="social")
    AssessmentFactory(property=house, pressure=2)
    LinkFactory(property=house)
    assert reasons(house) == {
        "1 bestätigte Problemlage, Schwere hoch": 12,
        "Problemdruck mittel": 10,
        "16 Wohneinheiten (ab 8)": 3,
        "16 Wohneinheiten (ab 16)": 3,
        "teilweise leer": 3,
        "1 Beschwerde in 12 Monaten": 2,
        "1 Problemlage im Verdacht": 2,
    }
    assert summary(house).score == sum(reasons(house).values())


@pytest.mark.parametrize(
    ("rule", "number", "points"),
    [
        ({"points": 5}, 0, 0),
        ({"points": 5}, 4, 5),
        ({"points": 5, "at_least": 3}, 2, 0),
        ({"points": 5, "each": True}, 3, 15),
        ({"points": 5, "each": True, "at_most": 12}, 3, 12),
        ({"points": 60, "each": True}, 3, 100),
    ],
)
def test_a_rule_counts_once_or_each_and_ends_at_its_limit(rule, number, points):
    assert ScoreRule(**rule).earned(number) == points


def test_only_rules_valid_that_day_count():
    house = PropertyFactory(occupancy_state="vacant")
    ScoreRuleFactory(input="vacant", points=6, valid_until=date(2025, 12, 31))
    ScoreRuleFactory(input="vacant", points=9, valid_from=date(2026, 1, 1))
    rescore([house.pk])
    assert summary(house).score == 9
    rescore([house.pk], date(2025, 6, 1))
    assert summary(house).score == 6


def test_the_same_rows_give_the_same_points_however_often(rules):
    houses = [PropertyFactory(occupancy_state="vacant") for _ in range(3)]
    ProblemAreaFactory(property=houses[1], confirmed=True)
    before = [(summary(h).score, summary(h).score_parts) for h in houses]
    marks = ScoreMark.objects.count()
    assert rescore([h.pk for h in houses[::-1]]) == 0
    recompute_all()
    assert [(summary(h).score, summary(h).score_parts) for h in houses] == before
    assert ScoreMark.objects.count() == marks


def test_what_passes_with_time_moves_points_at_night(rules):
    house = PropertyFactory()
    complaint = ComplaintFactory(received_at=timezone.now() - timedelta(days=360))
    LinkFactory(complaint=complaint, property=house)
    assert "1 Beschwerde in 12 Monaten" in reasons(house)
    rescore([house.pk], TODAY + timedelta(days=10))
    assert "1 Beschwerde in 12 Monaten" not in reasons(house)


def test_the_points_of_each_day_are_kept(rules):
    house = PropertyFactory(dwellings_count=None)
    rescore([house.pk], date(2026, 5, 1))
    area = ProblemAreaFactory(property=house, confirmed=True)
    area.resolve(by=member("register.view"), outcome="fixed", reason="instand gesetzt")
    last = ScoreMark.objects.filter(property=house).latest("on")
    assert (last.on, last.score) == (TODAY, 0)  # one mark a day: the last word of that day
    assert ScoreMark.objects.filter(property=house, on=TODAY).count() == 1


def test_a_property_that_left_the_register_has_no_points(rules):
    house = PropertyFactory(occupancy_state="vacant")
    clerk = member("register.view")
    house.retire(by=clerk, outcome="solved", reason="saniert")
    assert (summary(house).score, summary(house).score_parts) == (0, [])
    house.reopen(by=clerk, reason="wieder leer")
    assert summary(house).score > 0


def secret_house():
    """Everything that moves points, each of it hidden from most of the register."""
    house = PropertyFactory(dwellings_count=None)
    ItemFactory(order__proceeding__property=house, order__proceeding__internal=True, deadline=PAST)
    ItemFactory(order__proceeding__property=house, order__proceeding__participating=True, deadline=PAST)
    MeasureFactory(property=house, internal=True, due_on=PAST)
    MeasureFactory(property=house, proceeding=house.proceedings.first(), due_on=PAST)
    section = SectionFactory(department=DepartmentFactory(default_visibility="internal"))
    stop = InspectionFactory(day=section.day, property=house)
    FindingFactory(section=section, inspection=stop, severity="danger")
    rescore([house.pk])
    return house


def test_nothing_internal_moves_the_points(rules):
    assert summary(secret_house()).score_parts == []


def test_the_same_things_move_them_when_everybody_may_read_them(rules, monkeypatch):
    """The control: with the check off, the house of the test above would have told what it hides."""
    real = inputs.Visibility
    house = secret_house()
    monkeypatch.setattr(inputs, "Visibility", type("Off", (), {"OPEN": real.INTERNAL}))
    rescore([house.pk])
    assert {part["rule"] for part in summary(house).score_parts} >= {Input.DANGERS, Input.ITEMS_LATE}


def test_few_children_are_not_named(rules):
    house = PropertyFactory(dwellings_count=None)
    visit = VisitFactory(inspection=InspectionFactory(property=house), small_children=2)
    assert reasons(house) == {}
    visit.small_children = 3
    with somebody():
        visit.save()
    assert reasons(house) == {"3 kleine Kinder im Haus": 5}


def test_only_the_last_inspection_counts(rules):
    house = PropertyFactory(dwellings_count=None)
    old = InspectionFactory(property=house, day__date=date(2026, 1, 10))
    VisitFactory(inspection=old, small_children=9)
    VisitFactory(inspection=InspectionFactory(property=house), small_children=0)
    assert reasons(house) == {}


def test_a_complaint_at_the_address_counts_without_a_link_and_never_twice(rules):
    house = PropertyFactory(dwellings_count=None)
    complaint = ComplaintFactory(address=house.addresses.get().address)
    LinkFactory(complaint=complaint, property=house)
    assert reasons(house) == {"1 Beschwerde in 12 Monaten": 2}


def test_every_input_has_words_and_a_source():
    assert set(WORDS) == set(Input) == {code for entry in inputs.SOURCES for code in entry.codes}
    assert {row[0] for row in RULES} == set(Input)


def test_costs_do_not_grow_with_the_houses(rules, django_assert_max_num_queries):
    houses = [PropertyFactory(occupancy_state="vacant").pk for _ in range(5)]
    with django_assert_max_num_queries(24):
        rescore(houses, TODAY + timedelta(days=1))


def test_rules_are_changed_by_who_steers_and_applied_to_all(client):
    ScoreRuleFactory(input="vacant", points=6)
    house = PropertyFactory(occupancy_state="vacant")
    client.force_login(member("register.view", "register.change"))
    assert client.get("/objekte/punkte/").status_code == 200
    rule = ScoreRule.objects.get()
    assert client.get(f"/objekte/punkte/{rule.pk}/").status_code == 403
    client.force_login(member("register.view", "register.steer"))
    answer = submit(client, f"/objekte/punkte/{rule.pk}/", points="11")
    assert answer.status_code == 302
    assert Job.objects.get(kind="schedule:scores").state == "done"
    assert summary(house).score == 11
    answer = submit(client, f"/objekte/punkte/{rule.pk}/", at_most="20")
    assert answer.status_code == 200
    assert "Obergrenze" in answer.content.decode()


def test_list_and_page_say_why_and_the_list_sorts_by_points(client, rules):
    calm, worse = PropertyFactory(dwellings_count=None), PropertyFactory(occupancy_state="vacant")
    AssessmentFactory(property=worse)
    client.force_login(member("register.view"))
    page = client.get("/objekte/?sortierung=score").content.decode()
    assert page.index(worse.title) < page.index(calm.title)
    assert "Problemdruck hoch" in page
    page = client.get(worse.get_absolute_url()).content.decode()
    assert "29 von 100 Punkten" in page
    assert "leerstehend" in page
    page = client.get(f"{worse.get_absolute_url()}akte/bewertung/").content.decode()
    assert "Punkte und Ampel im Lauf der Zeit" in page
    assert "soe-chart__bar" in page
    export = client.get("/objekte/?export=csv&spalten=title,score,score_because")
    assert "Problemdruck hoch (20)" in b"".join(export.streaming_content).decode("utf-8-sig")


def test_a_limit_below_the_points_is_refused():
    with somebody(), pytest.raises(ValidationError):
        ScoreRule(input="vacant", points=9, each=True, at_most=5).full_clean()


def test_complaints_at_the_address_count_at_once_and_groundless_ones_no_longer(rules):
    house = PropertyFactory(dwellings_count=None)
    place = PropertyAddressFactory(property=house).address
    complaint, other = ComplaintFactory(address=place, place=""), ComplaintFactory(address=place, place="")
    LinkFactory(complaint=other, property=house)
    assert "2 Beschwerden in 12 Monaten" in reasons(house)
    clerk = member("complaint.route", department=complaint.department)
    complaint.close(by=clerk, outcome="not_confirmed", on=TODAY)
    assert "1 Beschwerde in 12 Monaten" in reasons(house)
    other.close(by=clerk, outcome="remedied", on=TODAY)
    assert "1 Beschwerde in 12 Monaten" in reasons(house)
    complaint.reopen(by=clerk, reason="doch")
    assert "2 Beschwerden in 12 Monaten" in reasons(house)
    complaint.address = PropertyAddressFactory().address
    with somebody():
        complaint.save()
    assert "1 Beschwerde in 12 Monaten" in reasons(house)


def test_points_are_computed_once_after_the_commit_and_not_after_a_rollback(
    rules, monkeypatch, django_capture_on_commit_callbacks
):
    house, calls, real = PropertyFactory(dwellings_count=None), [], scoring.rescore
    monkeypatch.setattr(once, "AT_ONCE", False)
    monkeypatch.setattr(scoring, "rescore", lambda ids: calls.append(list(ids)) or real(ids))
    with once.scores_once(), django_capture_on_commit_callbacks(execute=True):
        ProblemAreaFactory(property=house, confirmed=True, severity=3)
        ProblemAreaFactory(property=house, kind="social")
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            ProblemAreaFactory(property=PropertyFactory())
            1 / 0  # noqa: B018
        assert (calls, summary(house).score) == ([], 0)
    assert calls == [[house.pk]]
    assert summary(house).score == 14


def test_no_rules_cost_one_question(django_assert_max_num_queries):
    house = PropertyFactory()
    with django_assert_max_num_queries(2):
        assert scoring.rescore([house.pk]) == 0
