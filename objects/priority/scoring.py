"""Points of properties from the rules of a day: same rows, same day, same result, however often."""

from collections import Counter

from django.db import transaction
from django.utils import timezone

from objects.register.models import Property, PropertySummary

from .inputs import numbers, words
from .models import MOST, ScoreMark, ScoreRule

BATCH = 500


def rescore(property_ids, today=None) -> int:
    """Recompute the points of these properties; returns how many changed. Without rules there is nothing to do."""
    ids = [pk for pk in dict.fromkeys(property_ids) if pk is not None]
    today = today or timezone.localdate()
    rules = list(ScoreRule.objects.valid_on(today)) if ids else []
    if not rules and not (ids and PropertySummary.objects.filter(pk__in=ids[:BATCH], score__gt=0).exists()):
        return 0
    return sum(_rescore(ids[start : start + BATCH], rules, today) for start in range(0, len(ids), BATCH))


def recompute_all(run=None) -> int:
    """The timetable's nightly round: what passes with time (deadlines, twelve months) moves points, too."""
    from objects.register.summaries import refresh

    ids = list(Property.objects.order_by("serial").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        if run is not None:
            run.progress(start, len(ids))
        part = ids[start : start + BATCH]
        refresh(part, points=False)
        rescore(part)
    return len(ids)


def scores(ids, rules, today) -> dict:
    """{property id: (score, parts)}; a part is {"rule", "text", "points"}, most points first."""
    found = numbers(ids, today, {rule.input for rule in rules})
    steps = Counter(rule.input for rule in rules)
    result = {}
    for pk in ids:
        parts = []
        for rule in rules:
            number = found.get(rule.input, {}).get(pk, 0)
            if points := rule.earned(number):
                text = words(rule.input, number, at_least=rule.at_least if steps[rule.input] > 1 else 1)
                parts.append({"rule": rule.input, "text": text, "points": points})
        parts.sort(key=lambda part: (-part["points"], part["rule"], part["text"]))
        result[pk] = (min(sum(part["points"] for part in parts), MOST), parts)
    return result


def _locked(rows):
    """Whoever counts later waits here and then sees what the one before committed."""
    return rows.select_for_update(of=("self",)).order_by("pk")


@transaction.atomic
def _rescore(ids, rules, today):
    rows = PropertySummary.objects.filter(pk__in=ids).only("score", "score_parts", "standing")
    stored = {row.pk: row for row in _locked(rows)}
    new = scores([pk for pk, row in stored.items() if row.standing], rules, today)
    changed = []
    for pk, row in stored.items():
        score, parts = new.get(pk, (0, []))
        if (row.score, row.score_parts) != (score, parts):
            row.score, row.score_parts = score, parts
            changed.append(row)
    if changed:
        PropertySummary.objects.bulk_update(changed, ["score", "score_parts"])
        ScoreMark.objects.bulk_create(
            [
                ScoreMark(property_id=row.pk, on=today, score=row.score, parts=row.score_parts)
                for row in changed
            ],
            update_conflicts=True,
            unique_fields=["property", "on"],
            update_fields=["score", "parts"],
        )
    return len(changed)
