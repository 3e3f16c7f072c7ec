"""The list of rules."""

from soe.web.tables import Column, DateColumn, Table, TitleColumn


class ScoreRuleTable(Table):
    input = TitleColumn(verbose_name="Wofür", orderable=False)
    points_words = Column(verbose_name="Punkte", orderable=False)
    valid_from = DateColumn(verbose_name="Gilt ab", orderable=False)
    valid_until = DateColumn(verbose_name="Gilt bis", orderable=False)

    class Meta:
        sequence = ("input", "points_words", "valid_from", "valid_until")

    caption = "Punkteregeln"
    row_header = "input"

    def value_input(self, record):
        return record.get_input_display()
