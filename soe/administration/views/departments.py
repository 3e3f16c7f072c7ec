"""Departments, carriers and outside authorities: the tree, and the people of each."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.views.generic import TemplateView, View

from soe.departments import handover, lifecycle
from soe.departments.models import Department, Membership
from soe.web.views import (
    Action,
    ActionView,
    ScopedCreateView,
    ScopedDetailView,
    ScopedListView,
    ScopedMixin,
    ScopedUpdateView,
)

from .. import filters, forms, tables
from .counts import people
from .overview import CRUMB

TREE = ("Fachbereiche und Träger", "/verwaltung/organisation/")


def branches(rows):
    """[(department, depth, is_first, is_last)] in the order of the tree; whose parent is out of reach stands on top."""
    known = {row.pk for row in rows}
    children: dict = {}
    for row in rows:
        children.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)
    result = []

    def walk(parent, depth):
        level = children.get(parent, [])
        for index, row in enumerate(level):
            result.append({"row": row, "depth": depth, "first": index == 0, "last": index == len(level) - 1})
            walk(row.pk, min(depth + 1, 6))

    walk(None, 0)
    return result


class DepartmentTreeView(ScopedMixin, TemplateView):
    """The whole city as a tree. Moving needs no mouse: every row has its buttons."""

    queryset = Department.objects.select_related("parent").annotate(people=people())
    action = "administer"
    title = "Fachbereiche und Träger"
    template_name = "administration/tree.html"
    crumbs = (CRUMB,)

    @classmethod
    def policy_rows(cls):
        return False

    def get_context_data(self, **kwargs):
        rows = list(self.get_queryset().order_by("position", "name"))
        closed = [row for row in rows if row.is_closed]
        return super().get_context_data(**kwargs) | {
            "branches": branches([row for row in rows if not row.is_closed]),
            "closed": closed,
            "may_change": self.may("admin.departments"),
            "moved": self.request.GET.get("bewegt", ""),
        }


class DepartmentListView(ScopedListView):
    queryset = Department.objects.select_related("parent").annotate(people=people())
    action = "change"
    title = "Fachbereiche und Träger als Liste"
    noun = "Fachbereiche und Träger"
    crumbs = (CRUMB, TREE)
    filterset_class = filters.DepartmentFilter
    table_class = tables.DepartmentTable
    page_size = 100


class DepartmentDetailView(ScopedDetailView):
    """One department and its people; its own administrators work here."""

    queryset = Department.objects.select_related("parent", "successor")
    action = "administer"
    template_name = "administration/department.html"
    crumbs = (CRUMB, TREE)

    def get_title(self):
        return self.object.full_name

    def get_actions(self):
        if self.object.closed_on:
            return []
        return [
            Action(
                "Person hinzufügen",
                url_name="administration:department_member_add",
                action="staff",
                primary=True,
                icon="plus",
            ),
            Action("Angaben ändern", url_name="administration:department_edit"),
            Action("Verschieben", url_name="administration:department_move"),
            Action("Zusammenlegen oder auflösen", url_name="administration:department_close"),
        ]

    def get_context_data(self, **kwargs):
        rows = Membership.objects.filter(department=self.object).select_related("user", "role", "deputy_for")
        current = rows.current().order_by("user__last_name", "user__first_name")
        editable = set(
            rows.restrict(self.request.user, "change")
            .exclude(user_id=self.request.user.pk)
            .values_list("pk", flat=True)
        )
        return super().get_context_data(**kwargs) | {
            "members": current,
            "editable": editable,
            "coming": lifecycle.members_to_end(self.object).exclude(pk__in=current.order_by().values("pk")),
            "children": self.object.children.active(),
            "predecessors": self.object.predecessors.all(),
            "may_staff": self.can("staff", self.object),
        }


class DepartmentCreateView(ScopedCreateView):
    queryset = Department.objects.all()
    form_class = forms.DepartmentForm
    title = "Fachbereich oder Träger anlegen"
    submit_label = "Fachbereich anlegen"
    crumbs = (CRUMB, TREE)
    prefill = ("parent",)


class DepartmentUpdateView(ScopedUpdateView):
    queryset = Department.objects.all()
    form_class = forms.DepartmentForm
    submit_label = "Änderung speichern"
    crumbs = (CRUMB, TREE)


class DepartmentStepView(ScopedMixin, View):
    """One place up or down, at once; back to the same row of the tree."""

    queryset = Department.objects.all()
    action = "change"
    offset = 0

    def post(self, request, *args, **kwargs):
        department = self.get_object()
        words = "nach oben" if self.offset < 0 else "nach unten"
        if lifecycle.step(department, self.offset, reason=f"{words} verschoben"):
            messages.success(request, f"„{department}“ ist {words} gerückt.")
        else:
            messages.info(request, f"„{department}“ steht schon am Rand der Reihe.")
        return HttpResponseRedirect(
            f"{reverse('administration:department_list')}?bewegt={department.pk}#stelle-{department.pk}"
        )


class DepartmentUpView(DepartmentStepView):
    offset = -1


class DepartmentDownView(DepartmentStepView):
    offset = 1


class DepartmentMoveView(ActionView):
    queryset = Department.objects.all()
    form_class = forms.MoveForm
    submit_label = "Stelle verschieben"
    crumbs = (CRUMB, TREE)

    def get_title(self):
        return f"{self.object} verschieben"

    def get_initial(self):
        return {"parent": self.object.parent_id}

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"department": self.object}

    def perform(self, obj, form):
        lifecycle.move_under(obj, form.cleaned_data["parent"], reason=form.cleaned_data["reason"])
        return f"{reverse('administration:department_list')}?bewegt={obj.pk}#stelle-{obj.pk}"


class DepartmentCloseView(ActionView):
    """Merge into another, or close for good: first the preview (GET with `nachfolge`), then the step."""

    queryset = Department.objects.select_related("parent")
    form_class = forms.CloseForm
    template_name = "administration/department_close.html"
    success_message = "Die Stelle ist aufgelöst. Ihr Verlauf bleibt erhalten."
    danger = True
    crumbs = (CRUMB, TREE)

    def prepare(self):
        super().prepare()
        asked = self.request.POST.get("successor") or self.request.GET.get("nachfolge")
        self.chosen = forms.SuccessorForm(
            {"nachfolge": asked or ""}, user=self.request.user, department=self.object
        )
        self.successor = self.chosen.cleaned_data["nachfolge"] if self.chosen.is_valid() else None

    def get_title(self):
        return f"{self.object} zusammenlegen oder auflösen"

    @property
    def submit_label(self):
        return f"Mit {self.successor} zusammenlegen" if self.successor else "Stelle auflösen"

    def get_initial(self):
        return {"successor": self.successor}

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"department": self.object}

    def get_context_data(self, **kwargs):
        members = list(lifecycle.members_to_end(self.object))
        problems = lifecycle.problems_of_closing(self.object, self.successor)
        if any(row.user_id == self.request.user.pk for row in members):
            problems.append("Sie gehören selbst dazu. Bitte lassen Sie das eine andere Person tun.")
        work = handover.departments.preview(self.object, self.successor)
        return super().get_context_data(**kwargs) | {
            "choice": self.chosen,
            "successor": self.successor,
            "asked": self.request.method == "POST" or "nachfolge" in self.request.GET,
            "problems": problems,
            "work": work,
            "possible": not problems and not any(item.problem for item in work),
            "records": handover.records_of(self.object),
            "members": members,
            "children": self.object.children.active(),
        }

    def perform(self, obj, form):
        lifecycle.close(
            obj,
            by=self.request.user,
            successor=form.cleaned_data["successor"],
            move_people=form.cleaned_data.get("move_people", False),
            reason=form.cleaned_data["reason"],
        )


class DepartmentMemberAddView(ScopedCreateView):
    """Somebody with an account joins this department. New people come through „Konto anlegen“."""

    queryset = Membership.objects.all()
    form_class = forms.MemberForm
    title = "Person hinzufügen"
    submit_label = "Zugehörigkeit speichern"
    parent_queryset = Department.objects.active()
    parent_action = "staff"
    parent_field = "department"
    success_message = "Die Zugehörigkeit gilt ab dem gewählten Tag."

    def get_success_url(self):
        return self.parent.get_absolute_url()


class DeputyView(ActionView):
    """Somebody stands in for a member, in the same role, until a day."""

    queryset = Membership.objects.select_related("user", "department", "role")
    form_class = forms.DeputyForm
    submit_label = "Vertretung einrichten"
    success_message = "Die Vertretung gilt für den gewählten Zeitraum."

    def get_title(self):
        return f"Vertretung für {self.object.user}"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"membership": self.object}

    def perform(self, obj, form):
        form.save()
        return obj.department.get_absolute_url()
