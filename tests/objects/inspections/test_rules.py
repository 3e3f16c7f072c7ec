"""The rules of an inspection day, its sections, visits and findings."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from objects.inspections import occupancy, services
from objects.inspections.defaults import set_up_inspections
from objects.inspections.models import (
    ChecklistItem,
    DwellingVisit,
    Finding,
    HelpNeed,
    ImmediateMeasure,
    Inspection,
    InspectionDay,
    OccupancyThreshold,
)
from objects.inspections.totals import day_totals
from soe.audit.errors import IllegalTransition
from tests.factories.core import DepartmentFactory, member
from tests.factories.inspections import (
    FindingFactory,
    HelpNeedFactory,
    InspectionDayFactory,
    InspectionFactory,
    SectionFactory,
    VisitFactory,
)
from tests.factories.register import PropertyFactory

DAY = date(2026, 11, 17)


# Numbers and houses


def test_numbers_run_per_year_without_gap(acting):
    days = [InspectionDayFactory(date=date(2026, 5, n)) for n in (1, 2)] + [
        InspectionDayFactory(date=date(2027, 1, 1))
    ]
    assert [day.number for day in days] == ["KT-2026-01", "KT-2026-02", "KT-2027-01"]


def test_a_day_has_at_most_nine_houses(acting):
    houses = [PropertyFactory() for _ in range(10)]
    with pytest.raises(ValidationError, match="höchstens"):
        services.plan_day(by=acting, date=DAY, lead=DepartmentFactory(), houses=houses)
    with pytest.raises(IntegrityError), transaction.atomic():
        InspectionFactory(position=10)


def test_a_house_stands_once_on_a_day_and_houses_change_places(acting):
    first, second, third = (PropertyFactory() for _ in range(3))
    day = services.plan_day(by=acting, date=DAY, lead=DepartmentFactory(), houses=[first, second, first])
    assert order(day) == [first.pk, second.pk]
    services.set_houses(day, [third, second, first], by=acting)
    assert order(day) == [third.pk, second.pk, first.pk]
    services.set_houses(day, [first], by=acting)
    assert order(day) == [first.pk]


def order(day):
    return list(day.inspections.order_by("position").values_list("property", flat=True))


def test_a_house_with_entries_stays_on_the_day(acting):
    house = PropertyFactory()
    day = services.plan_day(by=acting, date=DAY, lead=DepartmentFactory(), houses=[house])
    VisitFactory(inspection=day.inspections.get())
    with pytest.raises(ValidationError, match="schon etwas erfasst"):
        services.set_houses(day, [], by=acting)


def test_the_planned_inspection_is_the_next_step_of_the_property(acting):
    house = PropertyFactory()
    day = services.plan_day(by=acting, date=DAY, lead=DepartmentFactory(), houses=[house])
    house.refresh_from_db()
    assert house.summary.next_title == f"Kontrolle {day.number}"
    day.cancel(by=acting, reason="Sturm")
    house.summary.refresh_from_db()
    assert house.summary.next_title == ""


# From planning to protocol


def planned(acting, departments=2):
    bodies = [DepartmentFactory() for _ in range(departments)]
    return services.plan_day(
        by=acting,
        date=DAY,
        lead=DepartmentFactory(),
        houses=[PropertyFactory()],
        departments=bodies,
        first=bodies[0],
    )


def test_invitation_answer_and_section(acting):
    day = planned(acting)
    day.invite(by=acting, on=date(2026, 11, 1))
    first, second = day.participations.order_by("-enters_first")
    assert (first.state, first.invited_on) == ("invited", date(2026, 11, 1))
    first.accept(by=acting, people="K. Dombrowe", headcount=2)
    assert day.sections.get().department == first.department
    assert day.sections.get().due_on == DAY + timedelta(days=14)
    with pytest.raises(ValidationError, match="begründen"):
        second.decline(by=acting, reason="")
    second.decline(by=acting, reason="kein Personal")
    assert day.sections.count() == 1


def test_nobody_is_invited_without_house_or_department(acting):
    with pytest.raises(ValidationError, match="Objekt"):
        InspectionDayFactory().invite(by=acting)
    day = services.plan_day(by=acting, date=DAY, lead=DepartmentFactory(), houses=[PropertyFactory()])
    with pytest.raises(ValidationError, match="Fachbereiche"):
        day.invite(by=acting)
    day.refresh_from_db()
    assert day.state == "planned"


def test_who_has_recorded_cannot_back_out(acting):
    section = SectionFactory()
    FindingFactory(section=section)
    participation = section.day.participations.get()
    with pytest.raises(ValidationError, match="schon Einträge"):
        participation.decline(by=acting, reason="doch nicht")


@pytest.mark.parametrize(
    ("state", "method"),
    [
        ("planned", "start"),
        ("planned", "close"),
        ("published", "cancel"),
        ("running", "cancel"),
        ("cancelled", "start"),
    ],
)
def test_a_day_keeps_to_its_table_of_transitions(acting, state, method):
    more = {"published_on": DAY} if state == "published" else {}
    day = InspectionDayFactory(state=state, **more)
    with pytest.raises(IllegalTransition):
        getattr(day, method)(by=acting, **({"reason": "x"} if method == "cancel" else {}))


def test_closing_the_day_leaves_sections_open(acting):
    section = SectionFactory()
    section.day.close(by=acting, on=DAY)
    section.refresh_from_db()
    assert section.state == "open"


def test_each_department_closes_its_own_section_and_reopens_it_with_a_reason(acting):
    section = SectionFactory()
    section.close(by=acting, on=DAY)
    assert section.closed_on == DAY
    with pytest.raises(ValidationError, match="begründen"):
        section.reopen(by=acting, reason="")
    section.reopen(by=acting, reason="Messwert fehlt")
    assert (section.state, section.closed_on) == ("open", None)
    assert section.history.first().history_change_reason == "Messwert fehlt"


def test_a_late_section_is_visible(acting):
    section = SectionFactory(due_on=date(2026, 12, 1))
    assert not section.is_late(date(2026, 12, 1))
    assert section.is_late(date(2026, 12, 2))
    assert section.day.late_sections(date(2026, 12, 2)) == [section]


def test_publishing_without_a_section_needs_a_reason_and_names_it(acting):
    section = SectionFactory()
    day = section.day
    day.close(by=acting, on=DAY)
    with pytest.raises(ValidationError, match=section.department.short_name):
        day.publish(by=acting, on=DAY)
    day.publish(by=acting, on=DAY, reason="Sitzung des Lenkungskreises")
    assert day.missing_at_publication == section.department.short_name


def test_a_published_protocol_locks_the_sections_until_it_is_withdrawn(acting):
    section = SectionFactory()
    day = section.day
    section.close(by=acting)
    day.close(by=acting)
    day.publish(by=acting)
    with pytest.raises(ValidationError, match="zurückziehen"):
        section.reopen(by=acting, reason="Fehler")
    day.withdraw(by=acting, reason="Zahl falsch")
    section.reopen(by=acting, reason="Fehler")
    assert section.state == "open"


# Occupancy: thresholds are dated data


@pytest.fixture
def thresholds(acting):
    set_up_inspections()


@pytest.mark.parametrize(
    ("day", "required", "too_small"),
    [
        (date(2021, 7, 1), Decimal(10), True),  # 154 m² and 17 persons: 9.06 m² each
        (date(2021, 6, 30), Decimal(9), False),  # the law before asked for nine
    ],
)
def test_occupancy_is_checked_against_the_law_of_that_day(thresholds, day, required, too_small):
    result = occupancy.check(DwellingVisit(area=Decimal(154), registered=17), day)
    assert result.per_person == Decimal("9.06")
    assert (result.required_each, result.too_small) == (required, too_small)


def test_before_the_first_law_nothing_is_judged(thresholds):
    assert occupancy.check(DwellingVisit(area=Decimal(20), met=9), date(2010, 1, 1)) is None


def test_small_children_needed_less_under_the_old_law(thresholds):
    visit = DwellingVisit(area=Decimal(33), met=4, small_children=1)
    assert not occupancy.check(visit, date(2020, 1, 1)).too_small  # 3 × 9 + 6
    assert occupancy.check(visit, date(2022, 1, 1)).too_small


@pytest.mark.parametrize(
    ("unit", "too_small"), [("room_shared", False), ("room_alone", True), ("dwelling", True)]
)
def test_a_single_room_has_its_own_threshold(thresholds, unit, too_small):
    visit = DwellingVisit(area=Decimal("16.5"), met=2, unit=unit)
    assert occupancy.check(visit, DAY).too_small is too_small


def test_a_dwelling_needs_one_room_of_ten_square_metres(thresholds):
    visit = DwellingVisit(area=Decimal(60), met=2, largest_room=Decimal("9.5"))
    result = occupancy.check(visit, DAY)
    assert result.room_too_small
    assert not result.too_small


def test_people_who_are_gone_do_not_crowd_a_dwelling(thresholds):
    assert DwellingVisit(registered=6, gone=4, met=1).persons == 2
    assert DwellingVisit(registered=4, met=6).persons == 6
    assert DwellingVisit().persons is None


def test_a_new_law_is_a_new_row(thresholds):
    OccupancyThreshold(
        law="§ 7 neues Gesetz", valid_from=date(2027, 1, 1), per_person=12, room_shared=9, room_alone=12
    ).save()
    assert OccupancyThreshold.objects.valid_on(date(2026, 12, 31)).per_person == 10
    assert OccupancyThreshold.objects.valid_on(date(2027, 1, 1)).per_person == 12


def test_thresholds_are_kept_on_their_page_by_those_who_steer(client, thresholds):
    client.force_login(member("inspection.view", "inspection.plan"))
    assert "10,0" in client.get(reverse("objects:threshold_list")).content.decode()
    create = reverse("objects:threshold_create")
    assert client.get(create).status_code == 403
    client.force_login(member("inspection.view", "register.steer"))
    values = {"law": "§ 7 neues Gesetz", "valid_from": "01.01.2027", "per_person": "12", "room_shared": "9",
              "room_alone": "12"}  # fmt: skip
    assert client.post(create, values).status_code == 302
    assert OccupancyThreshold.objects.get(valid_from=date(2021, 7, 1)).valid_until == date(2026, 12, 31)
    assert "schon eine Fassung" in client.post(create, values).content.decode()
    row = OccupancyThreshold.objects.valid_on(date(2027, 5, 1))
    update = reverse("objects:threshold_update", args=[row.pk])
    client.post(update, values | {"per_person": "11,5", "version": row.version})
    assert OccupancyThreshold.objects.valid_on(date(2027, 5, 1)).per_person == Decimal("11.5")


def test_setting_up_twice_adds_nothing(thresholds):
    assert set_up_inspections() == (0, 0)


# Recording on site


@pytest.fixture
def site(acting):
    section = SectionFactory()
    return section, InspectionFactory(day=section.day, property=PropertyFactory())


def test_the_first_entry_begins_the_day(acting):
    section = SectionFactory(day=InspectionDayFactory(state="invited"))
    inspection = InspectionFactory(day=section.day)
    services.record_visit(
        inspection, by=acting, section=section, changes={"location": "EG", "access": "granted"}
    )
    section.day.refresh_from_db()
    assert section.day.state == "running"


def test_two_departments_count_in_one_dwelling_without_undoing_each_other(acting, site):
    section, inspection = site
    visit = services.record_visit(
        inspection, by=acting, section=section, changes={"location": "EG links", "met": 3}, seen={"met": None}
    )
    services.record_visit(
        inspection,
        by=acting,
        section=section,
        visit=visit,
        changes={"registered": 5},
        seen={"registered": None},
    )
    visit.refresh_from_db()
    assert (visit.met, visit.registered) == (3, 5)


def test_the_same_count_changed_by_two_is_shown_not_overwritten(acting, site):
    section, inspection = site
    visit = services.record_visit(
        inspection, by=acting, section=section, changes={"location": "EG", "met": 3}
    )
    with pytest.raises(services.Contested) as caught:
        services.record_visit(
            inspection, by=acting, section=section, visit=visit, changes={"met": 4}, seen={"met": None}
        )
    assert caught.value.fields == {"met": (3, 4)}
    visit.refresh_from_db()
    assert visit.met == 3


def test_a_repeated_entry_of_a_device_finds_its_row(acting, site):
    import uuid

    section, inspection = site
    key = uuid.uuid4()
    for _ in range(2):
        services.record_visit(
            inspection, by=acting, section=section, client_key=key, changes={"location": "Dach", "met": 2}
        )
    assert inspection.visits.get().met == 2


def test_no_count_may_be_negative_and_done_needs_access(acting, site):
    section, inspection = site
    with pytest.raises(ValidationError):
        services.record_visit(inspection, by=acting, section=section, changes={"location": "EG", "met": -1})
    with pytest.raises(ValidationError):
        services.record_visit(
            inspection, by=acting, section=section, changes={"location": "EG", "done": True}
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitFactory(inspection=inspection, access="", done=True)


def test_odd_numbers_warn_and_never_stop(acting, site):
    section, inspection = site
    visit = services.record_visit(
        inspection,
        by=acting,
        section=section,
        changes={
            "location": "EG",
            "access": "nobody",
            "met": 1,
            "unregistered": 2,
            "registered": 1,
            "gone": 2,
        },
    )
    assert len(visit.doubts()) == 3


def test_an_answer_of_the_checklist_is_one_row_and_can_be_taken_back(acting, site):
    section, inspection = site
    item = ChecklistItem(department=section.department, code="feuchte", label="Feuchte", category="damp")
    item.save()
    visit = VisitFactory(inspection=inspection)
    more = {"by": acting, "inspection": inspection, "visit": visit}
    services.record_answer(section, item, "defect", **more)
    services.record_answer(section, item, "danger", **more)
    found = Finding.objects.get()
    assert (found.severity, found.category, found.department) == ("danger", "damp", section.department)
    assert found.visibility == section.department.default_visibility
    services.record_answer(section, item, "", **more)
    assert not Finding.objects.exists()


def test_nothing_is_written_into_a_section_that_was_closed_meanwhile(acting, site):
    section, inspection = site
    section.close(by=acting)
    with pytest.raises(ValidationError, match="abgeschlossen"):
        services.record_visit(inspection, by=acting, section=section, changes={"location": "EG"})
    with pytest.raises(ValidationError, match="abgeschlossen"):
        services.write_note(section, "zu spät", by=acting)
    assert not DwellingVisit.objects.exists()


def test_a_note_takes_the_usual_visibility_of_its_department(acting, site):
    section, inspection = site
    note = services.write_note(section, "Keller überflutet", by=acting, inspection=inspection)
    assert note.visibility == "internal"
    assert services.write_note(section, "", by=acting, inspection=inspection) is None


def test_an_amount_belongs_only_to_money_collected(acting):
    section = SectionFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        ImmediateMeasure(kind="sealed", amount=5).belong_to(section).save()
    ImmediateMeasure(kind="amount_collected", amount=Decimal("1250.50")).belong_to(section).save()
    assert day_totals(section.day).measures["amount_collected"].amount == Decimal("1250.50")


# Findings and follow-up


def test_a_follow_up_starts_with_the_open_findings_and_rates_them_again(acting):
    house = PropertyFactory()
    before = SectionFactory(day=InspectionDayFactory(date=date(2026, 3, 1), closed=True))
    first = InspectionFactory(day=before.day, property=house)
    damp = FindingFactory(section=before, inspection=first)
    lock = FindingFactory(section=before, inspection=first, category="doors", visibility="open")
    day = services.plan_day(by=acting, date=DAY, lead=DepartmentFactory(), houses=[house])
    again = day.inspections.get()
    assert again.follow_up_of == first

    section = SectionFactory(day=day, department=before.department)
    new = damp.rerate(section=section, inspection=again, severity="danger", by=acting)
    gone = lock.rerate(section=section, inspection=again, severity="ok", by=acting, on=DAY)
    damp.refresh_from_db(), lock.refresh_from_db()
    assert (damp.state, new.carried_from, new.severity, new.state) == ("carried", damp, "danger", "open")
    assert (lock.state, lock.resolved_on, gone.severity, gone.visibility) == ("resolved", DAY, "ok", "open")
    assert list(Finding.objects.open()) == [new]
    with pytest.raises(IllegalTransition):
        damp.rerate(section=section, inspection=again, severity="ok", by=acting)


def test_a_house_without_open_findings_gets_no_follow_up(acting):
    house = PropertyFactory()
    InspectionFactory(day=InspectionDayFactory(date=date(2026, 3, 1), published=True), property=house)
    day = services.plan_day(by=acting, date=DAY, lead=DepartmentFactory(), houses=[house])
    assert day.inspections.get().follow_up_of is None


def test_a_finding_is_not_rated_again_at_another_house(acting):
    finding = FindingFactory(inspection=InspectionFactory(property=PropertyFactory()))
    other = InspectionFactory(property=PropertyFactory())
    with pytest.raises(ValidationError, match="anderen Objekt"):
        finding.rerate(section=SectionFactory(day=other.day), inspection=other, severity="ok", by=acting)
    finding.refresh_from_db()
    assert finding.state == "open"


def test_withdrawing_a_finding_needs_a_reason(acting):
    finding = FindingFactory()
    with pytest.raises(ValidationError, match="begründen"):
        finding.withdraw(by=acting, reason="")
    finding.withdraw(by=acting, reason="falsche Wohnung")
    assert not Finding.objects.open().exists()


def test_a_measure_out_of_a_finding_makes_the_department_act_at_the_property(db):
    department = DepartmentFactory()
    clerk = member("inspection.record", "inspection.view", "measure.change", department=department)
    section = SectionFactory(department=department)
    finding = FindingFactory(
        section=section, inspection=InspectionFactory(day=section.day, property=PropertyFactory())
    )
    facts = {"kind": "repair", "what": "Bad trocknen", "due_on": date(2026, 12, 31), "on": DAY}
    stranger = member("measure.change")
    with pytest.raises(PermissionDenied):
        services.measure_from_finding(finding, by=stranger, **facts)
    measure = services.measure_from_finding(finding, by=clerk, **facts)
    house = finding.inspection.property
    assert (measure.department, measure.property, measure.visibility) == (department, house, "internal")
    assert house.participations.get().state == "accepted"
    finding.refresh_from_db()
    assert (finding.measure, finding.due_on) == (measure, date(2026, 12, 31))
    with pytest.raises(ValidationError, match="schon eine Maßnahme"):
        services.measure_from_finding(finding, by=clerk, **facts)


# Help needs


def test_an_offer_takes_a_help_need_over_and_gives_it_back(db):
    carrier = DepartmentFactory()
    counsellor = member("helpneed.view", "helpneed.take", department=carrier)
    need = HelpNeedFactory()
    services.take_over_help_need(need, by=counsellor, department=carrier, on=DAY)
    assert (need.state, need.taken_by, need.taken_on) == ("taken", carrier, DAY)
    with pytest.raises(IllegalTransition):
        services.take_over_help_need(need, by=counsellor, department=carrier, on=DAY)
    need.give_back(by=counsellor, reason="kein Platz")
    assert (need.state, need.taken_by) == ("open", None)


def test_nobody_takes_a_help_need_over_for_a_foreign_carrier(db):
    need = HelpNeedFactory()
    counsellor = member("helpneed.view", "helpneed.take")
    with pytest.raises(PermissionDenied):
        services.take_over_help_need(need, by=counsellor, department=DepartmentFactory(), on=DAY)
    with pytest.raises(PermissionDenied):
        services.take_over_help_need(need, by=member("helpneed.view"), department=need.department, on=DAY)
    need.refresh_from_db()
    assert need.state == "open"


def test_no_model_of_inspections_holds_names_of_residents():
    people = {"people"}  # staff on the day, behind their own permission
    for model in (DwellingVisit, Finding, HelpNeed, ImmediateMeasure, Inspection, InspectionDay):
        names = {field.name for field in model._meta.get_fields()}
        assert (
            not names
            & {"name", "first_name", "last_name", "person", "persons", "birth_date", "nationality"} - people
        )
