from django.utils.html import format_html

from soe.web.tables import Column, DateColumn, NumberColumn, Table, TitleColumn
from soe.web.text import day

from .models import Offer
from .places import protected


class OfferTable(Table):
    name = TitleColumn(verbose_name="Angebot", sub=lambda offer: offer.get_kind_display())
    carrier = Column(verbose_name="Träger", accessor="carrier__short_name", orderable=False)
    occupied = Column(verbose_name="belegt", orderable=False, empty_values=())
    waiting = Column(verbose_name="warten", orderable=False, empty_values=())
    funding_until = DateColumn(verbose_name="Förderung bis", orderable=False)
    # Only in the file
    kind = Column(verbose_name="Art", visible=False)
    places = NumberColumn(verbose_name="Plätze", visible=False)
    paper = Column(verbose_name="Ratsvorlage", visible=False)

    class Meta(Table.Meta):
        model = Offer
        fields = ("name", "carrier", "occupied", "waiting", "funding_until", "kind", "places", "paper")
        sequence = fields

    caption = "Beratungsangebote mit Plätzen und Förderung"

    def __init__(self, *args, own=frozenset(), today=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.own, self.today = own, today

    def render_occupied(self, record):
        count = protected(record.occupied, record.carrier_id in self.own)
        return f"{count} von {record.places}" if record.places else count

    def value_occupied(self, record):
        return protected(record.occupied, record.carrier_id in self.own)

    def render_waiting(self, record):
        return protected(record.waiting, record.carrier_id in self.own)

    value_waiting = render_waiting

    def render_funding_until(self, value, record):
        if value < self.today:
            return format_html('<span class="soe-due soe-due--late">endete am {}</span>', day(value))
        if value < self.today.replace(year=self.today.year + 1):
            return format_html(
                '<span class="soe-due soe-due--soon">endet in weniger als 12 Monaten</span> · {}', day(value)
            )
        return day(value)

    def value_funding_until(self, value):
        return value
