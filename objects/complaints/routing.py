"""Who gets a complaint: the first rule that fits leads, all others that fit take part."""

from dataclasses import dataclass, field

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from objects import notices
from soe.audit.context import acting_as
from soe.departments.models import Department

from .models import RoutingRule


@dataclass
class Route:
    """The proposal: a leading department, those who take part, the rule behind it, and rules that are broken."""

    lead: Department
    participants: list[Department] = field(default_factory=list)
    rule: RoutingRule | None = None
    invited: list[Department] = field(
        default_factory=list
    )  # by rules that ask for participation at the property
    broken: list[tuple[RoutingRule, str]] = field(default_factory=list)
    by_hand: bool = False


def propose(categories, district, *, fallback, on=None) -> Route:
    """Look through the rules in their order. Reads only: broken rules are reported, not switched off.

    `categories`: ids. `fallback`: the department that keeps the complaint when no rule fits.
    """
    on = on or timezone.localdate()
    wanted = set(categories)
    route = Route(lead=fallback)
    rows = (
        RoutingRule.objects.active()
        .select_related("lead", "category")
        .prefetch_related("joining__department")
    )
    involved, invited = {}, {}
    for rule in rows.order_by("position", "id"):
        if fault := rule.fault(on):
            route.broken.append((rule, fault))
            continue
        if not rule.fits(wanted, district):
            continue
        if route.rule is None:
            route.rule, route.lead = rule, rule.lead
        involved.setdefault(rule.lead_id, rule.lead)
        if rule.invites:
            invited[rule.lead_id] = rule.lead
        for row in rule.joining.all():
            if row.department.closed_on is None or row.department.closed_on > on:
                involved.setdefault(row.department_id, row.department)
                if rule.invites:
                    invited[row.department_id] = row.department
    route.invited = list(invited.values())
    involved.pop(route.lead.pk, None)
    route.participants = sorted(involved.values(), key=lambda row: (row.position, row.name))
    return route


def explain(categories, district, on=None):
    """[(rule, what it does)] for a trial: fault, "leads", "joins" or "does not fit", in their order."""
    on, wanted, leading = on or timezone.localdate(), set(categories), False
    rows = RoutingRule.objects.select_related("lead", "category").prefetch_related("joining__department")
    for rule in rows.order_by("position", "id"):
        if not rule.active:
            yield rule, f"gilt nicht{f': {rule.broken_because}' if rule.broken_because else ''}", "off"
        elif fault := rule.fault(on):
            yield rule, f"würde sich abschalten: {fault}", "off"
        elif not rule.fits(wanted, district):
            yield rule, "passt nicht", "no"
        elif leading:
            yield rule, "passt auch: beteiligt", "joins"
        else:
            leading = True
            yield rule, "passt zuerst: federführend", "leads"


def switch_off_broken(route):
    """A rule that cannot work any more switches itself off and says why."""
    for rule, fault in route.broken:
        if rule.switch_off(reason=fault):
            notices.rule_switched_off(rule)


def check_rules(today) -> int:
    """Every morning: what broke overnight is switched off before the next complaint comes. Returns how many."""
    found = 0
    for rule in RoutingRule.objects.active().select_related("lead", "category"):
        if fault := rule.fault(today):
            with transaction.atomic(), acting_as(get_user_model().objects.system()):
                if rule.switch_off(reason=fault):
                    notices.rule_switched_off(rule)
                    found += 1
    return found


def reorder(rule, *, by, up: bool):
    """Swap a rule with its neighbour; all get even positions. Asked twice at once, each swap counts once."""
    with transaction.atomic(), acting_as(by):
        rows = list(RoutingRule.objects.select_for_update(of=("self",)).order_by("position", "id"))
        place = next(number for number, row in enumerate(rows) if row.pk == rule.pk)
        other = place - 1 if up else place + 1
        if 0 <= other < len(rows):
            rows[place], rows[other] = rows[other], rows[place]
        for number, row in enumerate(rows, 1):
            if row.position != number * 10:
                row.position = number * 10
                row.save(reason="Reihenfolge geändert")
