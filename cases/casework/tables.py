from soe.web.tables import Column, DateColumn, DueColumn, MomentColumn, Table, TitleColumn

from .breakglass import BreakGlass
from .gaps import SystemGap
from .models import Case
from .referrals import Referral


class CaseTable(Table):
    number = TitleColumn(verbose_name="Fall", sub=lambda case: str(case.person))
    offer = Column(verbose_name="Angebot", orderable=False)
    lead = Column(verbose_name="Fallführung", orderable=False, css="is-extra")
    state = Column(verbose_name="Stand", order_by=("state", "-opened_on"))
    opened_on = DateColumn(verbose_name="eröffnet", css="is-extra")
    next_due = DueColumn(
        verbose_name="Nächster Schritt", orderable=False, open_when=lambda case: case.is_open
    )
    # Only in the file
    person = Column(verbose_name="Person", visible=False, permission="person.view")
    closed_on = DateColumn(verbose_name="abgeschlossen", visible=False)
    close_reason = Column(verbose_name="Grund", visible=False)
    outcome = Column(verbose_name="Ergebnis", visible=False)

    class Meta(Table.Meta):
        model = Case
        fields = (
            "number", "offer", "state", "next_due", "lead", "opened_on",
            "person", "closed_on", "close_reason", "outcome",
        )  # fmt: skip
        sequence = fields

    caption = "Fälle"

    def render_state(self, record):
        return record.state_words

    def value_state(self, record):
        return record.get_state_display()


class ReferralTable(Table):
    case = TitleColumn(verbose_name="Vermittlung", orderable=False, sub=lambda referral: referral.reason)
    origin = Column(verbose_name="von", accessor="case__offer", orderable=False)
    target = Column(verbose_name="an", orderable=False)
    state = Column(verbose_name="Stand", orderable=False)
    sent_on = DateColumn(verbose_name="gesendet")
    answer_until = DueColumn(
        verbose_name="Antwort bis", orderable=False, open_when=lambda referral: referral.state == "sent"
    )
    arrived_on = DateColumn(verbose_name="angekommen", orderable=False)

    class Meta(Table.Meta):
        model = Referral
        fields = ("case", "origin", "target", "state", "sent_on", "answer_until", "arrived_on")
        sequence = fields

    caption = "Vermittlungen"


class GapTable(Table):
    text = TitleColumn(verbose_name="Was fehlt", orderable=False)
    domain = Column(verbose_name="Lebensbereich", orderable=False)
    department = Column(verbose_name="gemeldet von", orderable=False)
    noted_on = DateColumn(verbose_name="gemeldet")

    class Meta(Table.Meta):
        model = SystemGap
        fields = ("text", "domain", "department", "noted_on")
        sequence = fields

    caption = "Systemlücken"


class BreakGlassTable(Table):
    case = TitleColumn(verbose_name="Notzugriff", orderable=False, sub=lambda entry: entry.reason)
    user = Column(verbose_name="Wer", orderable=False)
    started_at = MomentColumn(verbose_name="Wann")
    verdict = Column(verbose_name="Prüfung", orderable=False, empty_values=())

    class Meta(Table.Meta):
        model = BreakGlass
        fields = ("case", "user", "started_at", "verdict")
        sequence = fields

    caption = "Notzugriffe"

    def render_verdict(self, record):
        return record.get_verdict_display() or "noch zu prüfen"

    value_verdict = render_verdict
