"""Several devices at once: nothing is lost, nothing happens twice (row locks: PostgreSQL)."""

from datetime import date

import pytest

from objects.inspections import services
from objects.inspections.models import ChecklistItem, HelpNeed, Inspection, InspectionSection
from tests.factories.core import DepartmentFactory, member, somebody
from tests.factories.inspections import FindingFactory, HelpNeedFactory, InspectionFactory, SectionFactory
from tests.factories.register import DwellingFactory, PropertyFactory
from tests.objects.test_at_once import at_once, refused

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_a_help_need_is_taken_over_once():
    need = HelpNeedFactory()
    carriers = [DepartmentFactory() for _ in range(3)]
    people = [member("helpneed.view", "helpneed.take", department=carrier) for carrier in carriers]

    def take(person, carrier):
        return lambda: services.take_over_help_need(
            HelpNeed.objects.get(pk=need.pk), by=person, department=carrier, on=date(2026, 11, 18)
        )

    results = at_once(*[take(*pair) for pair in zip(people, carriers, strict=True)])
    assert [type(row).__name__ for row in refused(results)] == ["IllegalTransition"] * 2


def test_two_departments_at_one_door_make_one_visit():
    first = SectionFactory()
    second = SectionFactory(day=first.day)
    house = PropertyFactory()
    dwelling, inspection = DwellingFactory(property=house), InspectionFactory(day=first.day, property=house)
    person = member()

    def record(section, name):
        return lambda: services.record_visit(
            Inspection.objects.get(pk=inspection.pk),
            by=person,
            section=InspectionSection.objects.get(pk=section.pk),
            dwelling=dwelling,
            changes={name: 3},
        )

    assert refused(at_once(record(first, "met"), record(second, "registered"))) == []
    visit = inspection.visits.get()
    assert (visit.met, visit.registered) == (3, 3)


def test_one_point_is_answered_once_by_two_devices():
    section = SectionFactory()
    inspection, person = InspectionFactory(day=section.day), member()
    item = ChecklistItem(department=section.department, code="treppe", label="Treppe", category="stairs")
    with somebody():
        item.save()

    def answer():
        return services.record_answer(
            InspectionSection.objects.get(pk=section.pk), item, "defect", by=person, inspection=inspection
        )

    assert refused(at_once(answer, answer)) == []
    assert section.findings.count() == 1


def test_an_open_finding_is_rated_again_once():
    before = SectionFactory()
    house, person = PropertyFactory(), member()
    finding = FindingFactory(section=before, inspection=InspectionFactory(day=before.day, property=house))
    section = SectionFactory(department=before.department)
    again = InspectionFactory(day=section.day, property=house)

    def rate(severity):
        return lambda: (
            type(finding)
            .objects.get(pk=finding.pk)
            .rerate(section=section, inspection=again, severity=severity, by=person)
        )

    assert len(refused(at_once(rate("ok"), rate("danger")))) == 1
