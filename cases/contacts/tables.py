from django.utils.html import format_html

from soe.web.tables import Column, MomentColumn, NumberColumn, Table, TitleColumn

from .models import Contact


class ContactTable(Table):
    topic = TitleColumn(verbose_name="Thema", orderable=False, sub=lambda contact: contact.note)
    at = MomentColumn(verbose_name="Wann")
    person = Column(verbose_name="Person", orderable=False, permission="person.view", empty_values=())
    offer = Column(verbose_name="Angebot", orderable=False, css="is-extra")
    language = Column(verbose_name="Sprache", orderable=False)
    channel = Column(verbose_name="Weg", orderable=False, css="is-extra")
    minutes = NumberColumn(verbose_name="Minuten", orderable=False)
    result = Column(verbose_name="Ergebnis", orderable=False, css="is-extra")

    class Meta(Table.Meta):
        model = Contact
        fields = ("topic", "at", "person", "language", "minutes", "channel", "result", "offer")
        sequence = fields

    caption = "Beratungskontakte"

    def render_person(self, record):
        if record.person_id is None:
            return format_html('<span class="soe-muted">{}</span>', "anonym")
        return str(record.person)

    def value_person(self, record):
        return str(record.person) if record.person_id else "anonym"
