"""The list of reports."""

from django.utils.html import format_html

from soe.web.tables import Column, DateColumn, MomentColumn, Table, TitleColumn

from .models import QuarterlyReport


def _revision(record):
    if record.latest:
        return f"Revision {record.latest} freigegeben"
    return "noch nicht freigegeben"


class ReportTable(Table):
    """Newest quarter first."""

    quarter = TitleColumn(
        verbose_name="Quartal", accessor="quarter__label", sub=_revision, order_by=("year", "number")
    )
    due = DateColumn(verbose_name="Stichtag", accessor="quarter__end", orderable=False)
    state = Column(verbose_name="Stand", orderable=False)
    computed_at = MomentColumn(verbose_name="Datenstand", orderable=False)
    released = MomentColumn(verbose_name="freigegeben am", orderable=False)

    caption = "Quartalsberichte"

    class Meta(Table.Meta):
        model = QuarterlyReport
        fields = ("quarter", "due", "state", "computed_at", "released")
        order_by = ("-quarter",)

    def render_state(self, value, record):
        kind = {"released": "success", "presented": "warning"}.get(record.state, "info")
        label = record.get_state_display()
        if record.latest and record.state != QuarterlyReport.State.RELEASED:
            label = f"Berichtigung {label}"
        return format_html(
            '<span class="kern-badge kern-badge--{0} kern-badge--small">'
            '<span class="kern-icon kern-icon--{0}" aria-hidden="true"></span>'
            '<span class="kern-label kern-label--small">{1}</span></span>',
            kind,
            label,
        )

    def value_state(self, record):
        return record.get_state_display()
