from django.urls import reverse
from django.utils.html import format_html

from soe.web.tables import Column, DateColumn, MomentColumn, NumberColumn, SubColumn, Table, TitleColumn


class DepartmentTable(Table):
    caption = "Fachbereiche und Träger"
    name = TitleColumn(verbose_name="Name", accessor="full_name", order_by=("position", "name"), sub="code")
    kind = Column(verbose_name="Art", accessor="get_kind_display", orderable=False)
    parent = Column(verbose_name="gehört zu", orderable=False)
    visibility = Column(
        verbose_name="Verfahren sind", accessor="get_default_visibility_display", orderable=False
    )
    people = NumberColumn(verbose_name="Personen", orderable=False)


class RoleTable(Table):
    caption = "Rollen"
    name = TitleColumn(verbose_name="Rolle", sub="description")
    grantable = Column(verbose_name="vergibt", accessor="department_may_grant", orderable=False)
    rights = NumberColumn(verbose_name="Rechte", orderable=False)
    people = NumberColumn(verbose_name="Personen", orderable=False)

    def render_grantable(self, record):
        if record.retired_on:
            return "außer Gebrauch"
        return "auch der Fachbereich" if record.department_may_grant else "die Administration"

    value_grantable = render_grantable


class GroupMappingTable(Table):
    caption = "Gruppen des Verzeichnisdienstes"
    group = TitleColumn(verbose_name="Gruppe")
    department = Column(verbose_name="Stelle", orderable=False)
    role = Column(verbose_name="Rolle", orderable=False)
    end = Column(verbose_name="Schritt", accessor="pk", orderable=False)

    def render_group(self, value):
        return format_html('<span class="soe-strong">{}</span>', value)

    def render_end(self, value, record):
        return format_html(
            '<a href="{}">Beenden<span class="kern-sr-only">: {}</span></a>',
            reverse("administration:group_mapping_end", args=[value]),
            record,
        )

    def value_end(self, value):
        return ""


class AccountTable(Table):
    caption = "Konten"
    last_name = TitleColumn(
        verbose_name="Name", accessor="audit_name", order_by=("last_name", "first_name"), sub="username"
    )
    email = Column(verbose_name="E-Mail-Adresse", orderable=False)
    places = Column(verbose_name="arbeitet bei", accessor="pk", orderable=False)
    state = Column(verbose_name="Stand", accessor="is_active", orderable=False)

    def render_places(self, record):
        return "; ".join(f"{m.department} ({m.role})" for m in record.current_memberships) or "–"

    value_places = render_places

    def render_state(self, value):
        return "aktiv" if value else "stillgelegt"

    value_state = render_state


class ReadLogTable(Table):
    caption = "Zugriffe auf Sozialdaten"
    at = MomentColumn(verbose_name="wann")
    user_name = SubColumn(verbose_name="wer", sub="role", orderable=False)
    kind = Column(verbose_name="was", accessor="get_kind_display", orderable=False)
    model = Column(verbose_name="Datenart", orderable=False)
    object_number = Column(verbose_name="Datensatz", orderable=False)
    basis = Column(verbose_name="Grundlage", orderable=False)
    hits = NumberColumn(verbose_name="Zeilen", orderable=False)

    def render_model(self, value):
        return model_words(value)

    value_model = render_model

    def render_object_number(self, value, record):
        return value or str(record.object_id or "")[:13] or "–"


class SignInTable(Table):
    caption = "Anmeldungen"
    at = MomentColumn(verbose_name="wann")
    user_name = Column(verbose_name="Anmeldename", orderable=False)
    kind = Column(verbose_name="Ereignis", accessor="get_kind_display", orderable=False)
    address = Column(verbose_name="Adresse", orderable=False)
    client = Column(verbose_name="Programm", orderable=False)


class MembershipTable(Table):
    caption = "Zugehörigkeiten"
    user = TitleColumn(verbose_name="Person", accessor="user", order_by=("user__last_name",), sub="role")
    valid_from = DateColumn(verbose_name="ab")
    valid_until = DateColumn(verbose_name="bis")


def model_words(label):
    """ "cases.case" → "Fall"."""
    from django.apps import apps

    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label
