"""The list of deadlines."""

from soe.web.tables import Column, DueColumn, SubColumn, Table, TitleColumn


class DeadlineTable(Table):
    due_on = DueColumn(verbose_name="Fällig", order_by=("due_on", "pk"))
    title = TitleColumn(verbose_name="Frist", orderable=False, sub=lambda row: row.get_kind_display())
    property = SubColumn(
        accessor="property__title",
        verbose_name="Objekt",
        orderable=False,
        sub=lambda row: row.property.number,
    )
    department = Column(verbose_name="Fachbereich", orderable=False)
    responsible = Column(verbose_name="Zuständig", orderable=False)
    kind = Column(verbose_name="Art", visible=False, orderable=False)
    number = Column(accessor="property__number", verbose_name="Objektnummer", visible=False, orderable=False)

    class Meta:
        order_by = ("due_on",)

    caption = "Fristen"
    row_header = "title"

    def value_department(self, record):
        return str(record.department)

    def value_responsible(self, record):
        return str(record.responsible or "")
