"""Cases, episodes, plans and contacts keep their rules."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases import services
from cases.casework.selectors import by_number
from cases.models import Case, Contact, HelpPlan, PlanStep
from soe.audit.context import acting_as
from soe.audit.errors import IllegalTransition
from tests.factories.cases import CaseFactory, ContactFactory, OfferFactory, PersonFactory


@pytest.fixture
def offer(caritas):
    return OfferFactory(carrier=caritas, prefix="KIM")


@pytest.fixture
def case(offer, counsellor):
    return CaseFactory(offer=offer, lead=counsellor, on=date(2026, 8, 14), person=person_of(offer))


def person_of(offer):
    return PersonFactory(own_department=offer.carrier, signed_on=date(2025, 1, 1))


def test_numbers_count_per_offer_and_year_without_gaps(offer, counsellor):
    numbers = [
        CaseFactory(offer=offer, lead=counsellor, on=on, person=person_of(offer)).number
        for on in (date(2026, 1, 5), date(2026, 2, 5), date(2025, 12, 1))
    ]
    assert numbers == ["KIM-2026-0001", "KIM-2026-0002", "KIM-2025-0001"]
    with pytest.raises(ValidationError):
        services.open_case(by=counsellor, person=Case.objects.first().person, offer=offer, lead=counsellor)
    later = CaseFactory(offer=offer, lead=counsellor, on=date(2026, 3, 1), person=person_of(offer))
    assert later.number == "KIM-2026-0003"


@pytest.mark.parametrize("typed", ["KIM-2026-0001", "kim 2026 1", "kim 1", "KIM-2026-", "KIM-2026"])
def test_a_case_is_found_by_its_number_in_any_notation(case, typed):
    assert list(by_number(Case.objects.all(), typed)) == [case]


def test_closing_needs_reason_and_outcome_and_ends_the_episode(case, counsellor):
    case.activate(by=counsellor, on=date(2026, 8, 20))
    case.close(by=counsellor, close_reason="goals", outcome="improved", on=date(2026, 10, 1))
    episode = case.episodes.get()
    assert (episode.closed_on, episode.outcome) == (date(2026, 10, 1), "improved")
    with pytest.raises(IllegalTransition):
        case.close(by=counsellor, close_reason="goals", outcome="improved")
    case.close_reason = ""
    with pytest.raises(IntegrityError), acting_as(counsellor), transaction.atomic():
        case.save(reason="ohne Grund")


def test_reopening_begins_a_new_episode_under_the_same_number(case, counsellor):
    case.close(by=counsellor, close_reason="no_contact", outcome="unknown", on=date(2026, 9, 1))
    with pytest.raises(IllegalTransition):
        case.activate(by=counsellor)
    with pytest.raises(ValidationError):
        case.reopen(by=counsellor, reason="ist wieder da", on=date(2026, 8, 31))
    number = case.number
    case.reopen(by=counsellor, reason="ist wieder da", on=date(2026, 10, 5))
    assert case.number == number
    assert [(e.number, e.opened_on, e.closed_on) for e in case.episodes.all()] == [
        (1, date(2026, 8, 14), date(2026, 9, 1)),
        (2, date(2026, 10, 5), None),
    ]


def test_a_state_changes_only_along_the_table(case, counsellor):
    with pytest.raises(IllegalTransition):
        case.reopen(by=counsellor, reason="…")
    case.wait(by=counsellor, waiting_for="freien Platz", on=date(2026, 8, 20))
    case.activate(by=counsellor, on=date(2026, 9, 1))
    assert case.waiting_for == ""
    with pytest.raises(ValidationError):
        case.close(by=counsellor, close_reason="goals", outcome="improved", on=date(2026, 8, 1))


def test_a_signed_plan_is_not_rewritten_but_gets_a_new_version(case, counsellor):
    goal = services.add_goal(case, by=counsellor, domain="school", title="Kinder gehen zur Schule")
    step = services.add_step(goal, by=counsellor, title="Schulplatz", due=date(2026, 9, 9))
    first = services.sign_plan(case, by=counsellor, on=date(2026, 8, 28))
    step.complete(by=counsellor, on=date(2026, 9, 9))
    second = services.add_goal(case, by=counsellor, domain="work", title="Arbeit als Näherin").plan
    assert (first.number, second.number) == (1, 2)
    assert first.goals.count() == 1
    assert [g.title for g in second.goals.all()] == ["Kinder gehen zur Schule", "Arbeit als Näherin"]
    assert second.goals.first().steps.get().done_on == date(2026, 9, 9)
    # Only the newest version asks for work.
    assert {s.goal.plan for s in PlanStep.objects.newest()} == {second}
    assert services.add_step(goal, by=counsellor, title="Schulweg", due=date(2026, 9, 20)).goal.plan == second


def test_an_empty_plan_cannot_be_signed(case, counsellor):
    HelpPlan.draft_for(case, by=counsellor)
    with pytest.raises(ValidationError, match="ohne Ziel"):
        services.sign_plan(case, by=counsellor)


def test_the_first_due_date_of_a_step_is_kept(case, counsellor):
    goal = services.add_goal(case, by=counsellor, domain="school", title="Schule")
    step = services.add_step(goal, by=counsellor, title="Schulplatz", due=date(2026, 9, 9))
    step.due = date(2026, 12, 1)
    with acting_as(counsellor):
        step.save(reason="verschoben")
    step.refresh_from_db()
    assert step.original_due == date(2026, 9, 9)


def test_a_contact_is_undone_by_its_author_on_the_same_day_only(offer, counsellor, colleague):
    contact = ContactFactory(offer=offer, recorded_by=counsellor)
    with pytest.raises(ValidationError):
        contact.undo(by=colleague)
    with (
        time_machine.travel(timezone.now() + timedelta(hours=25), tick=False),
        pytest.raises(ValidationError),
    ):
        contact.undo(by=counsellor)
    contact.undo(by=counsellor)
    assert not Contact.objects.exists()
    assert Contact.history.model.objects.filter(history_type="-").count() == 1


def test_an_anonymous_contact_becomes_a_persons_only_with_consent(offer, counsellor):
    contact = ContactFactory(offer=offer, recorded_by=counsellor)
    person = person_of(offer)
    person.consents.get().withdraw(by=counsellor, reason="Widerruf")
    with pytest.raises(ValidationError, match="Einwilligung"):
        contact.name(person, by=counsellor)
    other = person_of(offer)
    contact.name(other, by=counsellor)
    assert contact.person == other
    with pytest.raises(ValidationError):
        contact.name(person, by=counsellor)


def test_no_model_of_counselling_can_hold_an_ethnicity():
    from django.apps import apps

    words = ("ethni", "roma", "volks", "herkunft", "abstammung", "origin_group", "race")
    for model in apps.get_app_config("cases").get_models():
        for field in model._meta.get_fields():
            label = f"{field.name} {getattr(field, 'verbose_name', '')}".casefold()
            assert not any(word in label for word in words), (model, field.name)
