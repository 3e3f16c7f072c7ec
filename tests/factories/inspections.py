"""Inspection days and what hangs on them."""

from datetime import date, time

import factory

from objects.inspections.models import (
    DwellingVisit,
    Finding,
    HelpNeed,
    ImmediateMeasure,
    Inspection,
    InspectionDay,
    InspectionParticipation,
    InspectionSection,
)

from .core import AuditedFactory, DepartmentFactory


class InspectionDayFactory(AuditedFactory):
    class Meta:
        model = InspectionDay

    class Params:
        running = factory.Trait(state="running")
        closed = factory.Trait(state="closed", closed_on=date(2026, 11, 17))
        published = factory.Trait(
            state="published", closed_on=date(2026, 11, 17), published_on=date(2026, 12, 1)
        )

    date = date(2026, 11, 17)
    lead = factory.SubFactory(DepartmentFactory)
    meet_at = time(8, 30)
    meeting_point = "Parkplatz Wilhelmplatz"


class InspectionFactory(AuditedFactory):
    class Meta:
        model = Inspection

    day = factory.SubFactory(InspectionDayFactory)
    position = 1
    label = factory.LazyAttribute(lambda o: "" if getattr(o, "property", None) else f"Haus {o.position}")


class ParticipationFactory(AuditedFactory):
    class Meta:
        model = InspectionParticipation

    class Params:
        accepted = factory.Trait(state="accepted", answered_on=date(2026, 11, 10))

    day = factory.SubFactory(InspectionDayFactory)
    department = factory.SubFactory(DepartmentFactory)
    state = "invited"


class SectionFactory(AuditedFactory):
    """A section together with the accepted participation it needs."""

    class Meta:
        model = InspectionSection

    day = factory.SubFactory(InspectionDayFactory, running=True)
    department = factory.SubFactory(DepartmentFactory)
    due_on = date(2026, 12, 1)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        section = super()._create(model_class, *args, **kwargs)
        ParticipationFactory(day=section.day, department=section.department, accepted=True)
        return section


class VisitFactory(AuditedFactory):
    class Meta:
        model = DwellingVisit

    inspection = factory.SubFactory(InspectionFactory)
    location = factory.Sequence(lambda n: f"{n}. OG links")
    access = "granted"


class _InSection(AuditedFactory):
    class Meta:
        abstract = True

    section = factory.SubFactory(SectionFactory)
    day = factory.SelfAttribute("section.day")
    department = factory.SelfAttribute("section.department")
    visibility = factory.SelfAttribute("section.department.default_visibility")


class FindingFactory(_InSection):
    class Meta:
        model = Finding

    category = "damp"
    severity = "defect"
    text = "Schimmel an der Außenwand"


class ImmediateMeasureFactory(_InSection):
    class Meta:
        model = ImmediateMeasure

    kind = "meter_power"


class HelpNeedFactory(_InSection):
    class Meta:
        model = HelpNeed

    kind = "housing"
    households = 2
