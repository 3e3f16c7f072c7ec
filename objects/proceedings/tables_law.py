"""Lists of the law as data."""

from soe.web.tables import Column, DateColumn, Table, TitleColumn


class LegalBasisTable(Table):
    name = TitleColumn(
        verbose_name="Vorschrift",
        orderable=False,
        sub=lambda row: row.title,
    )
    use = Column(verbose_name="Dient für", orderable=False)
    valid_from = DateColumn(verbose_name="Gilt ab", orderable=False)
    valid_until = DateColumn(verbose_name="Gilt bis", orderable=False)
    checked_on = DateColumn(verbose_name="Zuletzt geprüft", orderable=False)
    title = Column(verbose_name="Gegenstand", visible=False, orderable=False)

    caption = "Rechtsgrundlagen"
    row_header = "name"


class ServiceRuleTable(Table):
    kind = TitleColumn(
        verbose_name="Art der Zustellung", orderable=False, sub=lambda row: f"{row.paragraph} {row.law}"
    )
    words = Column(verbose_name="Gilt als zugestellt", orderable=False, empty_values=())
    valid_from = DateColumn(verbose_name="Gilt ab", orderable=False)
    valid_until = DateColumn(verbose_name="Gilt bis", orderable=False)
    checked_on = DateColumn(verbose_name="Zuletzt geprüft", orderable=False)

    caption = "Regeln der Zustellung"
