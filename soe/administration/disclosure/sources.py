"""Whom one may ask about. Registered by the apps in AppConfig.ready()."""

from collections.abc import Callable
from dataclasses import dataclass

from django.apps import apps


@dataclass(frozen=True)
class Source:
    """`find(text)` gives the record a reference names, or None; `along(obj) -> [(model, pks)]` what belongs to the
    person although nothing of it points at her. What points at her, however far away, is found by itself.
    """

    code: str
    label: str
    model: str
    reference: str  # what the clerk has to type, in words
    find: Callable
    along: Callable = lambda obj: []

    def get_model(self):
        return apps.get_model(self.model)


sources: dict[str, Source] = {}


def add(source: Source) -> Source:
    sources[source.code] = source
    return source
