"""Accounts: people, and how they leave."""

from django.db.models import Prefetch

from soe.departments import effective, handover, lifecycle
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
        own = self.object.pk == self.request.user.pk
        return [
            Action("Angaben ändern", url_name="administration:account_edit"),
            Action("Verlässt die Stelle", url_name="administration:account_leave", action="deactivate"),
            Action(
                "Zugehörigkeit hinzufügen",
                url_name="administration:membership_add",
                primary=True,
                icon="plus",
            ),
        ][: 1 if own else None]

    def readable(self, model, entry):
        """The record itself, only for a reader who may see it anyway."""
        rows = model.objects.restrict(self.request.user).filter(pk=entry.content_object_id)
        return rows.first()

    def get_context_data(self, **kwargs):
        memberships = Membership.objects.filter(user_id=self.object.pk).select_related(
            "department", "role", "deputy_for", "source"
        )
        current = list(memberships.current().prefetch_related("role__grants"))
        editable = set(
            memberships.restrict(self.request.user, "change")
            .exclude(user_id=self.request.user.pk)
            .values_list("pk", flat=True)
        )
        return super().get_context_data(**kwargs) | {
            "current": current,
            "earlier": [m for m in memberships if m.pk not in {row.pk for row in current}],
            "editable": editable,
            "secure": self.can("secure", self.object) and self.object.pk != self.request.user.pk,
            "rights": effective.rights_of(self.object) if self.object.is_active else [],
            "exceptions": [
                (model, entry, self.readable(model, entry))
                for model, entry in effective.exceptions_of(self.object)
            ],
            "denials": effective.denials_of(self.object),
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


class AccountLeaveView(ActionView):
    """Click one opens this page with the open work, click two hands it over and ends the account."""

    queryset = Account.objects.all()
    action = "deactivate"
    form_class = forms.LeaveForm
    template_name = "administration/account_leave.html"
    submit_label = "Übergeben und Konto stilllegen"
    danger = True
    crumbs = (CRUMB, ("Konten", "/verwaltung/konten/"))

    def get_title(self):
        return f"{self.object} verlässt die Stelle"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"account": self.object}

    def get_context_data(self, **kwargs):
        memberships = list(
            Membership.objects.current()
            .filter(user_id=self.object.pk)
            .select_related("department", "role", "deputy_for")
        )
        return super().get_context_data(**kwargs) | {
            "work": handover.people.preview(self.object),
            "memberships": memberships,
            "deputies": Membership.objects.current()
            .filter(deputy_for_id=self.object.pk)
            .select_related("user", "department", "role"),
            "own": self.object.pk == self.request.user.pk,
        }

    def perform(self, obj, form):
        self.moved = lifecycle.leave(
            obj,
            by=self.request.user,
            successor=form.cleaned_data["successor"],
            reason=form.cleaned_data["reason"],
        )

    def get_success_message(self, form):
        parts = ", ".join(f"{count} {label}" for label, count in self.moved.items())
        done = f" Übergeben: {parts}." if parts else ""
        return f"Das Konto ist stillgelegt.{done}"


class AccountReactivateView(ActionView):
    queryset = Account.objects.all()
    action = "deactivate"
    form_class = forms.EndForm
    submit_label = "Konto aktivieren"
    lead = "Die Person kann sich wieder anmelden. Zugehörigkeiten müssen neu vergeben werden."
    success_message = "Das Konto ist wieder aktiv."

    def perform(self, obj, form):
        obj.reactivate(reason=form.cleaned_data["reason"])
