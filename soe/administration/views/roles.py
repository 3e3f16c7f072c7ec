"""Roles: what each may, in plain German."""

from django.db.models import Count

from soe.departments.models import Membership, Role
from soe.web.views import (
    Action,
    ActionView,
    ScopedCreateView,
    ScopedDetailView,
    ScopedListView,
    ScopedUpdateView,
)

from .. import forms, tables
from .counts import people
from .overview import CRUMB


class RoleListView(ScopedListView):
    queryset = Role.objects.annotate(people=people(), rights=Count("grants", distinct=True))
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
