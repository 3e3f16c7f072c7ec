"""What still runs at a property when somebody wants to close it; other subjects hand in their own."""

from collections.abc import Callable

_checks: list[tuple[str, Callable]] = []


def add(name: str, check: Callable):
    """`check(house) -> bool`: something of this kind is open. Only the kind is ever named, never how many or what."""
    if name not in dict(_checks):
        _checks.append((name, check))


def open_at(house) -> list[str]:
    return [name for name, check in _checks if check(house)]
