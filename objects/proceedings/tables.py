"""Lists of proceedings, measures and requests, also as files."""

from soe.web.tables import (
    Column,
    DateColumn,
    DueColumn,
    MomentColumn,
    SubColumn,
    Table,
    TemplateColumn,
    TitleColumn,
)


def house_sub(row):
    return row.property.number


class ProceedingTable(Table):
    file_number = TitleColumn(
        verbose_name="Verfahren", order_by=("file_number", "pk"), sub=lambda row: row.subject
    )
    property = SubColumn(accessor="property__title", verbose_name="Objekt", orderable=False, sub=house_sub)
    department = Column(verbose_name="Führt", orderable=False)
    legal_basis = Column(verbose_name="Rechtsgrundlage", orderable=False, css="is-extra")
    opened_on = DateColumn(verbose_name="Eröffnet", order_by=("opened_on", "pk"))
    next_due = DueColumn(verbose_name="Nächste Frist", orderable=False, open_when=lambda row: row.is_open)
    status = TemplateColumn(
        template_name="objects/proceedings/status_cell.html", verbose_name="Stand", orderable=False
    )
    closed_on = DateColumn(verbose_name="Abgeschlossen am", visible=False)
    closing = Column(verbose_name="Ergebnis", visible=False)
    number = Column(accessor="property__number", verbose_name="Objektnummer", visible=False)

    class Meta:
        order_by = ("-opened_on",)

    caption = "Verfahren"

    def value_status(self, record):
        return record.status

    def value_department(self, record):
        return str(record.department)

    def value_legal_basis(self, record):
        return str(record.legal_basis or "")


class MeasureTable(Table):
    what = TitleColumn(verbose_name="Maßnahme", orderable=False, sub=lambda row: row.get_kind_display())
    property = SubColumn(accessor="property__title", verbose_name="Objekt", orderable=False, sub=house_sub)
    department = Column(verbose_name="Fachbereich", orderable=False)
    due_on = DueColumn(verbose_name="Fällig", order_by=("due_on", "pk"), open_when=lambda row: row.is_open)
    state = TemplateColumn(
        template_name="objects/proceedings/measure_cell.html", verbose_name="Stand", orderable=False
    )
    responsible = Column(verbose_name="Zuständig", visible=False, orderable=False)
    original_due_on = DateColumn(verbose_name="Zuerst fällig", visible=False)
    done_on = DateColumn(verbose_name="Erledigt am", visible=False)
    effect = Column(verbose_name="Wirkung", visible=False)
    number = Column(accessor="property__number", verbose_name="Objektnummer", visible=False)

    class Meta:
        order_by = ("-due_on",)  # what is to come first; the oldest settled ones last

    caption = "Maßnahmen"

    def value_state(self, record):
        dissent = ", Widerspruch" if getattr(record, "contradicted", False) else ""
        return record.get_state_display() + dissent

    def value_department(self, record):
        return str(record.department)


class RequestTable(Table):
    asked_at = TitleColumn(
        verbose_name="Anfrage",
        order_by=("asked_at", "pk"),
        sub=lambda row: f"{row.asking_department} an {row.asked_department}",
    )
    property = SubColumn(
        accessor="house__title", verbose_name="Objekt", orderable=False, sub=lambda row: row.house.number
    )
    state = Column(verbose_name="Stand", orderable=False)
    answer_due = DueColumn(
        verbose_name="Antwort bis", orderable=False, open_when=lambda row: row.state == row.State.ASKED
    )
    expires_at = MomentColumn(verbose_name="Einsicht bis", orderable=False)

    class Meta:
        order_by = ("-asked_at",)

    caption = "Auskunftsersuchen"

    def render_asked_at(self, record):
        return str(record)
