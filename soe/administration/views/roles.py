"""Roles: what each may, in plain German, and what a change means before it happens."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.http import HttpResponseRedirect
from django.views.generic import TemplateView

from soe.departments import roles as services
from soe.departments.catalogue import areas
from soe.departments.granting import Escalation, check_role_change
from soe.departments.models import Membership, Role
from soe.web.forms import Form
from soe.web.tokens import FIELD, new_token
from soe.web.views import (
    Action,
    ActionView,
    ScopedCreateView,
    ScopedDetailView,
    ScopedListView,
    ScopedMixin,
    ScopedUpdateView,
)

from .. import forms, tables
from ..refusals import log_refused
from .counts import people
from .overview import CRUMB

ROLES = ("Rollen", "/verwaltung/rollen/")
SHOWN = 100


class RoleListView(ScopedListView):
    queryset = Role.objects.annotate(people=people(), rights=Count("grants", distinct=True))
    title = "Rollen"
    crumbs = (CRUMB,)
    table_class = tables.RoleTable
    lead = "Eine Rolle ist ein Bündel von Rechten. Wer sie in einem Fachbereich hat, steht bei den Konten."
    head_actions = (
        Action("Wer darf was", url_name="administration:role_matrix", action="change", icon="columns"),
        Action("Rolle anlegen", url_name="administration:role_add", action="add", primary=True, icon="plus"),
    )


class RoleDetailView(ScopedDetailView):
    queryset = Role.objects.all()
    template_name = "administration/role.html"
    crumbs = (CRUMB, ROLES)

    def get_actions(self):
        if self.object.retired_on:
            return [Action("Kopieren", url_name="administration:role_copy")]
        return [
            Action(
                "Neue Rechte geben",
                url_name="administration:role_defaults",
                when=lambda role: role in services.missing_defaults(),
            ),
            Action("Rechte ändern", url_name="administration:role_rights", primary=True),
            Action("Name ändern", url_name="administration:role_edit"),
            Action("Kopieren", url_name="administration:role_copy"),
            Action("Außer Gebrauch nehmen", url_name="administration:role_retire"),
        ]

    def get_context_data(self, **kwargs):
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
    crumbs = (CRUMB, ROLES)


class RoleUpdateView(ScopedUpdateView):
    queryset = Role.objects.all()
    form_class = forms.RoleForm
    submit_label = "Änderung speichern"


class RoleMatrixView(ScopedMixin, TemplateView):
    """Permissions × roles. Ticks → preview → step. Takes effect with the next click of everybody concerned."""

    queryset = Role.objects.active().prefetch_related("grants").annotate(people=people())
    action = "change"
    title = "Rollen und Rechte"
    template_name = "administration/matrix.html"
    crumbs = (CRUMB, ROLES)

    @classmethod
    def policy_rows(cls):
        return False

    def roles(self):
        return list(self.get_queryset().order_by("name"))

    def done_url(self):
        return self.request.path

    def get(self, request, *args, **kwargs):
        form = forms.RightsForm(
            roles=self.roles(), user=request.user, initial={"seen": services.fingerprint()}
        )
        return self.show(form)

    def post(self, request, *args, **kwargs):
        step = request.POST.get("schritt")
        form = forms.RightsForm(
            request.POST, roles=self.roles(), user=request.user, preview=step != "speichern"
        )
        if not form.is_valid():
            return self.show(form, preview=step == "speichern" and not form.has_error("__all__"))
        if step == "aendern":
            return self.show(form)
        if step != "speichern":
            return self.show(form, preview=True)
        try:
            with transaction.atomic():
                changes = services.save_rights(
                    form.wanted,
                    by=request.user,
                    seen=form.cleaned_data["seen"],
                    reason=form.cleaned_data["reason"],
                )
        except ValidationError as error:
            if isinstance(error, Escalation):
                log_refused(error.messages[0])
            form.add_error(None, error)
            stale = error.code == "stale"
            return self.show(form, preview=stale, status=409 if stale else 200)
        count = sum(len(change.added) + len(change.removed) for change in changes)
        messages.success(
            request,
            f"{count} Änderung{'en' if count > 1 else ''} gespeichert. Sie gelten mit dem nächsten Klick.",
        )
        return HttpResponseRedirect(self.done_url())

    def show(self, form, preview=False, status=200):
        impact = None
        if preview:
            impact = services.impact(form.wanted)
            form.fields["reason"].required = True  # asked for now, in the same form
            if not impact.roles and not form.errors:
                form.add_error(
                    None, "Es ist nichts geändert. Bitte setzen oder entfernen Sie zuerst einen Haken."
                )
                impact = None
        readable = (
            set(
                Membership.objects.restrict(self.request.user)
                .filter(user__in=[person.user.pk for person in impact.people])
                .values_list("user_id", flat=True)
            )
            if impact
            else set()
        )
        named = [person for person in impact.people if person.user.pk in readable] if impact else []
        context = self.get_context_data(
            form=form,
            roles=form.roles,
            impact=impact,
            named=named[:SHOWN],
            unnamed=len(impact.people) - len(named[:SHOWN]) if impact else 0,
            # The preview was made of what is stored now; the step asks whether that still holds.
            fingerprint=services.fingerprint(),
            form_token=self.request.POST.get(FIELD) or new_token(),
            cancel_url=self.done_url(),
        )
        return self.render_to_response(context, status=status)


class RoleRightsView(RoleMatrixView):
    """The same for one role: one column, easy on a small screen."""

    template_name = "administration/role_rights.html"

    @classmethod
    def policy_rows(cls):
        return True

    def roles(self):
        self.object = self.get_object()
        return [self.object]

    def done_url(self):
        return self.object.get_absolute_url()

    def get_title(self):
        return f"Rechte der Rolle „{self.object}“"

    def get_crumbs(self):
        return [*super().get_crumbs(), (str(self.object), self.object.get_absolute_url())]


class RoleCopyView(ActionView):
    queryset = Role.objects.all()
    form_class = forms.RoleCopyForm
    submit_label = "Rolle kopieren"
    success_message = "Die Kopie ist angelegt. Noch hat sie niemand."
    crumbs = (CRUMB, ROLES)

    def get_title(self):
        return f"Rolle „{self.object}“ kopieren"

    def perform(self, obj, form):
        data = form.cleaned_data
        return services.copy(
            obj, by=self.request.user, name=data["name"], code=data["code"], reason=data["reason"]
        )


class RoleDefaultsView(ActionView):
    """What an update brings for a seeded role: one click, by an administrator, never by itself."""

    queryset = Role.objects.active()
    form_class = Form
    submit_label = "Neue Rechte geben"
    success_message = "Die Rolle hat die neuen Rechte. Sie gelten mit dem nächsten Klick."
    crumbs = (CRUMB, ROLES)

    def get_title(self):
        return f"Neue Rechte für „{self.object}“"

    def get_context_data(self, **kwargs):
        new = services.missing_defaults().get(self.object, [])
        words = "; ".join(f"{entry.label} ({entry.effect})" for entry in new)
        lead = (
            f"Diese Fassung von SOE sieht für die Rolle außerdem vor: {words}."
            if new
            else "Diese Rolle hat schon alles, was diese Fassung von SOE vorsieht."
        )
        return super().get_context_data(**kwargs) | {"lead": lead}

    def form_valid(self, form):
        # Outside of the step's transaction, so that the refusal is not rolled back with it.
        new = services.missing_defaults().get(self.object, [])
        try:
            check_role_change(
                self.request.user, self.object, self.object.codes() | {entry.code for entry in new}
            )
        except Escalation as error:
            log_refused(error.messages[0], self.object)
            form.add_error(None, error)
            return self.form_invalid(form)
        return super().form_valid(form)

    def perform(self, obj, form):
        services.take_defaults(obj, by=self.request.user, reason="Neue Rechte aus einer Aktualisierung")


class RoleRetireView(ActionView):
    queryset = Role.objects.active()
    form_class = forms.RoleRetireForm
    template_name = "administration/role_retire.html"
    submit_label = "Außer Gebrauch nehmen"
    success_message = "Die Rolle ist außer Gebrauch. Der Verlauf nennt sie weiter."
    danger = True
    crumbs = (CRUMB, ROLES)

    def get_title(self):
        return f"Rolle „{self.object}“ außer Gebrauch nehmen"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"role": self.object}

    def get_context_data(self, **kwargs):
        held_by = Membership.objects.current().filter(role=self.object).values("user").distinct().count()
        return super().get_context_data(**kwargs) | {"held_by": held_by}

    def perform(self, obj, form):
        services.retire(
            obj,
            by=self.request.user,
            successor=form.cleaned_data["successor"],
            reason=form.cleaned_data["reason"],
        )
