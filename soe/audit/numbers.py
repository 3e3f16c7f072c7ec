"""Gapless numbers: drawn inside the transaction that uses them, so a rollback gives the number back."""

from django.db import connection

from .models import NumberSequence


def next_number(key: str) -> int:
    """The next number of the sequence `key` (1, 2, …). Concurrent callers wait for each other."""
    return next_numbers(key, 1)[0]


def next_numbers(key: str, count: int) -> range:
    """The next `count` numbers in a row, for imports: one lock instead of one per row."""
    if not connection.in_atomic_block:
        raise RuntimeError("next_number() needs a transaction: a number drawn outside would leave a gap.")
    NumberSequence.objects.get_or_create(key=key)
    sequence = NumberSequence.objects.select_for_update().get(key=key)
    first = sequence.last + 1
    sequence.last += count
    sequence.save(update_fields=["last"])
    return range(first, first + count)
