"""Freezing a report: canonical JSON of protected cells, its checksum, and the proof that nothing changed since."""

import hashlib
import json

from django.core.exceptions import ValidationError
from django.utils import timezone

from .models import QuarterlyReport, ReportRevision
from .texts import fill


class Altered(Exception):
    """A frozen report is not what it was when it was released."""


def canonical(data) -> str:
    """One text for one content: sorted keys, no blanks, no floats. The checksum is taken of its UTF-8 bytes."""
    _no_floats(data)
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _no_floats(data):
    if isinstance(data, float):
        raise TypeError("A float has no single spelling; the report uses whole numbers and decimal texts.")
    if isinstance(data, dict):
        for key, value in data.items():
            if not isinstance(key, str):
                raise TypeError(f"{key!r} is no text")
            _no_floats(value)
    elif isinstance(data, list | tuple):
        for value in data:
            _no_floats(value)


def checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def final_cube(report: QuarterlyReport, *, revision, at, released_by="", reason="") -> dict:
    """The draft with its texts filled in: what is rendered, and what is frozen."""
    texts = {text.section: text for text in report.texts.all()}
    cube = dict(report.draft)
    cube["sections"] = [
        section
        | {"text": fill(texts[section["number"]].text, report.draft) if section["number"] in texts else ""}
        for section in report.draft["sections"]
    ]
    cube["revision"] = {
        "number": revision,
        "released_at": timezone.localtime(at).isoformat(timespec="seconds") if at else None,
        "released_by": released_by,
        "reason": reason,
    }
    return cube


def freeze(report: QuarterlyReport, *, by, at) -> ReportRevision:
    """Write the next revision. Called by `QuarterlyReport.release()`, inside its transaction."""
    from .readiness import blocking

    if problems := blocking(report):
        raise ValidationError([f"Noch nicht freizugeben: {text}" for text in problems])
    number = report.next_revision_number()
    reason = report.correction_reason if number > 1 else ""
    cube = canonical(final_cube(report, revision=number, at=at, released_by=by.audit_name(), reason=reason))
    return ReportRevision.objects.create(
        report=report,
        revision=number,
        released_at=at,
        released_by=by,
        reason=reason,
        cube=cube,
        sha256=checksum(cube),
    )


def is_intact(revision: ReportRevision) -> bool:
    """The stored text still has the checksum of its release, and reads back to the very same text."""
    if checksum(revision.cube) != revision.sha256:
        return False
    try:
        return canonical(json.loads(revision.cube)) == revision.cube
    except (ValueError, TypeError):
        return False


def load(revision: ReportRevision) -> dict:
    """The frozen cube; refuses one that was altered."""
    if not is_intact(revision):
        raise Altered(str(revision))
    return json.loads(revision.cube)
