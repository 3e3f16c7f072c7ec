from soe.web.tables import Column, DateColumn, NumberColumn, Table, TemplateColumn, TitleColumn


class InspectionDayTable(Table):
    number = TitleColumn(
        verbose_name="Nummer",
        sub=lambda day: day.city if day.reference_city else day.meeting_point,
        order_by=("number",),
    )
    date = DateColumn(verbose_name="Einsatztag", order_by=("date", "number"))
    state = TemplateColumn(
        template_name="objects/inspections/cells/state.html",
        verbose_name="Stand",
        order_by=("state", "date"),
    )
    lead = Column(verbose_name="Leitung", accessor="lead__short_name", orderable=False, css="is-extra")
    houses = NumberColumn(verbose_name="Häuser", accessor="houses_count", orderable=False)
    bodies = TemplateColumn(
        template_name="objects/inspections/cells/bodies.html",
        verbose_name="Zusagen",
        orderable=False,
        empty_values=(),
    )
    sections = TemplateColumn(
        template_name="objects/inspections/cells/sections.html",
        verbose_name="Abschnitte",
        orderable=False,
        empty_values=(),
        css="is-extra",
    )
    registered = NumberColumn(
        verbose_name="gemeldet", accessor="registered_sum", orderable=False, css="is-extra"
    )
    met = NumberColumn(verbose_name="angetroffen", accessor="met_sum", orderable=False, css="is-extra")

    caption = "Einsatztage"

    class Meta:
        order_by = ("-date",)

    def value_state(self, record):
        return record.get_state_display()

    def value_bodies(self, record):
        return f"{record.accepted_count} von {record.bodies_count}" if record.bodies_count else ""

    def value_sections(self, record):
        return f"{record.closed_sections} von {record.all_sections}" if record.all_sections else ""


class ThresholdTable(Table):
    law = TitleColumn(verbose_name="Rechtsgrundlage", orderable=False)
    per_person = NumberColumn(verbose_name="je Person", orderable=False, places=1, unit="m²")
    per_child = NumberColumn(
        verbose_name="je kleines Kind", orderable=False, places=1, unit="m²", visible=False
    )
    room_shared = NumberColumn(verbose_name="Raum mit Nebenräumen", orderable=False, places=1, unit="m²")
    room_alone = NumberColumn(verbose_name="Raum ohne", orderable=False, places=1, unit="m²")
    one_room = NumberColumn(verbose_name="ein Wohnraum", orderable=False, places=1, unit="m²", css="is-extra")
    valid_from = DateColumn(verbose_name="gilt ab", orderable=False)
    valid_until = DateColumn(verbose_name="gilt bis", orderable=False)
    checked_on = DateColumn(verbose_name="zuletzt geprüft", orderable=False, css="is-extra")

    caption = "Mindestwohnflächen"

    class Meta:
        order_by = ()
