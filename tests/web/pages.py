"""A small application over departments and memberships: the URL configuration of these tests."""

from django import forms
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import include, path, reverse

from soe.departments.models import Department, Membership
from soe.web.filters import FilterSet, WordsFilter
from soe.web.forms import Form, FreeText, ModelForm, ReasonForm, TypeAheadField
from soe.web.tables import Column, DateColumn, NumberColumn, Table, TitleColumn
from soe.web.views import (
    Action,
    ActionView,
    PageView,
    ScopedCreateView,
    ScopedDetailView,
    ScopedListView,
    ScopedUpdateView,
    SuggestView,
)


class DepartmentFilter(FilterSet):
    code = WordsFilter(fields=["code"], label="Kürzel")

    class Meta(FilterSet.Meta):
        model = Department
        fields = ["kind", "parent"]


class DepartmentTable(Table):
    name = TitleColumn(sub="number")
    kind = Column()
    competences = Column(permission="admin.departments", orderable=False)
    position = NumberColumn()
    opened_on = DateColumn()

    class Meta(Table.Meta):
        model = Department
        fields = ("name", "kind", "competences", "position", "opened_on")

    caption = "Fachbereiche"


class DepartmentList(ScopedListView):
    queryset = Department.objects.select_related("parent")
    filterset_class = DepartmentFilter
    table_class = DepartmentTable
    title = "Stellen"
    head_actions = (Action("Stelle anlegen", "t:add", action="add", primary=True),)


class DepartmentForm(ModelForm):
    competences = FreeText(label="Zuständigkeiten", required=False)
    reason = forms.CharField(label="Grund", required=False)

    class Meta:
        model = Department
        fields = ["name", "short_name", "kind", "parent", "opened_on", "competences"]
        fieldsets = [("Name", [("name", "short_name")]), ("Einordnung", ["kind", "parent", "opened_on"])]


class NewDepartmentForm(DepartmentForm):
    class Meta(DepartmentForm.Meta):
        fields = ["code", *DepartmentForm.Meta.fields]


class ToDetail:
    def get_success_url(self):
        return reverse("t:detail", args=[self.object.pk])


class DepartmentDetail(ScopedDetailView):
    queryset = Department.objects.all()
    actions = (Action("Ändern", "t:change", primary=True),)


class DepartmentCreate(ToDetail, ScopedCreateView):
    queryset = Department.objects.all()
    form_class = NewDepartmentForm
    title = "Stelle anlegen"


class DepartmentAnnounce(DepartmentCreate):
    """Tells somebody by mail, once it is certain."""

    def after_save(self, form):
        super().after_save(form)
        text = f"{self.object} ist angelegt."
        transaction.on_commit(lambda: mail.send_mail("Neu", text, None, ["leitung@example.org"]))


class DepartmentUpdate(ToDetail, ScopedUpdateView):
    queryset = Department.objects.all()
    form_class = DepartmentForm


class MembershipForm(ModelForm):
    class Meta:
        model = Membership
        fields = ["department", "role", "valid_from", "valid_until"]


class MembershipUpdate(ScopedUpdateView):
    queryset = Membership.objects.all()
    form_class = MembershipForm
    success_url = "/t/"


class MembershipEnd(ActionView):
    queryset = Membership.objects.all()
    form_class = ReasonForm
    title = "Zugehörigkeit beenden"
    submit_label = "Beenden"
    success_url = "/t/"

    def perform(self, obj, form):
        obj.end(reason=form.cleaned_data["reason"])
        if form.cleaned_data["reason"] == "nein":
            raise ValidationError("Das geht heute nicht.")


class PickForm(Form):
    department = TypeAheadField(
        Department.objects.all(),
        find=lambda rows, text: rows.filter(name__icontains=text),
        url_name="t:suggest",
        label="Fachbereich",
        label_from=lambda row: row.name,
    )


class DepartmentSuggest(SuggestView):
    queryset = Department.objects.all()

    def find(self, rows, query):
        return rows.filter(name__icontains=query).order_by("name")

    def text(self, obj):
        return f"{obj.name} ({obj.short_name})"


class PickPage(PageView):
    title = "Wählen"
    template_name = "web/form.html"

    def get_context_data(self, **kwargs):
        form = PickForm(user=self.request.user)
        return super().get_context_data(**kwargs) | {"form": form, "submit_label": "Wählen"}


class SystemPage(PageView):
    permission = "system.manage"
    title = "System"
    template_name = "layout.html"


t = (
    [
        path("", DepartmentList.as_view(), name="list"),
        path("neu/", DepartmentCreate.as_view(), name="add"),
        path("ansagen/", DepartmentAnnounce.as_view(), name="announce"),
        path("vorschlag/", DepartmentSuggest.as_view(), name="suggest"),
        path("waehlen/", PickPage.as_view(), name="pick"),
        path("system/", SystemPage.as_view(), name="system"),
        path("<uuid:pk>/", DepartmentDetail.as_view(), name="detail"),
        path("<uuid:pk>/aendern/", DepartmentUpdate.as_view(), name="change"),
        path("mitglied/<uuid:pk>/", MembershipUpdate.as_view(), name="membership"),
        path("mitglied/<uuid:pk>/ende/", MembershipEnd.as_view(), name="end"),
    ],
    "t",
)
handler403 = "soe.web.errors.permission_denied"
handler404 = "soe.web.errors.page_not_found"
urlpatterns = [
    path("t/", include(t)),
    *(
        path("", include(part))
        for part in ("soe.web.login.urls", "soe.web.about", "soe.web.urls", "soe.administration.urls")
    ),
]
