"""What can go wrong when a business row is written."""

from django.core.exceptions import ValidationError


class NoActor(RuntimeError):
    """A business row was written and nobody stands for it."""


class AuditedWriteRefused(RuntimeError):
    """A way of writing that would leave no history (`update()`, `bulk_create()`, queryset `delete()`)."""


class ConcurrentChange(Exception):
    """The row changed since it was read; carries the refused instance as `instance`."""

    def __init__(self, instance):
        super().__init__(f"{instance._meta.label} {instance.pk} changed since it was read")
        self.instance = instance


class IllegalTransition(ValidationError):
    """A state change that the record's table of transitions does not allow. The message is for users."""

    def __init__(self, current, target):
        self.current, self.target = current, target
        now, then = (getattr(state, "label", state) for state in (current, target))
        super().__init__(
            f"Das ist im Stand „{now}“ nicht möglich (gewünscht: „{then}“). "
            "Vielleicht hat inzwischen jemand anderes gehandelt. Bitte laden Sie die Seite neu.",
            code="transition",
        )
