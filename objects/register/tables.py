"""The lists of properties and owners, also as files."""

from soe.web.tables import Column, DateColumn, NumberColumn, Table, TemplateColumn, TitleColumn

from .models.scales import Level, Room, Stage
from .wording import chips, tags

SIGNS = {"lead": "federführend", "in": "beteiligt", "asked": "angefragt", "done": "abgeschlossen"}


class PropertyTable(Table):
    title = TitleColumn(
        verbose_name="Anschrift",
        order_by=("summary__title", "summary__property_id"),
        sub=lambda house: " · ".join(part for part in (house.number, house.district) if part),
    )
    problems = TemplateColumn(
        template_name="objects/register/cells/problems.html",
        verbose_name="Problemlagen",
        orderable=False,
        empty_values=(),
        css="is-extra is-tags",
    )
    light = TemplateColumn(
        template_name="objects/register/cells/light.html",
        verbose_name="Ampel",
        accessor="summary__light",
        order_by=("-summary__light", "-summary__property_id"),
    )
    score = TemplateColumn(
        template_name="objects/priority/cell.html",
        verbose_name="Punkte",
        accessor="summary__score",
        order_by=("-summary__score", "-summary__property_id"),
        visible=False,  # stands with its first reason in the cell of the light; there for the order and the file
    )
    stage = TemplateColumn(
        template_name="objects/register/cells/stage.html",
        verbose_name="Stufe",
        accessor="summary__stage",
        order_by=("summary__stage", "summary__property_id"),
        empty_values=(),
        css="is-extra",
    )
    acting = TemplateColumn(
        template_name="objects/register/cells/acting.html",
        verbose_name="Handelnde",
        orderable=False,
        empty_values=(),
        css="is-extra",
    )
    next = TemplateColumn(
        template_name="objects/register/cells/next.html",
        verbose_name="Nächster Schritt",
        accessor="summary__next_title",
        order_by=("summary__next_sort", "summary__property_id"),
        empty_values=(),
        css="is-next",
    )
    # Only in the file: what the page says in signs, and the number and district as columns of their own.
    number = Column(verbose_name="Objektnummer", visible=False)
    district = Column(verbose_name="Stadtbezirk", visible=False)
    score_because = Column(
        verbose_name="Gründe der Punkte", accessor="summary__score_parts", orderable=False, visible=False
    )
    due = DateColumn(verbose_name="Fällig", accessor="summary__next_on", visible=False)
    since = DateColumn(verbose_name="Im Kataster seit", accessor="registered_on", visible=False)
    retired = DateColumn(verbose_name="Abgeschlossen am", accessor="retired_on", visible=False)

    class Meta:
        order_by = ("next",)
        sequence = ("title", "problems", "light", "score", "stage", "acting", "next", "...")

    caption = "Objekte"

    def value_problems(self, record):
        words = {"suspected": " (Verdacht)", "confirmed": "", "resolved": " (erledigt)"}
        return "; ".join(tag["label"] + words[tag["state"]] for tag in tags(record))

    def value_light(self, record):
        summary = record.summary
        if not summary.light:
            return ""
        return f"Druck {Level(summary.pressure).label}, Spielraum {Room(summary.room).label}"

    def render_score_because(self, record):
        return "; ".join(f"{part['text']} ({part['points']})" for part in record.summary.score_parts)

    value_score_because = render_score_because

    def value_stage(self, record):
        stage = record.summary.stage
        return f"{stage} {Stage(stage).label}" if stage else ""

    def value_acting(self, record):
        return "; ".join(f"{department} ({SIGNS[sign]})" for department, sign in chips(record))

    def value_next(self, record):
        return record.summary.next_title


class PartyTable(Table):
    name = TitleColumn(
        verbose_name="Name",
        order_by=("summary__name", "summary__party_id"),
        sub=lambda party: party.get_kind_display(),
    )
    stock = NumberColumn(
        verbose_name="Objekte im Kataster",
        accessor="summary__stock",
        order_by=("-summary__stock", "-summary__party_id"),
    )
    pressing = NumberColumn(
        verbose_name="davon mit hohem Druck",
        accessor="summary__pressing",
        order_by=("-summary__pressing", "-summary__party_id"),
    )
    links = NumberColumn(
        verbose_name="offene Vermutungen",
        accessor="summary__links",
        order_by=("-summary__links", "-summary__party_id"),
        css="is-extra",
    )
    city = Column(verbose_name="Ort", orderable=False, css="is-extra")

    class Meta:
        order_by = ("name",)
        sequence = ("name", "stock", "pressing", "links", "city")

    caption = "Eigentümer und Verwalter"
