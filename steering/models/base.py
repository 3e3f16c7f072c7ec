"""What the records of steering share: states, locks, folded search text, outcomes, counting sentences."""

import re
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import models, transaction

from soe.audit.context import acting_as
from soe.audit.errors import IllegalTransition
from soe.web.folding import tokens


class RecordLocked(ValidationError):
    """A record that approval has locked was about to change. The message is for users."""

    def __init__(self, text="Das Protokoll ist genehmigt und gesperrt. Korrekturen nur als Nachtrag."):
        super().__init__(text, code="locked")


class Outcome(models.TextChoices):
    """The closed list of results, for items of our own meetings and for consultations in the council."""

    UNCHANGED = "unchanged", "ungeändert beschlossen"
    CHANGED = "changed", "geändert beschlossen"
    UNANIMOUS = "unanimous", "einstimmig beschlossen"
    MAJORITY = "majority", "mehrheitlich beschlossen"
    REJECTED = "rejected", "abgelehnt"
    NOTED = "noted", "zur Kenntnis genommen"
    POSTPONED = "postponed", "vertagt"
    DEFERRED = "deferred", "zurückgestellt"
    REFERRED = "referred", "verwiesen an"
    WITHDRAWN = "withdrawn", "zurückgezogen"


ADOPTED = (Outcome.UNCHANGED, Outcome.CHANGED, Outcome.UNANIMOUS, Outcome.MAJORITY)
# Only these are a decision with a number; taking note, moving on and withdrawing draw none.
NUMBERED = (*ADOPTED, Outcome.REJECTED)
POSTPONING = (Outcome.POSTPONED, Outcome.DEFERRED)


class Searchable(models.Model):
    """Keeps the folded words of `search_sources` in one column, so that every spelling is found."""

    search_sources: tuple[str, ...] = ()
    search_text = models.TextField(default="", editable=False)

    class Meta:
        abstract = True

    def fold(self):
        """Also for bulk writing, which does not pass save()."""
        words = " ".join(str(getattr(self, name) or "") for name in self.search_sources)
        self.search_text = " ".join(tokens(words))
        return self

    def save(self, **kwargs):
        self.fold()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_text"}
        super().save(**kwargs)


class StateMachine(models.Model):
    """`State` choices, a `state` field and a TRANSITIONS table; named methods go through `_move()`."""

    TRANSITIONS: dict = {}

    class Meta:
        abstract = True

    @contextmanager
    def _move(self, target, *, by, reason=""):
        """Lock the row, check the table, let the caller set its fields, save once."""
        with transaction.atomic(), acting_as(by, reason=reason):
            self.lock()
            if target not in self.TRANSITIONS[self.state]:
                raise IllegalTransition(type(self).State(self.state), target)
            yield self
            self.state = target
            self.save(reason=reason)

    def can_become(self, target):
        return target in self.TRANSITIONS[self.state]


# Full stops that end no sentence: abbreviations of official German, ordinals ("2. Halbjahr") and dates.
_ABBREVIATIONS = (
    r"z\.\s?B|u\.\s?a|u\.\s?U|d\.\s?h|i\.\s?d\.\s?R|z\.\s?T|o\.\s?g|e\.\s?V|i\.\s?V|v\.\s?a|z\.\s?K|"
    r"bzw|ca|ggf|inkl|exkl|evtl|etc|usw|vgl|insb|insbes|Nr|Abs|Art|Bd|Dr|Prof|St|Str|Std|Tel|Mio|Mrd|Tsd|"
    r"Jan|Feb|Mrz|Apr|Jun|Jul|Aug|Sep|Sept|Okt|Nov|Dez|lfd|max|min|mind|rd|sog|vorl|Dez|Stk|Anl|gem"
)
_INNER_STOP = re.compile(
    rf"(?<![\w])(?:{_ABBREVIATIONS})\.(?=\s|,|;|\)|$)|\b\d{{1,2}}\.(?=\s?\S)", re.IGNORECASE
)
_END = re.compile(r"[.!?…]+[\"“”»)\]]*(?=\s|$)")


def sentences(text) -> int:
    """How many sentences `text` has; a line of its own counts as one, a rest without full stop as well."""
    count = 0
    for line in (text or "").splitlines():
        bare = _INNER_STOP.sub(lambda match: match.group(0).replace(".", "·"), line.strip())
        parts = [part.strip(" \t-–•·") for part in _END.split(bare)]
        count += sum(1 for part in parts if part)
    return count


def at_most_three_sentences(text):
    if sentences(text) > 3:
        raise ValidationError(
            "Bitte höchstens drei Sätze: Was ist getan? Was fehlt? Was folgt daraus?", code="sentences"
        )
