"""Categories and routing rules a city starts with. Idempotent: what was edited since is left alone."""

from django.db import transaction

from objects.replies.defaults import ensure_reply_defaults
from soe.departments.models import Department

from .models import ComplaintCategory, HintWindow, RoutingRule, RoutingRuleParticipant

# code, name
CATEGORIES = [
    ("muell", "Müll"),
    ("schaedlinge", "Ratten, Schädlinge"),
    ("maengel", "Schimmel, Mängel in der Wohnung"),
    ("brandschutz", "Tür, Treppe, Brandschutz"),
    ("ueberbelegung", "Überbelegung"),
    ("laerm", "Lärm, Nachbarn"),
    ("versorgung", "Heizung, Wasser, Strom"),
    ("anderes", "anderes"),
]

# category, leading department, departments that take part; the order decides who leads
RULES = [
    ("maengel", "wohnungsaufsicht", []),
    ("versorgung", "wohnungsaufsicht", []),
    ("ueberbelegung", "wohnungsaufsicht", ["meldewesen"]),
    ("brandschutz", "wohnungsaufsicht", ["bauordnung", "feuerwehr"]),
    ("schaedlinge", "umwelt", ["gesundheit"]),
    ("muell", "umwelt", ["ordnung"]),
    ("laerm", "ordnung", []),
]


@transaction.atomic
def ensure_complaint_defaults(*, reason="Grundeinrichtung") -> tuple[int, int]:
    """Create missing categories, and the rules if there are none; returns (categories, rules). Needs an actor."""
    ensure_reply_defaults(reason=reason)
    for kind, days in HintWindow.DAYS.items():
        if not HintWindow.objects.filter(kind=kind).exists():
            HintWindow(kind=kind, days=days).save(reason=reason)
    known = {row.code: row for row in ComplaintCategory.objects.all()}
    added = 0
    for position, (code, name) in enumerate(CATEGORIES, 1):
        if code not in known:
            known[code] = ComplaintCategory(code=code, name=name, position=position * 10)
            known[code].save(reason=reason)
            added += 1
    if RoutingRule.objects.exists():
        return added, 0
    departments = {row.code: row for row in Department.objects.all()}
    rules = 0
    for position, (category, lead, joining) in enumerate(RULES, 1):
        if lead not in departments:
            continue
        rule = RoutingRule(
            position=position * 10, category=known[category], lead=departments[lead], invites=True
        )
        rule.save(reason=reason)
        for code in joining:
            if code in departments:
                RoutingRuleParticipant(rule=rule, department=departments[code]).save(reason=reason)
        rules += 1
    return added, rules
