"""What the forms of the register share: the department one acts for, days that lie in the past."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from soe.departments.models import Department, Membership
from soe.departments.scope import departments_granting
from soe.web.forms import Form, ReasonForm


def departments_that_act():
    """Departments in which somebody may act on properties today: the others could not even answer."""
    members = Membership.objects.current().filter(role__grants__permission="register.change")
    return Department.objects.active().filter(pk__in=members.order_by().values("department"))


class OnField(forms.DateField):
    """The day something happened: today unless somebody says otherwise, never in the future."""

    def __init__(self, **kwargs):
        kwargs.setdefault("initial", timezone.localdate)
        super().__init__(**kwargs)

    def validate(self, value):
        super().validate(value)
        if value and value > timezone.localdate():
            raise ValidationError(
                "Der Tag liegt in der Zukunft. Bitte geben Sie heute oder einen früheren Tag an."
            )


class ForDepartment:
    """A form somebody fills in for one of her departments; asked only when there is a choice.

    `department_permission`: what the membership must grant. `prefer(house)`: departments that act there come first.
    """

    department_permission = "register.change"
    department_label = "Für welchen Fachbereich?"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rows = departments_granting(self.user, self.department_permission)
        self.own = list(Department.objects.filter(pk__in=rows))
        if len(self.own) > 1:
            field = forms.ModelChoiceField(
                Department.objects.filter(pk__in=[row.pk for row in self.own]),
                label=self.department_label,
                initial=self.own[0],
            )
            self.fields = {"department": field, **self.fields}
            self._dress("department", field)

    def clean(self):
        data = super().clean()
        data = self.cleaned_data if data is None else data
        if "department" not in self.fields:
            if not self.own:
                raise ValidationError("Sie arbeiten zurzeit für keinen Fachbereich, der das darf.")
            data["department"] = self.own[0]
        return data


class ReasonOnForm(ReasonForm):
    """Why, and since when."""

    on = OnField(label="Seit wann?")


class OnForm(Form):
    on = OnField(label="Wann?")
