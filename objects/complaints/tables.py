"""The list of complaints, also as a file. The person who reported is no column here, for nobody."""

from soe.web.tables import (
    Column,
    DateColumn,
    DueColumn,
    MomentColumn,
    SubColumn,
    Table,
    TemplateColumn,
    TitleColumn,
)


class ComplaintTable(Table):
    number = TitleColumn(verbose_name="Beschwerde", order_by=("number",), sub=lambda row: row.title)
    place = SubColumn(
        accessor="where",
        verbose_name="Wo",
        orderable=False,
        sub=lambda row: row.address.district if row.address else "ohne amtliche Anschrift",
    )
    categories = Column(verbose_name="Art", orderable=False, empty_values=(), css="is-extra")
    received_at = DateColumn(verbose_name="Eingang", order_by=("received_at", "pk"))
    department = Column(verbose_name="Zuständig", orderable=False, css="is-extra")
    state = TemplateColumn(
        template_name="objects/complaints/state_cell.html", verbose_name="Stand", orderable=False
    )
    answer_due = DueColumn(
        verbose_name="Antwort bis", order_by=("answer_due", "pk"), open_when=lambda row: row.awaits_answer
    )
    handler = Column(verbose_name="Bearbeitet von", orderable=False, visible=False)
    # Only in the file.
    text = Column(verbose_name="Sachverhalt", visible=False)
    channel = Column(verbose_name="Weg", visible=False)
    received = MomentColumn(accessor="received_at", verbose_name="Eingegangen am", visible=False)
    answered_on = DateColumn(verbose_name="Beantwortet am", visible=False)
    closed_on = DateColumn(verbose_name="Abgeschlossen am", visible=False)
    outcome = Column(verbose_name="Ergebnis", visible=False)

    class Meta:
        order_by = ("-received_at",)

    caption = "Beschwerden"

    def render_categories(self, record):
        return ", ".join(str(topic.category) for topic in record.topics.all()) or "–"

    def value_categories(self, record):
        return "; ".join(str(topic.category) for topic in record.topics.all())

    def value_state(self, record):
        return record.get_state_display()

    def value_department(self, record):
        return str(record.department)

    def render_handler(self, value):
        return value.get_full_name() or value.username

    def value_handler(self, record):
        return self.render_handler(record.handler) if record.handler else ""


class CategoryTable(Table):
    name = TitleColumn(verbose_name="Art", orderable=False)
    position = Column(verbose_name="Reihenfolge", orderable=False)
    active = Column(verbose_name="wird angeboten", orderable=False)

    class Meta:
        order_by = ()

    caption = "Arten der Beschwerde"

    def render_active(self, value):
        return "ja" if value else "nein"


class WindowTable(Table):
    kind = TitleColumn(accessor="get_kind_display", verbose_name="Wofür", orderable=False)
    days = Column(verbose_name="Tage", orderable=False)

    class Meta:
        order_by = ()

    caption = "Zeiträume für Hinweise"


class RuleTable(Table):
    position = TitleColumn(verbose_name="Reihenfolge", orderable=False)
    category = Column(verbose_name="Art", orderable=False, default="jede Art")
    district = Column(verbose_name="Stadtbezirk", orderable=False, default="ganze Stadt")
    lead = Column(verbose_name="federführend", orderable=False)
    participants = Column(verbose_name="beteiligt", orderable=False, empty_values=())
    active = TemplateColumn(
        template_name="objects/complaints/rule_cell.html", verbose_name="gilt", orderable=False
    )

    move = TemplateColumn(
        template_name="objects/complaints/rule_move.html", verbose_name="Platz", orderable=False,
        permission="register.steer", exclude_from_export=True,
    )  # fmt: skip

    class Meta:
        order_by = ()

    caption = "Verteilregeln in ihrer Reihenfolge"

    def render_participants(self, record):
        return ", ".join(str(row.department) for row in record.joining.all()) or "–"

    def value_participants(self, record):
        return "; ".join(str(row.department) for row in record.joining.all())

    def value_active(self, record):
        return "ja" if record.active else f"nein: {record.broken_because}".rstrip(": ")
