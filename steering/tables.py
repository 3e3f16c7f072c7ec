"""The lists of steering, also as files."""

from soe.web import text
from soe.web.tables import (
    Column,
    DateColumn,
    DueColumn,
    MomentColumn,
    NumberColumn,
    SubColumn,
    Table,
    TitleColumn,
)

from .models import Outcome, StatusReport

COLOURS = dict(StatusReport.Colour.choices)
OUTCOMES = dict(Outcome.choices)


class CommitteeTable(Table):
    name = TitleColumn(verbose_name="Gremium", sub="get_kind_display")
    code = Column(verbose_name="Kürzel")
    chair = Column(verbose_name="Vorsitz", orderable=False)
    seats = NumberColumn(verbose_name="Sitze", orderable=False)
    votes = NumberColumn(verbose_name="Stimmen", orderable=False)
    quorum_rule = Column(
        verbose_name="Beschlussfähigkeit", accessor="get_quorum_rule_display", orderable=False
    )

    class Meta(Table.Meta):
        order_by = ("name",)


class MeetingTable(Table):
    title = TitleColumn(accessor="name", verbose_name="Sitzung", orderable=False, sub="location")
    start = MomentColumn(verbose_name="Beginn")
    state = Column(accessor="get_state_display", verbose_name="Stand", orderable=False)
    item_count = NumberColumn(verbose_name="Punkte", orderable=False)
    decision_count = NumberColumn(verbose_name="Beschlüsse", orderable=False)
    closes = DateColumn(accessor="registration_closes_on", verbose_name="Anmeldeschluss", orderable=False)

    row_header = "title"

    class Meta(Table.Meta):
        order_by = ("-start",)


class ProposalTable(Table):
    title = TitleColumn(
        verbose_name="Vorschlag", orderable=False, sub=lambda row: row.number or "noch ohne Nummer"
    )
    department = Column(verbose_name="von", orderable=False)
    aim = Column(accessor="get_aim_display", verbose_name="Ziel", orderable=False)
    state = Column(accessor="get_state_display", verbose_name="Stand", orderable=False)
    cost = NumberColumn(verbose_name="Kosten", places=2, unit="€", orderable=False)
    own_share = NumberColumn(verbose_name="Eigenanteil", places=2, unit="€", orderable=False)
    created_at = DateColumn(verbose_name="angelegt am")

    class Meta(Table.Meta):
        order_by = ("-created_at",)


class DecisionTable(Table):
    """The page draws articles; this is what goes into the file, and what may be sorted."""

    number = TitleColumn(verbose_name="Nummer", sub="title")
    title = Column(verbose_name="Beschluss", orderable=False)
    outcome = Column(accessor="get_outcome_display", verbose_name="Ergebnis", orderable=False)
    responsible = Column(verbose_name="verantwortlich", orderable=False)
    state = Column(accessor="get_state_display", verbose_name="Stand", orderable=False)
    decided_on = DateColumn(verbose_name="beschlossen am")
    due = DueColumn(verbose_name="fällig", open_when=lambda row: row.is_running)
    original_due = DateColumn(verbose_name="ursprünglich fällig", orderable=False)
    report_colour = Column(verbose_name="Ampel", orderable=False)
    report_text = Column(verbose_name="Bericht", orderable=False)

    class Meta(Table.Meta):
        order_by = ("-decided_on",)

    def value_report_colour(self, value):
        return COLOURS.get(value, "ohne Bericht")


class PaperTable(Table):
    name = TitleColumn(verbose_name="Betreff", sub=lambda row: f"{row.reference} · {row.body}")
    reference = Column(verbose_name="Nummer")
    paper_type = Column(verbose_name="Art", orderable=False)
    lead = Column(verbose_name="Federführend", orderable=False)
    stations = NumberColumn(verbose_name="Beratungen", orderable=False)
    last = SubColumn(
        verbose_name="zuletzt",
        accessor="last_organization",
        orderable=False,
        sub=lambda row: " · ".join(
            part for part in (text.day(row.last_date), OUTCOMES.get(row.last_result, "")) if part
        ),
    )

    class Meta(Table.Meta):
        order_by = ("-reference",)


class FundingTable(Table):
    title = TitleColumn(verbose_name="Vorhaben", orderable=False, sub="programme")
    department = Column(verbose_name="Antrag von", orderable=False)
    deadline = DueColumn(verbose_name="Antragsfrist", open_when=lambda row: row.state == "preparing")
    amount = NumberColumn(verbose_name="Betrag", places=2, unit="€", orderable=False)
    state = Column(accessor="get_state_display", verbose_name="Stand", orderable=False)
    runs_until = DateColumn(verbose_name="Förderung bis", orderable=False)

    class Meta(Table.Meta):
        order_by = ("deadline",)
