from django.utils.html import format_html

from ..tables import Column, MomentColumn, Table, TitleColumn
from ..templatetags.soe import badge

KINDS = {"queued": "info", "running": "info", "done": "success", "failed": "danger", "cancelled": "warning"}


def state_badge(job):
    return badge(job.get_state_display(), KINDS.get(job.state, "info"))


def progress_words(job):
    if job.state == "running" and job.total:
        return f"{job.percent} %"
    return job.error or job.summary or ""


class JobTable(Table):
    caption = "Aufträge"
    title = TitleColumn(verbose_name="Auftrag", orderable=False)
    state = Column(verbose_name="Stand", orderable=False)
    outcome = Column(verbose_name="Ergebnis", accessor="pk", orderable=False)
    created_at = MomentColumn(verbose_name="gestartet", order_by=("created_at", "id"))

    class Meta:
        order_by = "-created_at"

    def render_state(self, record):
        return state_badge(record)

    def value_state(self, record):
        return record.get_state_display()

    def render_outcome(self, record):
        return progress_words(record) or "–"

    value_outcome = render_outcome


class AllJobsTable(JobTable):
    """For administrators: who waits, what failed and why. Never what a job is about beyond its title."""

    caption = "Aufträge aller Personen"
    title = Column(verbose_name="Auftrag", orderable=False)
    user = Column(verbose_name="gestartet von", orderable=False)
    steps = Column(verbose_name="Schritte", accessor="pk", orderable=False, exclude_from_export=True)
    row_header = "title"

    class Meta:
        order_by = "-created_at"
        sequence = ("title", "user", "state", "outcome", "created_at", "steps")

    def render_title(self, record):
        return format_html(
            '<span class="soe-strong">{}</span><span class="soe-table__sub">{}</span>',
            record.title,
            record.kind,
        )

    def value_title(self, record):
        return record.title

    def render_steps(self, record):
        from django.urls import reverse

        links = []
        if record.is_open and not record.cancel_wanted:
            links.append((reverse("web:job_stop", args=[record.pk]), "Abbrechen"))
        if record.state in ("failed", "cancelled"):
            links.append((reverse("web:job_retry", args=[record.pk]), "Noch einmal"))
        return _links(links, record)


def _links(links, record):
    from django.utils.html import format_html_join

    return (
        format_html_join(
            " ",
            '<a href="{}">{}<span class="kern-sr-only">: {}</span></a>',
            ((u, t, record) for u, t in links),
        )
        or "–"
    )
