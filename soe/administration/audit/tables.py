from soe.web.tables import Column, MomentColumn, SubColumn, Table

from ..tables import model_words


class SecurityTable(Table):
    caption = "Sicherheitsereignisse"
    at = MomentColumn(verbose_name="wann")
    kind = Column(verbose_name="Ereignis", accessor="get_kind_display", orderable=False)
    user_name = SubColumn(verbose_name="wer", sub="role", orderable=False)
    model = Column(verbose_name="Datenart", orderable=False)
    detail = Column(verbose_name="Einzelheit", orderable=False)

    def render_model(self, value):
        return model_words(value) if value else "–"

    value_model = render_model
