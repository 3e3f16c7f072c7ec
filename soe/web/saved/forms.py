from django import forms

from ..forms import ModelForm
from .models import SavedView

Sharing = SavedView.Sharing


class SavedViewForm(ModelForm):
    """Name and readers. With everybody only who may; with a department only one's own."""

    class Meta:
        model = SavedView
        fields = ["name", "sharing", "department"]
        help_texts = {
            "name": "Steht als Reiter über der Liste. Bitte keine Namen von Personen.",
            "sharing": "Geteilt werden nur Filter und Spalten. Jede Person sieht darin, was sie sehen darf.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        own = self.user.departments
        self.fields["department"].queryset = own
        self.fields["department"].required = False
        offered = [Sharing.PRIVATE]
        if own.exists():
            offered.append(Sharing.DEPARTMENT)
        if self.user.may("list.share") or self.instance.sharing == Sharing.ALL:
            offered.append(Sharing.ALL)
        self.fields["sharing"].widget.choices = self.fields["sharing"].choices = [
            (choice.value, choice.label) for choice in offered
        ]
        if own.count() == 1:
            self.initial.setdefault("department", own.first().pk)

    def clean(self):
        data = super().clean()
        if data.get("sharing") != Sharing.DEPARTMENT:
            data["department"] = None
        elif not data.get("department") and "department" not in self.errors:
            self.add_error("department", "Bitte wählen Sie den Fachbereich, der die Ansicht sehen soll.")
        return data

    def clean_name(self):
        name = self.cleaned_data["name"].strip()
        rows = SavedView.objects.filter(owner=self.instance.owner, route=self.instance.route, name=name)
        if rows.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("Sie haben für diese Liste schon eine Ansicht mit diesem Namen.")
        return name
