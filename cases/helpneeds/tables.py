from soe.web.tables import Column, DateColumn, NumberColumn, Table, TitleColumn

from .where import where


class HelpNeedTable(Table):
    kind = TitleColumn(verbose_name="Bedarf", orderable=False, sub=lambda need: "eilt" if need.urgent else "")
    households = NumberColumn(verbose_name="Haushalte", orderable=False)
    place = Column(verbose_name="Haus", orderable=False, empty_values=())
    day = DateColumn(verbose_name="Kontrolle am", accessor="day__date", orderable=False)
    languages = Column(verbose_name="Sprachen", orderable=False, css="is-extra")
    offered_to = Column(verbose_name="vorgesehen für", orderable=False, default="alle Angebote")
    state = Column(verbose_name="Stand", orderable=False)

    class Meta(Table.Meta):
        fields = ("kind", "households", "place", "day", "languages", "offered_to", "state")
        sequence = fields

    caption = "Hilfebedarfe aus Kontrollen, ohne Namen"

    def render_place(self, record):
        return where(record)

    value_place = render_place

    def render_kind(self, value, record):
        return self.columns["kind"].column.render(record.get_kind_display(), record)

    def value_kind(self, record):
        return record.get_kind_display()

    def render_state(self, record):
        if record.taken_by:
            return f"übernommen von {record.taken_by}, {record.taken_on:%d.%m.%Y}"
        return record.get_state_display()

    value_state = render_state
