"""Lists of early warning."""

from soe.web.tables import Column, DateColumn, Table, TemplateColumn, TitleColumn


class EarlyWarningTable(Table):
    where = TitleColumn(
        verbose_name="Wo",
        orderable=False,
        sub=lambda row: row.property.number if row.property_id else "nicht im Kataster",
    )
    rule = Column(verbose_name="Regel", orderable=False)
    figures = Column(verbose_name="Zahlen", accessor="number", order_by=("-number", "-id"))
    district = Column(verbose_name="Stadtbezirk", orderable=False, empty_values=(), css="is-extra")
    fired_on = DateColumn(verbose_name="Ausgelöst am", order_by=("-fired_on", "-id"))
    state = TemplateColumn(template_name="objects/warning/state.html", verbose_name="Stand", orderable=False)

    class Meta:
        sequence = ("where", "rule", "figures", "district", "fired_on", "state")

    caption = "Frühwarnungen"
    row_header = "where"

    def render_figures(self, record):
        return record.figures

    value_figures = render_figures

    def render_district(self, record):
        return (record.property if record.property_id else record.address).district or "–"

    value_district = render_district

    def value_state(self, record):
        return record.get_state_display()


class RiskHintTable(Table):
    where = Column(verbose_name="Wo", orderable=False)
    kind = Column(verbose_name="Hinweis", orderable=False)
    department = Column(verbose_name="Von", orderable=False)
    observed_on = DateColumn(verbose_name="Bekannt seit", order_by=("-observed_on", "-id"))
    ended_on = TemplateColumn(
        template_name="objects/warning/hint_cell.html", verbose_name="Stand", orderable=False, empty_values=()
    )

    class Meta:
        sequence = ("where", "kind", "department", "observed_on", "ended_on")

    caption = "Hinweise auf Risiken"
    row_header = "where"


class WarningRuleTable(Table):
    name = TitleColumn(verbose_name="Regel", orderable=False, sub=lambda rule: rule.words)
    place = Column(verbose_name="Wo", orderable=False)
    confirmed_too = Column(verbose_name="Bestätigte", orderable=False)
    valid_from = DateColumn(verbose_name="Gilt ab", orderable=False)
    valid_until = DateColumn(verbose_name="Gilt bis", orderable=False)

    class Meta:
        sequence = ("name", "place", "confirmed_too", "valid_from", "valid_until")

    caption = "Regeln der Frühwarnung"
    row_header = "name"

    def render_confirmed_too(self, value):
        return "auch bestätigte" if value else "nur ohne Bestätigung"

    value_confirmed_too = render_confirmed_too
