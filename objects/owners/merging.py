"""Two entries for one party: put together by a person, taken apart again exactly as they were."""

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from objects.register.models import Ownership, Party
from objects.register.party_summaries import refresh
from soe.audit.context import acting_as

from .models import PartyLink, PartyMerge, PartyRelation


def plan(gone, kept) -> dict:
    """What a merge moves, for the preview: numbers by kind."""
    return {
        "Rechte an Objekten": gone.ownerships.count(),
        "Beziehungen zu anderen Eigentümern": PartyRelation.objects.filter(
            Q(whole=gone) | Q(part=gone)
        ).count(),
        "vermutete oder bestätigte Verbindungen": PartyLink.objects.of([gone.pk]).count(),
    }


@transaction.atomic
def merge(gone, kept, *, by, reason) -> PartyMerge:
    """`gone` goes up in `kept`: rights and relations move, orders and letters keep the name they were written to."""
    with acting_as(by):
        gone, kept = _locked(gone, kept)
        if gone.pk == kept.pk:
            raise ValidationError("Das ist derselbe Eintrag. Bitte wählen Sie einen anderen.")
        if gone.is_merged or kept.is_merged:
            raise ValidationError("Einer der beiden Einträge ist schon in einem anderen aufgegangen.")
        if gone.kind != kept.kind:
            raise ValidationError(
                f"{gone.get_kind_display()} und {kept.get_kind_display()} lassen sich nicht zusammenführen. "
                "Bitte berichtigen Sie zuerst die Art."
            )
        if gone.birth_date and kept.birth_date and gone.birth_date != kept.birth_date:
            raise ValidationError("Die Angaben widersprechen sich: Das können nicht dieselben Personen sein.")
        moved = [*_move_rights(gone, kept, reason), *_move_relations(gone, kept, reason)]
        moved += _settle_links(gone, reason)
        gone.merged_into = kept
        gone.save(reason=reason)
        row = PartyMerge(kept=kept, gone=gone, reason=reason, moved=moved)
        row.save(reason=reason)
        refresh([gone.pk, kept.pk])
    return row


@transaction.atomic
def undo(row, *, by, reason):
    """Exactly what was moved goes back; refused when somebody changed one of these rows meanwhile."""
    with acting_as(by):
        gone, kept = _locked(row.gone, row.kept)
        row.lock()
        if row.undone_on is not None:
            raise ValidationError("Diese Zusammenführung ist schon rückgängig gemacht.")
        if kept.is_merged:
            raise ValidationError(f"„{kept}“ ist inzwischen selbst in einem anderen Eintrag aufgegangen.")
        rows = [(entry, *_found(entry)) for entry in row.moved]
        if any(obj is None or obj.version != entry["version"] for entry, obj in rows):
            raise ValidationError(
                "Inzwischen hat jemand eines der übernommenen Rechte oder eine Beziehung geändert. "
                "Bitte berichtigen Sie den Eintrag von Hand."
            )
        gone.merged_into = None
        gone.save(reason=reason)
        for entry, obj in rows:
            for name, value in entry["before"].items():
                field = obj._meta.get_field(name)
                setattr(
                    obj,
                    field.attname,
                    field.target_field.to_python(value) if field.is_relation else field.to_python(value),
                )
            obj.save(reason=reason)
        row.undone_on = timezone.localdate()
        row.save(reason=reason)
        refresh([gone.pk, kept.pk])


def _locked(*parties):
    """In the order of their ids, whoever merges which into which: two merges at once do not lock each other out."""
    rows = {
        pk: Party.objects.select_for_update().get(pk=pk) for pk in sorted({party.pk for party in parties})
    }
    return [rows[party.pk] for party in parties]


def _found(entry):
    model = apps.get_model("objects", entry["model"])
    return (model.objects.select_for_update().filter(pk=entry["pk"]).first(),)


def _entry(obj, **before):
    return {"model": obj._meta.model_name, "pk": str(obj.pk), "version": obj.version, "before": before}


def _move_rights(gone, kept, reason):
    today = timezone.localdate()
    held = set(kept.ownerships.filter(until=None).values_list("property", "role"))
    for row in Ownership.objects.select_for_update().filter(party=gone).order_by("pk"):
        if row.until is None and (row.property_id, row.role) in held:
            # Entered with both names: one of the two rows ends, otherwise the house had this owner twice.
            row.until = max(today, row.since) if row.since else today
            row.save(reason=reason)
            yield _entry(row, until=None)
            continue
        row.party = kept
        row.save(reason=reason)
        yield _entry(row, party=str(gone.pk))


def _move_relations(gone, kept, reason):
    today = timezone.localdate()
    for side, beyond in (("whole", "part"), ("part", "whole")):
        rows = PartyRelation.objects.select_for_update().filter(**{side: gone}).order_by("pk")
        known = set(
            PartyRelation.objects.filter(**{side: kept}, until=None).values_list(f"{beyond}_id", "kind")
        )
        for row in rows:
            other = getattr(row, f"{beyond}_id")
            if other == kept.pk or (row.until is None and (other, row.kind) in known):
                if row.until is None:
                    row.until = max(today, row.since) if row.since else today
                    row.save(reason=reason)
                    yield _entry(row, until=None)
                continue
            setattr(row, side, kept)
            row.save(reason=reason)
            yield _entry(row, **{side: str(gone.pk)})


def _settle_links(gone, reason):
    """Suspicions about an entry that is none any more wait for nobody; what was decided stays as it is."""
    for row in PartyLink.objects.select_for_update().of([gone.pk]).filter(state=PartyLink.State.SUGGESTED):
        row.state = PartyLink.State.GONE
        row.save(reason=reason)
        yield _entry(row, state=PartyLink.State.SUGGESTED.value)
