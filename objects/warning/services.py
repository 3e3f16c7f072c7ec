"""Raising warnings, and what a person makes of them."""

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from objects.register.models import ProblemArea, Property
from objects.register.selectors import find_property_by_address
from objects.register.services import open_property, report_problem
from soe.audit.context import acting_as
from soe.departments.scope import may
from soe.web.notices import notify

from .models import EarlyWarning, RiskHint, WarningRule
from .signals import Places, figures, start_of

LAPSED = "Die Zahl liegt wieder unter der Schwelle, oder die Regel gilt nicht mehr."
State = EarlyWarning.State


def evaluate(today=None) -> int:
    """Look at every rule; returns how many warnings are new. Safe to repeat and to run twice at once."""
    today = today or timezone.localdate()
    system, places, new = get_user_model().objects.system(), Places(), 0
    with acting_as(system):
        seen = set()
        for rule in WarningRule.objects.valid_on(today):
            found = figures(rule, places, today)
            seen |= {(rule.pk, key) for key in found}
            new += _raise(rule, found, today)
        for row in EarlyWarning.objects.open():
            if (row.rule_id, _key(row)) not in seen:
                _lapse(row, today)
        if new:
            _tell(new, today)
    return new


def _key(row):
    return ("property", row.property_id) if row.property_id else ("address", row.address_id)


def _raise(rule, found, today):
    """New warnings of one rule. What somebody decided is not asked again until the period is over or it got worse."""
    rows = EarlyWarning.objects.filter(rule=rule)
    known = {_key(row): row for row in rows.filter(state=State.OPEN)}
    decided: dict = {}
    after = start_of(today, rule.months)
    for row in rows.filter(state__in=(State.DISMISSED, State.TAKEN), decided_on__gt=after):
        decided[_key(row)] = max(decided.get(_key(row), 0), row.number)
    new = 0
    for key, number in sorted(found.items(), key=str):
        row = known.get(key)
        if row is not None:
            _note(row, number)
        elif number > decided.get(key, 0):
            new += _create(rule, key, number, today)
    return new


def _create(rule, key, number, today):
    kind, pk = key
    try:
        with transaction.atomic():
            EarlyWarning(
                rule=rule, number=number, at_least=rule.at_least, months=rule.months, fired_on=today,
                **{f"{kind}_id": pk},
            ).save(reason=f"Regel „{rule}“")  # fmt: skip
    except IntegrityError:  # a run beside this one was faster
        return 0
    return 1


def _note(row, number):
    if row.number != number:
        with transaction.atomic():
            row.lock()
            if row.state == State.OPEN:
                row.number = number
                row.save(reason="neu gezählt")


def _lapse(row, today):
    with transaction.atomic():
        row.lock()
        if row.state == State.OPEN:
            row.state, row.decided_on, row.reason = State.LAPSED, today, LAPSED
            row.save(reason=LAPSED)


def _tell(new, today):
    from objects.replies.services import coordination

    from .registration import MANY, ONE

    notify(
        coordination(),
        "early_warning",
        title=ONE if new == 1 else MANY.format(count=new),
        url=f"{_list()}",
        key=f"early_warning:{today:%Y%m%d}:{new}",
    )


def _list():
    from django.urls import reverse

    return reverse("objects:warning_list")


def dismiss(warning, *, by, reason):
    """No danger, or known already; the rule stays quiet here until it gets worse or its period is over."""
    with warning.transition(State.DISMISSED, by=by, reason=reason):
        warning.decided_on, warning.reason = timezone.localdate(), reason[:500]


@transaction.atomic
def take_over(warning, *, by, department, reason, text, severity=2, lead_department=None) -> Property:
    """Put it into the register as „drohende negative Entwicklung“; an address becomes a property first.

    `text` stands in the register where everyone reads it. Complaints of the warning's months are linked.
    """
    if warning.address_id and not may(by, Property, "add"):
        raise PermissionDenied
    kind = ProblemArea.Kind.DECLINE
    today = timezone.localdate()
    with warning.transition(State.TAKEN, by=by, reason=reason):
        house = warning.property or find_property_by_address(warning.address)
        if house is not None:
            if house.is_retired:  # it left the register, and here it is again
                house.reopen(by=by, reason=reason)
            area = report_problem(
                house, by=by, department=department, kind=kind, text=text, severity=severity, reason=reason
            )
        else:
            house = open_property(
                warning.address,
                by=by,
                lead_department=lead_department,
                problem_areas=[{"kind": kind, "text": text, "severity": severity}],
                reason=reason,
            )
            area = house.problem_areas.get(kind=kind)
        if warning.address_id:
            _link_complaints(warning, house, by=by, today=today)
        warning.decided_on, warning.reason, warning.problem_area = today, reason[:500], area
    return house


def _link_complaints(warning, house, *, by, today):
    from objects.complaints.models import Complaint
    from objects.complaints.services import link_complaint

    rows = Complaint.objects.restrict(by).filter(
        address=warning.address_id, received_at__date__gt=start_of(today, warning.months)
    )
    for complaint in rows:
        link_complaint(complaint, house, by=by, kind="cause", reason="Frühwarnung übernommen")


@transaction.atomic
def end_hint(hint: RiskHint, *, by, reason, on=None):
    """What was hinted at is no longer so."""
    on = on or timezone.localdate()
    with acting_as(by):
        hint.lock()
        if hint.ended_on is not None:
            raise ValidationError("Dieser Hinweis ist schon beendet.")
        if on < hint.observed_on:
            raise ValidationError("Das Ende liegt vor dem Hinweis.")
        hint.ended_on = on
        hint.save(reason=reason)
