from soe.web.tables import Column, MomentColumn, NumberColumn, SubColumn, Table

from ..tables import model_words


class CertificateTable(Table):
    caption = "Löschnachweise"
    at = MomentColumn(verbose_name="wann")
    rule_text = SubColumn(verbose_name="Regel", sub="basis", orderable=False)
    model = Column(verbose_name="Datenart", orderable=False)
    user_name = SubColumn(verbose_name="wer", sub="role", orderable=False)
    reason = Column(verbose_name="Begründung", orderable=False)
    live_rows = NumberColumn(verbose_name="Zeilen im Bestand", orderable=False)
    history_rows = NumberColumn(verbose_name="im Verlauf", orderable=False)
    log_rows = NumberColumn(verbose_name="in Protokollen", orderable=False)

    def render_model(self, value):
        return model_words(value)

    value_model = render_model
