"""django-simple-history, told who acts and kept in the same transaction (see AuditedModel.save)."""

from django.db import models
from django.utils import timezone
from simple_history.models import HistoricalRecords

from .context import current_actor


class HistoryRow(models.Model):
    """What every history row says besides the copied fields. `history_user_id` is no foreign key:
    a history row never changes, not even when an account goes."""

    actor_name = models.CharField("wer", max_length=200, default="")
    actor_role = models.CharField("in welcher Rolle", max_length=300, default="")
    request_id = models.CharField("Kennung der Anfrage", max_length=64, default="")

    class Meta:
        abstract = True


def _history_user(row):
    from django.contrib.auth import get_user_model

    return get_user_model().objects.filter(pk=row.history_user_id).first() if row.history_user_id else None


def _own(field):
    return field.clone() if isinstance(field, models.Field) else field


class AuditedHistory(HistoricalRecords):
    """History of an AuditedModel. `history_excluded` on the model names fields that history must not keep."""

    def __init__(self, **kwargs):
        kwargs.setdefault("inherit", True)
        kwargs.setdefault("bases", (HistoryRow,))
        kwargs.setdefault("history_id_field", models.BigAutoField())
        kwargs.setdefault("history_user_id_field", models.UUIDField(null=True, db_index=True))
        kwargs.setdefault("history_user_getter", _history_user)
        kwargs.setdefault("history_change_reason_field", models.TextField(default="", blank=True))
        super().__init__(**kwargs)

    def finalize(self, sender, **kwargs):
        if not sender._meta.proxy:
            return super().finalize(sender, **kwargs)
        # A proxy (rights and pages for somebody else's table) writes into the history of its table.
        if issubclass(sender, self.cls):
            models.signals.post_save.connect(self.post_save, sender=sender, weak=False)
            models.signals.post_delete.connect(self.post_delete, sender=sender, weak=False)

    def fields_included(self, model):
        excluded = getattr(model, "history_excluded", ())
        return [field for field in super().fields_included(model) if field.name not in excluded]

    # The package gives the one field instance to every history model; each field must know its own model, or an
    # UPDATE of the erasure service would go to the table of whichever model came last.
    def _get_history_change_reason_field(self):
        return super()._get_history_change_reason_field().clone()

    def _get_history_user_fields(self):
        return {name: _own(field) for name, field in super()._get_history_user_fields().items()}

    def create_historical_record(self, instance, history_type, using=None):
        row = history_row(instance, history_type)
        row.save(using=using, force_insert=True)


def history_row(instance, history_type, *, actor=None, at=None):
    """An unsaved history row of `instance`, signed by the current actor."""
    actor = actor or current_actor()
    model = type(instance).history.model
    return model(
        history_date=at or timezone.now(),
        history_type=history_type,
        history_user_id=actor.user_id,
        history_change_reason=getattr(instance, "_reason", "") or actor.reason,
        actor_name=actor.name,
        actor_role=actor.role,
        request_id=actor.request_id,
        **{field.attname: getattr(instance, field.attname) for field in model.tracked_fields},
    )
