"""Rules in their order, a trial run of them, and the kinds of complaints."""

from django import forms
from django.http import HttpResponseNotAllowed
from django.urls import reverse
from django.views.generic import TemplateView

from objects.addresses.forms import AddressField
from soe.departments.models import Department
from soe.departments.scope import departments_granting
from soe.web.forms import Form, ModelForm, PickMany
from soe.web.views import (
    Action,
    ActionView,
    KeptInList,
    ScopedCreateView,
    ScopedListView,
    ScopedMixin,
    ScopedUpdateView,
)

from ..models import ComplaintCategory, HintWindow, RoutingRule
from ..routing import explain, propose, reorder
from ..tables import CategoryTable, WindowTable


def crumbs():
    return [
        ("Beschwerden", reverse("objects:complaint_list")),
        ("Verteilregeln", reverse("objects:routing_list")),
    ]


class MoveView(ActionView):
    """One place up or down; who moves on an older order is shown the new one."""

    queryset = RoutingRule.objects.select_related("lead", "category")
    form_class = Form
    success_message = "Die Reihenfolge ist geändert."
    up = True

    def get(self, request, *args, **kwargs):
        return HttpResponseNotAllowed(["POST"])

    @classmethod
    def offered_methods(cls):
        return ("POST",)

    def perform(self, obj, form):
        reorder(obj, by=self.request.user, up=self.up)
        return reverse("objects:routing_list")


class RuleUpView(MoveView):
    title = submit_label = "Nach oben"


class RuleDownView(MoveView):
    title = submit_label = "Nach unten"
    up = False


class TrialForm(Form):
    categories = forms.ModelMultipleChoiceField(
        ComplaintCategory.objects.active(), label="Worum geht es?", required=False, widget=PickMany
    )
    address = AddressField(label="Wo?", required=False)


class RoutingTrialView(ScopedMixin, TemplateView):
    """„Was wäre wenn“: where a complaint would go, rule by rule. Reads only."""

    queryset = RoutingRule.objects.all()
    action = "change"
    template_name = "objects/complaints/trial.html"
    title = "Verteilung erproben"

    @classmethod
    def policy_rows(cls):
        return False

    def get_crumbs(self):
        return crumbs()

    def get_context_data(self, **kwargs):
        asked = "probe" in self.request.GET
        form = TrialForm(self.request.GET if asked else None, user=self.request.user)
        context = super().get_context_data(**kwargs) | {"form": form}
        if asked and form.is_valid():
            own = departments_granting(self.request.user, None)
            fallback = Department.objects.filter(pk__in=own).first()
            address = form.cleaned_data["address"]
            chosen = [row.pk for row in form.cleaned_data["categories"]]
            district = address.district if address else ""
            context["route"] = propose(chosen, district, fallback=fallback)
            context["steps"] = explain(chosen, district)
        return context


class CategoryForm(ModelForm):
    class Meta:
        model = ComplaintCategory
        fields = ["name", "position", "active"]

    def save(self, commit=True):
        from django.utils.text import slugify

        if not self.instance.code:
            stem = slugify(self.instance.name)[:32] or "art"
            taken = set(ComplaintCategory.objects.values_list("code", flat=True))
            numbers = (f"{stem}-{number}" for number in range(2, 100))
            self.instance.code = stem if stem not in taken else next(c for c in numbers if c not in taken)
        return super().save(commit)


class CategoryListView(ScopedListView):
    queryset = ComplaintCategory.objects.all()
    table_class = CategoryTable
    action = "change"
    title = "Arten der Beschwerde"
    lead = "Zwischen diesen Arten wird beim Aufnehmen gewählt. Abgeschaltete bleiben bei alten Beschwerden stehen."
    head_actions = (Action("Art anlegen", "objects:category_create", action="add", primary=True),)
    empty_title = "Noch keine Arten"
    get_crumbs = staticmethod(crumbs)


class CategoryForms(KeptInList):
    list_name = "objects:category_list"
    queryset = ComplaintCategory.objects.all()
    form_class = CategoryForm
    success_message = "Die Art ist gespeichert."
    get_crumbs = staticmethod(crumbs)


class CategoryCreateView(CategoryForms, ScopedCreateView):
    title = "Art anlegen"


class CategoryUpdateView(CategoryForms, ScopedUpdateView):
    title = "Art ändern"


class WindowForm(ModelForm):
    class Meta:
        model = HintWindow
        fields = ["kind", "days"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            del self.fields["kind"]


class WindowListView(ScopedListView):
    queryset = HintWindow.objects.all()
    table_class = WindowTable
    title = "Zeiträume für Hinweise"
    noun = "Zeiträume"
    lead = "Wie weit zurück beim Aufnehmen nach früheren Meldungen gesehen wird."
    head_actions = (Action("Zeitraum festlegen", "objects:window_create", action="add"),)
    empty_title = "Noch nichts festgelegt"
    empty_text = "Bis dahin gelten 60 Tage für dieselbe Sache und 365 Tage für frühere Meldungen."
    get_crumbs = staticmethod(crumbs)


class WindowForms(KeptInList):
    list_name = "objects:window_list"
    queryset = HintWindow.objects.all()
    form_class = WindowForm
    success_message = "Der Zeitraum ist gespeichert."

    def get_crumbs(self):
        return [*crumbs(), ("Zeiträume für Hinweise", reverse("objects:window_list"))]


class WindowCreateView(WindowForms, ScopedCreateView):
    title = "Zeitraum festlegen"


class WindowUpdateView(WindowForms, ScopedUpdateView):
    def get_title(self):
        return f"Zeitraum ändern: {self.object.get_kind_display()}"
