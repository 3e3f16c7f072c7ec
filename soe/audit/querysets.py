from django.db import models

from .errors import AuditedWriteRefused


def _refuse(name, instead):
    def refused(self, *args, **kwargs):
        raise AuditedWriteRefused(
            f"{self.model.__name__}.objects.{name}() writes no history. Use {instead} instead."
        )

    refused.__name__ = name
    return refused


class AuditedQuerySet(models.QuerySet):
    """Refuses the shortcuts that would change rows without a history row."""

    update = _refuse("update", "save() or soe.audit.bulk.update_where()")
    aupdate = _refuse("aupdate", "save() or soe.audit.bulk.update_where()")
    bulk_create = _refuse("bulk_create", "soe.audit.bulk.create()")
    abulk_create = _refuse("abulk_create", "soe.audit.bulk.create()")
    bulk_update = _refuse("bulk_update", "soe.audit.bulk.update()")
    abulk_update = _refuse("abulk_update", "soe.audit.bulk.update()")
    delete = _refuse("delete", "delete() of each record")
    adelete = _refuse("adelete", "delete() of each record")
    _raw_delete = _refuse("_raw_delete", "delete() of each record")
