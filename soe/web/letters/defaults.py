"""The templates a city starts with, as the apps bring them. Idempotent: what was edited since is left alone."""

from django.db import transaction

from . import sources
from .models import LetterTemplate


@transaction.atomic
def ensure_letter_templates(*, reason="Grundeinrichtung") -> int:
    """Create missing city-wide templates; returns how many. Needs an actor."""
    added = 0
    for label, _ in sources.choices():
        for name, subject, body in sources.source_for(label).templates:
            # By name in the history: a template that somebody renamed does not come back.
            if not LetterTemplate.history.filter(kind=label, name=name, department=None).exists():
                LetterTemplate(kind=label, name=name, subject=subject, body=body).save(reason=reason)
                added += 1
    return added
