"""The list of population figures; the file holds every column of the import."""

from soe.web.tables import Column, DateColumn, NumberColumn, Table, TitleColumn


def _number(record):
    """The number itself, where the source says it in words."""
    if not record.approximate:
        return ""
    from soe.web.text import number

    return f"etwa {number(record.count)}" if record.count is not None else f"etwa {number(record.share)} %"


class PopulationTable(Table):
    as_of = DateColumn(verbose_name="Stand", order_by=("as_of", "pk"))
    what = TitleColumn(
        accessor="get_subject_display",
        verbose_name="Merkmal",
        orderable=False,
        sub=lambda row: row.get_category_display() if row.category else "",
    )
    nationality = Column(
        accessor="get_nationality_display", verbose_name="Staatsangehörigkeit", orderable=False
    )
    district = Column(accessor="get_district_display", verbose_name="Stadtbezirk", orderable=False)
    shown = Column(verbose_name="Zahl", css="is-num", order_by=("count", "pk"))
    source = Column(verbose_name="Quelle", order_by=("source", "pk"), css="is-extra")
    category = Column(accessor="get_category_display", verbose_name="Klasse", visible=False)
    count = NumberColumn(verbose_name="Anzahl", visible=False)
    share = NumberColumn(verbose_name="Anteil", visible=False)
    quote = Column(verbose_name="Wortlaut", visible=False)

    caption = "Bevölkerungszahlen"
    row_header = "what"

    class Meta:
        order_by = ("-as_of",)

    def render_shown(self, value, record):
        note = _number(record)
        return f"{value} ({note})" if note else value
