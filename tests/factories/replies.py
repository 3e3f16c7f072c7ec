"""Periods and levels of escalation."""

from datetime import date

from objects.models import EscalationLevel, ReplyPeriod

from .core import AuditedFactory


class PeriodFactory(AuditedFactory):
    class Meta:
        model = ReplyPeriod

    days = 14
    valid_from = date(2020, 1, 1)


class LevelFactory(AuditedFactory):
    class Meta:
        model = EscalationLevel

    offset = 1
    audience = "acting"
