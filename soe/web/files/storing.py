"""Private store of uploads, results of jobs and files to import, and who says that a stored file is still needed."""

from collections.abc import Callable, Iterable

from django.core.files.storage import storages


def private_storage():
    return storages["attachments"]


_owners: list[Callable[[list], Iterable]] = []


def add_owner(names_kept):
    """`names_kept(names)`: those of these stored names that a row of ours still names. The sweep deletes the others."""
    _owners.append(names_kept)


def kept(names) -> set:
    names = list(names)
    return {name for owner in _owners for name in owner(names)}
