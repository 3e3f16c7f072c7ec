"""Proceedings, orders, steps, measures."""

from datetime import date, timedelta

import factory
from django.utils import timezone

from objects.models import (
    Claim,
    EnforcementStep,
    InformationRequest,
    Lawsuit,
    LegalBasis,
    Measure,
    Order,
    OrderItem,
    OrderItemCheck,
    Proceeding,
)

from .core import AuditedFactory, DepartmentFactory, UserFactory
from .register import PropertyFactory


class LegalBasisFactory(AuditedFactory):
    class Meta:
        model = LegalBasis

    law = "WohnStG NRW"
    paragraph = factory.Sequence(lambda n: f"§ {n + 100}")
    title = "Instandsetzung"
    valid_from = date(2021, 7, 1)


class ProceedingFactory(AuditedFactory):
    """An open proceeding of the lead department."""

    class Meta:
        model = Proceeding

    class Params:
        closed = factory.Trait(closed_on=date(2026, 10, 1), closing="fulfilled")
        internal = factory.Trait(visibility="internal")
        participating = factory.Trait(visibility="participating")

    property = factory.SubFactory(PropertyFactory)
    department = factory.SelfAttribute("property.lead_department")
    subject = "Instandsetzung"
    file_number = factory.Sequence(lambda n: f"WA-2026-{n:03}")
    visibility = "open"
    opened_on = date(2026, 7, 20)


class OrderFactory(AuditedFactory):
    class Meta:
        model = Order

    class Params:
        served = factory.Trait(served_on=date(2026, 9, 3))
        enforceable = factory.Trait(served_on=date(2026, 9, 3), immediately_enforceable=True)

    proceeding = factory.SubFactory(ProceedingFactory)
    issued_on = date(2026, 9, 1)
    no_hearing_because = "Gefahr im Verzug"


class ItemFactory(AuditedFactory):
    class Meta:
        model = OrderItem

    order = factory.SubFactory(OrderFactory, enforceable=True)
    number = factory.Sequence(lambda n: n % 30000 + 1)
    text = "Die Haustür ist instand zu setzen."
    deadline = date(2026, 10, 16)
    threatened_amount = 2500


class CheckFactory(AuditedFactory):
    class Meta:
        model = OrderItemCheck

    item = factory.SubFactory(ItemFactory)
    checked_on = date(2026, 10, 20)
    fulfilled = False
    note = "Tür schließt nicht."


class StepFactory(AuditedFactory):
    class Meta:
        model = EnforcementStep

    item = factory.SubFactory(ItemFactory)
    proceeding = factory.SelfAttribute("item.order.proceeding")
    kind = "penalty"


class LawsuitFactory(AuditedFactory):
    """A pending lawsuit against `items`; `urgent`: number of the urgent proceeding."""

    class Meta:
        model = Lawsuit

    order = factory.SubFactory(OrderFactory, enforceable=True)
    court = "VG Gelsenkirchen"
    file_number = factory.Sequence(lambda n: f"9 K {n}/26")
    filed_on = date(2026, 10, 1)

    @classmethod
    def _create(cls, model_class, *args, items=(), urgent="", **kwargs):
        if urgent:
            kwargs |= {"urgent_file_number": urgent, "urgent_filed_on": kwargs["filed_on"]}
        row = model_class(**kwargs)
        row.file(by=UserFactory(), items=items)
        return row


class ClaimFactory(AuditedFactory):
    class Meta:
        model = Claim

    proceeding = factory.SubFactory(ProceedingFactory)
    kind = "fee"
    amount = 150
    claimed_on = date(2026, 9, 1)
    due_on = date(2026, 12, 1)


class MeasureFactory(AuditedFactory):
    class Meta:
        model = Measure

    class Params:
        overdue = factory.Trait(due_on=factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=6)))
        internal = factory.Trait(visibility="internal")
        done = factory.Trait(state="done", done_on=factory.LazyFunction(timezone.localdate), effect="solved")

    property = factory.SubFactory(PropertyFactory)
    department = factory.SelfAttribute("property.lead_department")
    kind = "talk"
    what = "Gespräch mit der Eigentümerin"
    visibility = "open"
    due_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=20))
    original_due_on = factory.SelfAttribute("due_on")


class RequestFactory(AuditedFactory):
    class Meta:
        model = InformationRequest

    proceeding = factory.SubFactory(ProceedingFactory, internal=True)
    asked_department = factory.SelfAttribute("proceeding.department")
    asking_department = factory.SubFactory(DepartmentFactory)
    asked_by = factory.SubFactory(UserFactory)
    purpose = "Vorbereitung der gemeinsamen Kontrolle"
