"""The list of population figures on the import page."""

from soe.web.imports.spec import Column, ImportSpec, RowError

from .importing import EXAMPLE, REQUIRED, VALUES, CellError, check_constraints, figure_of
from .models import PopulationFigure

HELP = {
    "Stand": "Stichtag; bei Bewegungen der letzte Tag des Quartals",
    "Staatsangehörigkeit": "Bulgarien, Rumänien, Bulgarien und Rumänien oder Gesamtbevölkerung",
    "Stadtbezirk": "leer: ganz Herne",
    "Merkmal": "Bestand, Altersgruppe, Aufenthaltsdauer oder Bewegung im Quartal",
    "Klasse": "zum Merkmal, zum Beispiel „unter 18“ oder „Zuzüge“",
    "Anzahl": "ganze Zahl",
    "Anteil": "in Prozent",
    "Wortlaut": "wenn die Quelle nur ungefähr zählt",
}


class PopulationImport(ImportSpec):
    name, title, noun = "bevoelkerung", "Bevölkerungszahlen", "Zahlen"
    lead = "Summen aus dem Melderegister, nie Personen. Eine Zahl, die schon da ist, wird geändert."
    permission = "population.manage"
    after_url = "/berichte/bevoelkerung/"
    columns = tuple(
        Column(
            name,
            name,
            HELP.get(name, ""),
            example,
            required=name in REQUIRED,
            parse=str,
            default="",
        )
        for name, example in EXAMPLE.items()
    )

    def clean(self, values):
        """The cells of a row belong together, so they are read together."""
        try:
            figure = figure_of(values)
        except CellError as error:
            raise RowError(error.column, error.reason) from None
        figure.full_clean(validate_unique=False, validate_constraints=False)
        check_constraints(figure)
        values["figure"] = figure

    def identity(self, values):
        return values["figure"].key

    def load(self, items, user):
        dates = {item.values["figure"].as_of for item in items}
        there = {row.key: row for row in PopulationFigure.objects.filter(as_of__in=dates)}
        for item in items:
            figure = item.values["figure"]
            item.obj = there.get(figure.key)
            item.values = {
                "Anzahl": figure.count,
                "Anteil": figure.share,
                "Wortlaut": figure.quote,
                "figure": figure,
            }

    def current(self, obj):
        return {"Anzahl": obj.count, "Anteil": obj.share, "Wortlaut": obj.quote}

    def write(self, item, user):
        figure = item.values["figure"]
        row = item.obj or figure
        if item.obj is not None:
            for name in VALUES:
                setattr(row, name, getattr(figure, name))
        row.save(reason="aus Datei eingelesen")
