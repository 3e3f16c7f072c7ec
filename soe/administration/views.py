"""Departments, roles, accounts, memberships, and the logs. Simple pages, never Django's admin."""

from django.db.models import Count, Prefetch, Q
from django.utils import timezone

from soe.departments.catalogue import PERMISSIONS
from soe.departments.models import Department, Membership, Role
from soe.web.views import (
    Action,
    ActionView,
    PageView,
    ScopedCreateView,
    ScopedDetailView,
    ScopedListView,
    ScopedUpdateView,
)

from . import filters, forms, tables
from .models import Account, ReadLogEntry, SignIn

CRUMB = ("Verwaltung", "/verwaltung/")
ANY = (
    "admin.departments",
    "admin.roles",
    "admin.members",
    "admin.all",
    "audit.view",
    "privacy.view",
    "system.manage",
)


class OverviewView(PageView):
    """What there is to administer, as far as the reader may."""

    title = "Verwaltung"
    permission = ANY
    template_name = "administration/overview.html"

    # (permission, heading, address, what it is for)
    PARTS = (
        (
            ("admin.members", "admin.all"),
            "Konten",
            "/verwaltung/konten/",
            "Personen, ihre Zugehörigkeiten und Vertretungen",
        ),
        (("admin.members",), "Rollen", "/verwaltung/rollen/", "Was eine Rolle darf"),
        (
            ("admin.departments",),
            "Fachbereiche und Träger",
            "/verwaltung/organisation/",
            "Der Aufbau der Stadt und die Träger",
        ),
        (
            ("privacy.view",),
            "Zugriffe auf Sozialdaten",
            "/verwaltung/zugriffe/",
            "Wer hat wann welche Akte angesehen",
        ),
        (
            ("privacy.view", "audit.view"),
            "Anmeldungen",
            "/verwaltung/anmeldungen/",
            "Anmeldungen, Fehlversuche, Sperren",
        ),
        (
            ("system.manage",),
            "Bausteine der Oberfläche",
            "/konto/bausteine/",
            "Jeder Baustein einmal, zum Prüfen",
        ),
    )

    def get_context_data(self, **kwargs):
        parts = [part for part in self.PARTS if any(self.may(code) for code in part[0])]
        return super().get_context_data(**kwargs) | {"parts": parts}


def _current():
    """Condition on `memberships` of a department or role: in force today."""
    today = timezone.localdate()
    ends = Q(memberships__valid_until=None) | Q(memberships__valid_until__gte=today)
    return ends & Q(
        memberships__valid_from__lte=today, memberships__ended_at=None, memberships__user__is_active=True
    )


def _people():
    return Count("memberships__user", filter=_current(), distinct=True)


class DepartmentListView(ScopedListView):
    queryset = Department.objects.select_related("parent").annotate(people=_people())
    action = "change"
    title = "Fachbereiche und Träger"
    noun = "Fachbereiche und Träger"
    crumbs = (CRUMB,)
    filterset_class = filters.DepartmentFilter
    table_class = tables.DepartmentTable
    page_size = 100
    head_actions = (
        Action(
            "Fachbereich anlegen",
            url_name="administration:department_add",
            action="add",
            primary=True,
            icon="plus",
        ),
    )


class DepartmentDetailView(ScopedDetailView):
    queryset = Department.objects.select_related("parent")
    action = "change"
    template_name = "administration/department.html"
    actions = (Action("Ändern", url_name="administration:department_edit", primary=True),)

    def get_title(self):
        return self.object.full_name

    def get_crumbs(self):
        return [CRUMB, ("Fachbereiche und Träger", "/verwaltung/organisation/")]

    def get_context_data(self, **kwargs):
        members = Membership.objects.current().filter(department=self.object).select_related("user", "role")
        return super().get_context_data(**kwargs) | {
            "members": members.order_by("user__last_name", "user__first_name"),
            "children": self.object.children.all(),
        }


class DepartmentCreateView(ScopedCreateView):
    queryset = Department.objects.all()
    form_class = forms.DepartmentForm
    title = "Fachbereich oder Träger anlegen"
    submit_label = "Fachbereich anlegen"
    crumbs = (CRUMB, ("Fachbereiche und Träger", "/verwaltung/organisation/"))


class DepartmentUpdateView(ScopedUpdateView):
    queryset = Department.objects.all()
    form_class = forms.DepartmentForm
    submit_label = "Änderung speichern"


class RoleListView(ScopedListView):
    queryset = Role.objects.annotate(people=_people(), rights=Count("grants", distinct=True))
    title = "Rollen"
    crumbs = (CRUMB,)
    table_class = tables.RoleTable
    lead = "Eine Rolle ist ein Bündel von Rechten. Wer sie in einem Fachbereich hat, steht bei den Konten."
    head_actions = (
        Action("Rolle anlegen", url_name="administration:role_add", action="add", primary=True, icon="plus"),
    )


class RoleDetailView(ScopedDetailView):
    queryset = Role.objects.all()
    template_name = "administration/role.html"
    actions = (
        Action("Name ändern", url_name="administration:role_edit"),
        Action("Rechte ändern", url_name="administration:role_rights", primary=True),
    )
    crumbs = (CRUMB, ("Rollen", "/verwaltung/rollen/"))

    def get_context_data(self, **kwargs):
        from soe.departments.catalogue import areas

        held = self.object.codes()
        members = Membership.objects.restrict(self.request.user).current().filter(role=self.object)
        return super().get_context_data(**kwargs) | {
            "areas": [(area, [(p, p.code in held) for p in entries]) for area, entries in areas().items()],
            "members": members.select_related("user", "department").order_by(
                "department__position", "user__last_name"
            ),
        }


class RoleCreateView(ScopedCreateView):
    queryset = Role.objects.all()
    form_class = forms.RoleForm
    title = "Rolle anlegen"
    submit_label = "Rolle anlegen"
    crumbs = (CRUMB, ("Rollen", "/verwaltung/rollen/"))


class RoleUpdateView(ScopedUpdateView):
    queryset = Role.objects.all()
    form_class = forms.RoleForm
    submit_label = "Änderung speichern"


class RoleRightsView(ActionView):
    """The matrix of one role. Takes effect with the next click of everybody who holds it."""

    queryset = Role.objects.all()
    form_class = forms.RoleRightsForm
    template_name = "administration/role_rights.html"
    submit_label = "Rechte speichern"
    success_message = "Die Rechte gelten ab sofort."

    def get_title(self):
        return f"Rechte der Rolle „{self.object}“"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"role": self.object}

    def get_context_data(self, **kwargs):
        held_by = Membership.objects.current().filter(role=self.object).values("user").distinct().count()
        return super().get_context_data(**kwargs) | {"held_by": held_by}

    def perform(self, obj, form):
        obj.lock()
        obj.set_permissions(form.chosen, reason=form.cleaned_data["reason"])


class AccountListView(ScopedListView):
    queryset = Account.objects.prefetch_related(
        Prefetch(
            "memberships",
            Membership.objects.current().select_related("department", "role"),
            to_attr="current_memberships",
        )
    )
    title = "Konten"
    noun = "Konten"
    crumbs = (CRUMB,)
    filterset_class = filters.AccountFilter
    table_class = tables.AccountTable
    head_actions = (
        Action(
            "Konto anlegen", url_name="administration:account_add", action="add", primary=True, icon="plus"
        ),
    )


class AccountDetailView(ScopedDetailView):
    """One person: where she works, and what she may do with its source."""

    queryset = Account.objects.all()
    template_name = "administration/account.html"
    crumbs = (CRUMB, ("Konten", "/verwaltung/konten/"))

    def get_actions(self):
        if not self.object.is_active:
            return [
                Action(
                    "Konto wieder aktivieren",
                    url_name="administration:account_reactivate",
                    action="deactivate",
                )
            ]
        return [
            Action("Angaben ändern", url_name="administration:account_edit"),
            Action("Konto stilllegen", url_name="administration:account_deactivate", action="deactivate"),
            Action(
                "Zugehörigkeit hinzufügen",
                url_name="administration:membership_add",
                primary=True,
                icon="plus",
            ),
        ]

    def get_context_data(self, **kwargs):
        memberships = Membership.objects.filter(user_id=self.object.pk).select_related(
            "department", "role", "deputy_for"
        )
        current = list(memberships.current().prefetch_related("role__grants"))
        sources = {}
        for membership in current:
            for grant in membership.role.grants.all():
                sources.setdefault(grant.permission, []).append(membership)
        editable = set(Membership.objects.restrict(self.request.user, "change").values_list("pk", flat=True))
        return super().get_context_data(**kwargs) | {
            "current": current,
            "earlier": [m for m in memberships if m.pk not in {row.pk for row in current}],
            "editable": editable,
            "rights": [(PERMISSIONS[code], sources[code]) for code in PERMISSIONS if code in sources],
        }


class AccountCreateView(ScopedCreateView):
    queryset = Account.objects.all()
    form_class = forms.NewAccountForm
    title = "Konto anlegen"
    lead = "Die Person setzt ihr Kennwort selbst über „Kennwort vergessen“."
    submit_label = "Konto anlegen"
    crumbs = (CRUMB, ("Konten", "/verwaltung/konten/"))


class AccountUpdateView(ScopedUpdateView):
    queryset = Account.objects.all()
    form_class = forms.AccountForm
    submit_label = "Änderung speichern"


class AccountDeactivateView(ActionView):
    queryset = Account.objects.all()
    action = "deactivate"
    form_class = forms.EndForm
    submit_label = "Konto stilllegen"
    lead = "Die Person kann sich nicht mehr anmelden, alle Zugehörigkeiten enden sofort. Der Verlauf nennt sie weiter."
    success_message = "Das Konto ist stillgelegt."
    danger = True

    def perform(self, obj, form):
        obj.deactivate(reason=form.cleaned_data["reason"])


class AccountReactivateView(ActionView):
    queryset = Account.objects.all()
    action = "deactivate"
    form_class = forms.EndForm
    submit_label = "Konto aktivieren"
    lead = "Die Person kann sich wieder anmelden. Zugehörigkeiten müssen neu vergeben werden."
    success_message = "Das Konto ist wieder aktiv."

    def perform(self, obj, form):
        obj.reactivate(reason=form.cleaned_data["reason"])


class MembershipCreateView(ScopedCreateView):
    queryset = Membership.objects.all()
    form_class = forms.MembershipForm
    title = "Zugehörigkeit hinzufügen"
    submit_label = "Zugehörigkeit speichern"
    parent_queryset = Account.objects.filter(is_active=True)
    parent_action = "change"
    parent_field = "user"
    success_message = "Die Zugehörigkeit gilt ab dem gewählten Tag."


class MembershipUpdateView(ScopedUpdateView):
    queryset = Membership.objects.select_related("user", "department", "role")
    form_class = forms.MembershipForm
    submit_label = "Änderung speichern"


class MembershipEndView(ActionView):
    queryset = Membership.objects.select_related("user", "department", "role")
    form_class = forms.EndForm
    title = "Zugehörigkeit beenden"
    submit_label = "Zugehörigkeit beenden"
    lead = "Die Rechte enden mit dem nächsten Klick der Person."
    success_message = "Die Zugehörigkeit ist beendet."
    danger = True

    def perform(self, obj, form):
        obj.end(reason=form.cleaned_data["reason"])


class ReadLogView(ScopedListView):
    queryset = ReadLogEntry.objects.all()
    title = "Zugriffe auf Sozialdaten"
    noun = "Zugriffe"
    lead = "Jede Zeile entstand, bevor die Seite gezeigt wurde. Die Liste kann nicht geändert werden."
    crumbs = (CRUMB,)
    filterset_class = filters.ReadLogFilter
    table_class = tables.ReadLogTable


class SignInListView(ScopedListView):
    queryset = SignIn.objects.all()
    title = "Anmeldungen"
    noun = "Ereignisse"
    crumbs = (CRUMB,)
    filterset_class = filters.SignInFilter
    table_class = tables.SignInTable
