import django_filters as filters

from soe.audit.checks import our_models
from soe.audit.models import ReadLog
from soe.departments.models import Department, Role
from soe.web.filters import FilterSet

from .models import Account, ReadLogEntry, SignIn


class DepartmentFilter(FilterSet):
    name = filters.CharFilter(label="Name", lookup_expr="icontains")
    kind = filters.ChoiceFilter(label="Art", choices=Department.Kind)

    class Meta(FilterSet.Meta):
        model = Department
        fields = ["name", "kind"]


class AccountFilter(FilterSet):
    name = filters.CharFilter(label="Name, Anmeldename", method="by_name")
    department = filters.ModelChoiceFilter(
        label="arbeitet bei", queryset=Department.objects.all(), method="by_department"
    )
    role = filters.ModelChoiceFilter(label="Rolle", queryset=Role.objects.all(), method="by_role")
    is_active = filters.ChoiceFilter(
        label="Stand", choices=[("true", "aktiv"), ("false", "stillgelegt")], method="by_state"
    )

    class Meta(FilterSet.Meta):
        model = Account
        fields = ["name", "department", "role", "is_active"]

    def by_name(self, rows, name, value):
        from django.db.models import Q

        for word in value.split()[:4]:
            rows = rows.filter(
                Q(last_name__icontains=word) | Q(first_name__icontains=word) | Q(username__icontains=word)
            )
        return rows

    def by_department(self, rows, name, value):
        from soe.departments.models import Membership

        return rows.filter(pk__in=Membership.objects.current().filter(department=value).values("user_id"))

    def by_role(self, rows, name, value):
        from soe.departments.models import Membership

        return rows.filter(pk__in=Membership.objects.current().filter(role=value).values("user_id"))

    def by_state(self, rows, name, value):
        return rows.filter(is_active=value == "true")


def social_kinds():
    """Kinds of records whose reads are logged."""
    found = [
        (model._meta.label_lower, str(model._meta.verbose_name))
        for model in our_models()
        if getattr(model, "social_data", False)
    ]
    return sorted(found, key=lambda pair: pair[1].casefold())


class ReadLogFilter(FilterSet):
    user_name = filters.CharFilter(label="wer", lookup_expr="icontains")
    kind = filters.ChoiceFilter(label="was", choices=ReadLog.Kind)
    role = filters.CharFilter(label="Rolle oder Fachbereich", lookup_expr="icontains")
    model = filters.ChoiceFilter(label="Datenart", choices=social_kinds)
    object_number = filters.CharFilter(label="Aktenzeichen")
    object_id = filters.UUIDFilter(label="Kennung des Datensatzes")
    user_id = filters.UUIDFilter(label="Kennung des Kontos")
    since = filters.DateFilter(label="von", field_name="at", lookup_expr="date__gte")
    until = filters.DateFilter(label="bis", field_name="at", lookup_expr="date__lte")

    class Meta(FilterSet.Meta):
        model = ReadLogEntry
        fields = [
            "user_name",
            "role",
            "kind",
            "model",
            "object_number",
            "object_id",
            "user_id",
            "since",
            "until",
        ]


class SignInFilter(FilterSet):
    user_name = filters.CharFilter(label="Anmeldename", lookup_expr="icontains")
    kind = filters.ChoiceFilter(label="Ereignis", choices=SignIn.Kind)
    since = filters.DateFilter(label="von", field_name="at", lookup_expr="date__gte")

    class Meta(FilterSet.Meta):
        model = SignIn
        fields = ["user_name", "kind", "since"]
