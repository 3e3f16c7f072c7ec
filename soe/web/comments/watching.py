"""Changes of watched records become notices: one per record while unread, counting up."""

from functools import cache

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db.models.signals import post_save

from .. import targets
from ..notices import notify
from ..notices.kinds import number_of


@cache
def _sources():
    """{model: [(watched model, attribute with its id)]}: the records themselves and what their history shows."""
    found = {}
    for target in targets.registered("watch"):
        model = target.model
        found.setdefault(model, []).append((model, "pk"))
        for accessor in model.history_children:
            try:
                relation = model._meta.get_field(accessor)
            except FieldDoesNotExist:
                continue
            found.setdefault(relation.related_model, []).append((model, relation.field.attname))
    return found


def saved(sender, instance, created, raw=False, **kwargs):
    if raw:
        return
    for model, attribute in _sources().get(sender, ()):
        if created and sender is model:
            continue
        changed(model, getattr(instance, attribute), instance)


def saved_many(rows):
    """After a bulk change of one model: the same for those of the rows that anybody watches."""
    from .models import Watch

    rows = list(rows)
    for model, attribute in _sources().get(type(rows[0]), ()) if rows else ():
        by_id = {getattr(row, attribute): row for row in rows}
        watched = Watch.objects.filter(target_model=model._meta.label_lower, target_id__in=by_id)
        for pk in watched.order_by().values_list("target_id", flat=True).distinct():
            changed(model, pk, by_id[pk])


def changed(model, pk, row):
    from .models import Watch

    watches = Watch.objects.filter(target_model=model._meta.label_lower, target_id=pk)
    people = list(get_user_model().objects.filter(is_active=True, watches__in=watches))
    if not people:
        return
    if "view" in getattr(getattr(type(row), "scope", None), "rules", {}) and not isinstance(row, model):
        # What she may not see of a record has not changed for her.
        people = [user for user in people if type(row).objects.restrict(user).filter(pk=row.pk).exists()]
    record = row if isinstance(row, model) else model._base_manager.get(pk=pk)
    notify(
        people,
        "watched",
        title=f"Änderung an {number_of(record)}",
        url=record.get_absolute_url(),
        target=record,
        bundle=True,
    )


def connect():
    post_save.connect(saved, dispatch_uid="soe-watching")
