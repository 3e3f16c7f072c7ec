"""Departments, carriers and outside authorities."""

from soe.departments.models import Department, Membership
from soe.web.views import Action, ScopedCreateView, ScopedDetailView, ScopedListView, ScopedUpdateView

from .. import filters, forms, tables
from .counts import people
from .overview import CRUMB


class DepartmentListView(ScopedListView):
    queryset = Department.objects.select_related("parent").annotate(people=people())
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
