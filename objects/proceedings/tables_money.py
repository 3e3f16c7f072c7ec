"""The list of claims."""

from soe.web.tables import Column, DateColumn, DueColumn, NumberColumn, SubColumn, Table, TitleColumn

from .tables import house_sub


class ClaimTable(Table):
    kind = TitleColumn(
        verbose_name="Forderung", orderable=False, sub=lambda row: f"Az. {row.proceeding.file_number}"
    )
    property = SubColumn(
        accessor="proceeding__property__title",
        verbose_name="Objekt",
        orderable=False,
        sub=lambda row: house_sub(row.proceeding),
    )
    party = Column(verbose_name="Schuldet", orderable=False, permission="owner.view")
    department = Column(accessor="proceeding__department", verbose_name="Fachbereich", orderable=False)
    amount = NumberColumn(verbose_name="Betrag", orderable=False, places=2, unit="€")
    open_amount = NumberColumn(verbose_name="Offen", order_by=("open_amount", "pk"), places=2, unit="€")
    pay_by = DueColumn(verbose_name="Fällig", order_by=("pay_by", "pk"), open_when=lambda row: row.is_open)
    status = Column(verbose_name="Stand", orderable=False)
    file_number = Column(
        accessor="proceeding__file_number", verbose_name="Aktenzeichen", visible=False, orderable=False
    )
    claimed_on = DateColumn(verbose_name="Bescheid vom", visible=False, orderable=False)
    reference = Column(verbose_name="Kassenzeichen", visible=False, orderable=False)

    class Meta:
        order_by = ("-pay_by",)

    caption = "Forderungen"

    def value_party(self, record):
        return str(record.party or "")

    def value_department(self, record):
        return str(record.proceeding.department)
