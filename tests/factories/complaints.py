"""Complaints with what hangs on them."""

import factory
from django.utils import timezone

from objects.models import (
    Complaint,
    ComplaintCategory,
    ComplaintInvolvement,
    ComplaintLink,
    ComplaintReporter,
    ComplaintTopic,
    RoutingRule,
    RoutingRuleParticipant,
)

from .core import AuditedFactory, DepartmentFactory
from .register import AddressFactory, PropertyFactory


class CategoryFactory(AuditedFactory):
    class Meta:
        model = ComplaintCategory

    code = factory.Sequence(lambda n: f"art-{n}")
    name = factory.Sequence(lambda n: f"Art {n}")
    position = factory.Sequence(lambda n: n)


class ComplaintFactory(AuditedFactory):
    """A new complaint about an official address."""

    class Meta:
        model = Complaint

    class Params:
        unofficial = factory.Trait(address=None, place="hinter dem Bahnhof")
        in_progress = factory.Trait(state="in_progress")
        answered = factory.Trait(state="answered", answered_on=factory.LazyFunction(timezone.localdate))
        closed = factory.Trait(
            state="closed", closed_on=factory.LazyFunction(timezone.localdate), outcome="remedied"
        )

    text = "Haustür schließt seit zwei Wochen nicht. Im Flur stehen Müllsäcke."
    address = factory.SubFactory(AddressFactory)
    department = factory.SubFactory(DepartmentFactory)
    recorded_in = factory.SelfAttribute("department")


class ReporterFactory(AuditedFactory):
    class Meta:
        model = ComplaintReporter

    complaint = factory.SubFactory(ComplaintFactory)
    name = "Frau Pohlschmidt"
    contact = "02323 555 0142"


class TopicFactory(AuditedFactory):
    class Meta:
        model = ComplaintTopic

    complaint = factory.SubFactory(ComplaintFactory)
    category = factory.SubFactory(CategoryFactory)


class InvolvementFactory(AuditedFactory):
    class Meta:
        model = ComplaintInvolvement

    complaint = factory.SubFactory(ComplaintFactory)
    department = factory.SubFactory(DepartmentFactory)


class LinkFactory(AuditedFactory):
    class Meta:
        model = ComplaintLink

    complaint = factory.SubFactory(ComplaintFactory)
    property = factory.SubFactory(PropertyFactory)


class RuleFactory(AuditedFactory):
    class Meta:
        model = RoutingRule

    position = factory.Sequence(lambda n: n)
    lead = factory.SubFactory(DepartmentFactory)


class RuleParticipantFactory(AuditedFactory):
    class Meta:
        model = RoutingRuleParticipant

    rule = factory.SubFactory(RuleFactory)
    department = factory.SubFactory(DepartmentFactory)
