"""Lists around owners."""

from django.urls import reverse
from django.utils.html import format_html

from soe.web.tables import Column, DateColumn, Table, TitleColumn


class LinkTable(Table):
    one = TitleColumn(
        verbose_name="Eigentümer", orderable=False, sub=lambda link: f"und {link.other}", accessor="one__name"
    )
    kind = Column(verbose_name="Grund", orderable=False, accessor="get_kind_display")
    via = Column(verbose_name="über", orderable=False, css="is-extra")
    state = Column(verbose_name="Stand", orderable=False, accessor="get_state_display")
    found_on = DateColumn(verbose_name="Gefunden am", orderable=False, css="is-extra")
    decide = Column(verbose_name="Entscheidung", orderable=False, empty_values=(), exclude_from_export=True)

    class Meta:
        sequence = ("one", "kind", "via", "state", "found_on", "decide")

    caption = "Vermutete Verbindungen"

    def render_decide(self, record):
        url = reverse("objects:link_decide", args=[record.pk])
        words = "Entscheiden" if record.state == "suggested" else "Ändern"
        return format_html(
            '<a href="{}">{}<span class="kern-sr-only">: {}</span></a>', url, words, str(record)
        )


class SuccessionRuleTable(Table):
    law = Column(verbose_name="Vorschrift", orderable=False, empty_values=())
    effect = Column(verbose_name="Wirkung", orderable=False, accessor="get_effect_display")
    hint = Column(verbose_name="Hinweis", orderable=False)
    valid_from = DateColumn(verbose_name="Gilt ab", orderable=False)
    valid_until = DateColumn(verbose_name="Gilt bis", orderable=False)
    checked_on = DateColumn(verbose_name="Zuletzt geprüft", orderable=False, css="is-extra")

    class Meta:
        sequence = ("law", "effect", "hint", "valid_from", "valid_until", "checked_on")

    caption = "Regeln zur Rechtsnachfolge"

    def render_law(self, record):
        url = reverse("objects:succession_rule_update", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, str(record))

    def value_law(self, record):
        return str(record)
