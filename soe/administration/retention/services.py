"""What is due, erasing it once a person agreed, and what goes by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef

from soe.audit import erasure, retention
from soe.web.targets import AboutRecord

from .models import LegalHold, RetentionRule


def due(rule, now=None):
    """Records of a Subject kind whose period is over and that nobody holds back."""
    rows = rule.kind.due(rule.cutoff(now))
    if not rule.active:
        return rows.none()
    held = LegalHold.objects.current().filter(code=rule.code, object_id=OuterRef("pk"))
    return rows.filter(~Exists(held))


def preview(rule, pks) -> list[tuple[str, int, int]]:
    """What erasing these due records would touch: (kind of record, rows, rows in the history). Changes nothing."""
    found: dict = {}
    for obj in due(rule).filter(pk__in=list(pks)):
        for part in rule.kind.parts(obj):
            if part.pks:
                found.setdefault(part.model, set()).update(part.pks)
    # What hangs on the records is only counted: asking the erasure for it would already remove files.
    for about in [
        model for model in apps.get_models() if issubclass(model, AboutRecord) and not model._meta.proxy
    ]:
        for model in list(found):
            rows = about._base_manager.filter(
                target_model=model._meta.label_lower, target_id__in=found[model]
            )
            if keys := set(rows.values_list("pk", flat=True)):
                found.setdefault(about, set()).update(keys)
    lines = []
    for model, keys in found.items():
        history = model.history.model.objects.filter(id__in=keys).count()
        lines.append((str(model._meta.verbose_name_plural), len(keys), history))
    return sorted(lines)


@transaction.atomic
def erase(rule, pks: Iterable, *, reason) -> list:
    """Erase these records; each must still be due at this moment. All or none: raises ValidationError."""
    pks = list(pks)
    model = rule.kind.get_model()
    # The rows themselves are locked: whoever saves one now waits, and then finds it erased.
    list(
        model._base_manager.filter(pk__in=pks)
        .order_by("pk")
        .select_for_update(of=("self",))
        .values_list("pk")
    )
    found = {obj.pk: obj for obj in due(rule).filter(pk__in=pks)}
    if set(found) != set(pks):
        raise ValidationError(
            "Mindestens ein Datensatz ist nicht mehr fällig: Er wurde inzwischen geändert, gelöscht oder gesperrt. "
            "Es wurde nichts gelöscht. Bitte prüfen Sie die Liste noch einmal."
        )
    return [
        erasure.erase(rule.kind.parts(obj), ground=rule.ground, model=model, object_id=obj.pk, reason=reason)
        for obj in found.values()
    ]


@dataclass(frozen=True)
class Outcome:
    """What one run did with one kind."""

    rule: RetentionRule
    due: int
    gone: int


def run(*, dry_run=False, now=None):
    """Logs and technical rows go; records of people are only counted. Yields an Outcome per kind. Needs an actor."""
    for code, rule in RetentionRule.all_of_them().items():
        kind = retention.kind(code)
        if not rule.active:
            yield Outcome(rule, 0, 0)
        elif isinstance(kind, retention.Subject):
            yield Outcome(rule, due(rule, now).count(), 0)
        elif isinstance(kind, retention.Log):
            cutoff = rule.cutoff(now)
            old = kind.get_model()._base_manager.filter(**{f"{kind.at}__lt": cutoff}).count()
            certificate = None
            if old and not dry_run:
                certificate = erasure.expire_log(kind.get_model(), cutoff, ground=rule.ground, at=kind.at)
            yield Outcome(rule, old, certificate.log_rows if certificate else 0)
        else:
            count = kind.clean(rule.cutoff(now), dry_run)
            yield Outcome(rule, count, 0 if dry_run else count)


def certificates() -> list[dict]:
    """What a restore must know to erase again: rule and id of each erased record, nothing of what it held."""
    rows = erasure.Erasure.objects.exclude(object_id=None).order_by("at")
    return [
        {"rule": rule, "model": model, "object_id": pk.hex, "at": at.isoformat()}
        for rule, model, pk, at in rows.values_list("rule", "model", "object_id", "at")
    ]


def erase_again(listed=None) -> int:
    """After a restore: whatever has a certificate and is there again is erased once more (SDM M60.S10).

    `listed`: (rule, id) of certificates known from outside; without it, those in this database.
    """
    if listed is None:
        listed = [(entry["rule"], UUID(entry["object_id"])) for entry in certificates()]
    done, rules = 0, RetentionRule.all_of_them()
    for code, pk in dict.fromkeys(listed):
        if code not in rules:
            continue
        rule = rules[code]
        obj = rule.kind.get_model()._base_manager.filter(pk=pk).first()
        if obj is not None:
            erasure.erase(
                rule.kind.parts(obj), ground=rule.ground, model=type(obj), object_id=obj.pk,
                reason="nach Wiederherstellung einer Sicherung",
            )  # fmt: skip
            done += 1
    return done
