from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from soe.web.forms import Form

from .building import beginning
from .models import DistrictReport


class NewDistrictReportForm(Form):
    """The day of the report. It always begins where the last one ended."""

    day = forms.DateField(label="Stichtag", help_text="Bestand am Abend dieses Tages.")
    reason = forms.CharField(
        label="Grund der Berichtigung",
        max_length=300,
        required=False,
        help_text="Nur wenn es für diesen Tag schon einen Bericht gibt.",
    )

    def __init__(self, *args, **kwargs):
        kwargs.pop("instance", None)
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = timezone.localdate()

    def clean(self):
        data = super().clean()
        day = data.get("day")
        if not day:
            return data
        if day > timezone.localdate():
            self.add_error("day", "Der Stichtag kann nicht in der Zukunft liegen.")
            return data
        last = DistrictReport.objects.order_by("-as_of").first()
        if last and day < last.as_of:
            self.add_error(
                "day", f"Der letzte Bericht ist vom {last.as_of:%d.%m.%Y}; ein früherer geht nicht mehr."
            )
            return data
        if beginning(day)[1] > 1 and not data.get("reason", "").strip():
            self.add_error(
                "reason",
                ValidationError("Für diesen Tag gibt es schon einen Bericht. Bitte nennen Sie den Grund."),
            )
        return data
