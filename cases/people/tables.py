from soe.web.tables import Column, Table, TitleColumn

from .models import Person
from .search import explain


class PersonTable(Table):
    full_name = TitleColumn(verbose_name="Person", order_by=("family_name", "given_name"))
    birth_year = Column(verbose_name="Geburtsjahr")
    languages = Column(verbose_name="Sprachen", orderable=False)
    own_department = Column(verbose_name="erfasst von", orderable=False, css="is-extra")
    open_cases = Column(verbose_name="offene Fälle", orderable=False, empty_values=())
    # Only in the file
    number = Column(verbose_name="Nummer", visible=False)
    family_name = Column(verbose_name="Nachname", visible=False)
    given_name = Column(verbose_name="Vorname", visible=False)

    class Meta(Table.Meta):
        model = Person
        fields = (
            "full_name", "birth_year", "languages", "open_cases", "own_department",
            "number", "family_name", "given_name",
        )  # fmt: skip
        sequence = fields

    caption = "Personen, die beraten werden"

    def __init__(self, *args, query="", cases=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.query, self.cases = query, cases or {}
        self.base = self.columns["full_name"].column
        self.base.sub = self.why

    def why(self, person):
        """The number, or why the name lens shows this row."""
        reason = explain(person, self.query)[1] if self.query else ""
        return f"{person.number} · {reason}" if reason else person.number

    def render_birth_year(self, value):
        return str(value)

    def value_birth_year(self, value):
        return value

    def render_open_cases(self, record):
        return ", ".join(case.number for case in record.shown_cases) or "–"

    value_open_cases = render_open_cases
