"""Accounts: people, and how they leave."""

from django.db.models import Prefetch

from soe.departments.catalogue import PERMISSIONS
from soe.departments.models import Membership
from soe.web.views import (
    Action,
    ActionView,
    ScopedCreateView,
    ScopedDetailView,
    ScopedListView,
    ScopedUpdateView,
)

from .. import filters, forms, tables
from ..models import Account
from .overview import CRUMB


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
