"""Rules of points and of early warning, hints and warnings."""

from datetime import date

import factory

from objects.models import EarlyWarning, RiskHint, ScoreRule, WarningRule

from .core import AuditedFactory, DepartmentFactory


class ScoreRuleFactory(AuditedFactory):
    class Meta:
        model = ScoreRule

    input = "confirmed_medium"
    points = 7
    valid_from = date(2020, 1, 1)


class WarningRuleFactory(AuditedFactory):
    class Meta:
        model = WarningRule

    name = factory.Sequence(lambda n: f"Regel {n}")
    signal = "complaints"
    at_least = 3
    months = 6
    valid_from = date(2020, 1, 1)


class RiskHintFactory(AuditedFactory):
    class Meta:
        model = RiskHint

    kind = "vacancy"
    department = factory.SubFactory(DepartmentFactory)


class EarlyWarningFactory(AuditedFactory):
    class Meta:
        model = EarlyWarning

    rule = factory.SubFactory(WarningRuleFactory)
    number = 4
    at_least = factory.SelfAttribute("rule.at_least")
    months = factory.SelfAttribute("rule.months")
