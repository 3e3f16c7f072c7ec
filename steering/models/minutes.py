"""The minutes: one locked text with its hash, and what was added to it later."""

import hashlib

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.departments.scope import City, Custom, Rule, Scope, ScopedQuerySet
from soe.web import text

from .agenda import AgendaItem
from .base import RecordLocked
from .meetings import Attendance, Meeting
from .scopes import minutes_readable, open_or_member


class Minutes(AuditedModel):
    """The minutes of one meeting. Approval computes the canonical text and its SHA-256; then nothing changes."""

    meeting = models.OneToOneField(
        Meeting, models.PROTECT, related_name="minutes", editable=False, verbose_name="Sitzung"
    )
    opening = models.TextField("Eröffnung", blank=True)
    closing = models.TextField("Schluss", blank=True)
    canonical = models.TextField("genehmigter Wortlaut", blank=True, editable=False)
    sha256 = models.CharField("Prüfsumme", max_length=64, blank=True, editable=False)
    approved_on = models.DateField("genehmigt am", null=True, editable=False)
    approved_by = models.CharField("genehmigt durch", max_length=200, blank=True, editable=False)

    scope = Scope(
        view=Rule("steering.view", Custom(minutes_readable), City("steering.manage")),
        change=Rule("steering.manage", City()),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Protokoll"
        verbose_name_plural = "Protokolle"
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="steering_minutes_approved_whole",
                condition=Q(sha256="", canonical="", approved_on=None)
                | (~Q(sha256="") & ~Q(canonical="") & Q(approved_on__isnull=False)),
            )
        ]

    def __str__(self):
        return f"Protokoll: {self.meeting}"

    def get_absolute_url(self):
        return self.meeting.get_absolute_url()

    def save(self, **kwargs):
        if not self._state.adding and type(self)._base_manager.filter(pk=self.pk).exclude(sha256="").exists():
            raise RecordLocked
        super().save(**kwargs)

    def delete(self, **kwargs):
        raise RecordLocked("Ein Protokoll wird nicht gelöscht.")

    @property
    def is_approved(self):
        return bool(self.sha256)

    def write(self, *, by, opening=None, closing=None):
        with transaction.atomic(), acting_as(by):
            self.lock()
            self.opening = self.opening if opening is None else opening
            self.closing = self.closing if closing is None else closing
            self.save()

    def seal(self, *, by, on):
        """Called by Meeting.approve_minutes()."""
        with transaction.atomic(), acting_as(by, reason="Protokoll genehmigt"):
            self.lock()
            self.canonical = canonical_text(self)
            self.sha256 = digest(self.canonical)
            self.approved_on, self.approved_by = on, by.audit_name()
            self.save()
            return self

    def is_intact(self):
        """Whether the approved text still has the hash it got."""
        return digest(self.canonical) == self.sha256


def digest(canonical):
    return hashlib.sha256(canonical.encode()).hexdigest()


def canonical_text(minutes):
    """The minutes as plain text, the same for the same rows for ever: what the hash is taken of."""
    meeting = minutes.meeting
    lines = [
        str(meeting),
        f"{text.day(meeting.start)}, {text.clock(meeting.opened_at)} bis {text.clock(meeting.closed_at)}",
        meeting.location,
        "",
        "Anwesenheit",
    ]
    rows = meeting.attendances.select_related("department", "seat__user", "seat__department")
    for row in rows.order_by("-voting", "created_at", "id"):
        vote = "mit Stimme" if row.voting else "ohne Stimme"
        by = (
            f" durch {row.substitute}"
            if row.status == Attendance.Status.SUBSTITUTE and row.substitute
            else ""
        )
        lines.append(f"- {row.holder}, {vote}: {row.get_status_display()}{by}")
    lines += ["", minutes.opening.strip()]
    items = meeting.items.select_related("decision__responsible", "referred_to").order_by("position")
    for item in items.prefetch_related("decision__conditions"):
        lines += ["", f"TOP {item.position}: {item.name}"]
        if item.late:
            lines.append(f"Tischvorlage: {item.late_reason}")
        if item.confidential:
            lines.append("vertraulich")
        lines += [item.minutes_text.strip(), f"Ergebnis: {item.result_label}"]
        if decision := getattr(item, "decision", None):
            lines += [f"Beschluss {decision.number}: {decision.title}", decision.text.strip()]
            if decision.votes_label:
                lines.append(f"Stimmen: {decision.votes_label}")
            due = f", bis {text.day(decision.original_due)}" if decision.original_due else ""
            lines.append(f"Verantwortlich: {decision.responsible.name}{due}")
            for condition in decision.conditions.all():
                due = f" (bis {text.day(condition.original_due)})" if condition.original_due else ""
                lines.append(f"Auflage {condition.position}: {condition.text.strip()}{due}")
    lines += ["", minutes.closing.strip()]
    return (
        "\n".join(line.rstrip() for line in "\n".join(lines).replace("\r\n", "\n").split("\n")).strip() + "\n"
    )


class Addendum(AuditedModel):
    """A Nachtrag: what was found wrong or missing after approval. Written once, never changed."""

    meeting = models.ForeignKey(
        Meeting, models.PROTECT, related_name="addenda", editable=False, verbose_name="Sitzung"
    )
    number = models.PositiveSmallIntegerField("Nummer", editable=False)
    item = models.ForeignKey(
        AgendaItem, models.PROTECT, null=True, blank=True, related_name="addenda", verbose_name="zu TOP"
    )
    text = models.TextField("Nachtrag")
    added_on = models.DateField("vom", default=timezone.localdate, editable=False)
    confidential = models.BooleanField("vertraulich", default=False, editable=False)

    scope = Scope(
        view=Rule("steering.view", Custom(open_or_member("meeting__committee")), City("steering.manage")),
        add=Rule("steering.manage", City()),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Nachtrag"
        verbose_name_plural = "Nachträge"
        ordering = ["meeting", "number"]
        constraints = [models.UniqueConstraint(fields=["meeting", "number"], name="steering_addendum_number")]

    def __str__(self):
        return f"Nachtrag {self.number}"

    def get_absolute_url(self):
        return self.meeting.get_absolute_url()

    @classmethod
    def add(cls, meeting, *, by, text, item=None, reason="", on=None):
        with transaction.atomic(), acting_as(by, reason=reason):
            meeting.lock()
            if meeting.state != Meeting.State.APPROVED:
                raise ValidationError("Bis zur Genehmigung wird das Protokoll selbst geändert.")
            if item is not None and item.meeting_id != meeting.pk:
                raise ValidationError("Der Punkt gehört zu einer anderen Sitzung.")
            last = meeting.addenda.aggregate(last=models.Max("number"))["last"] or 0
            addendum = cls(
                meeting=meeting, number=last + 1, item=item, text=text, added_on=on or timezone.localdate()
            )
            addendum.confidential = bool(item and item.confidential)
            addendum.save()
            return addendum

    def save(self, **kwargs):
        if not self._state.adding:
            raise RecordLocked("Ein Nachtrag wird nicht geändert. Schreiben Sie einen weiteren.")
        super().save(**kwargs)

    def delete(self, **kwargs):
        raise RecordLocked("Ein Nachtrag wird nicht gelöscht.")
