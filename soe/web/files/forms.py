"""Adding files and saying what they show."""

from django import forms
from django.utils import timezone

from soe.departments.models import Department, Visibility

from ..forms import Form, ModelForm, Pick
from .kinds import ACCEPT, ALLOWED
from .models import Attachment
from .uploading import max_bytes

MOST = 20


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files. What they hold is checked when they are kept; here only their number."""

    widget = FilesInput

    def clean(self, data, initial=None):
        given = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if self.required and not given:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(given) > MOST:
            raise forms.ValidationError(f"Bitte höchstens {MOST} Dateien auf einmal hochladen.", code="most")
        return given


class FilesInputMany(FilesInput):
    def value_from_datadict(self, data, files, name):
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name, [])


class AddFilesForm(Form):
    files = FilesField(
        label="Dateien auswählen",
        required=False,
        widget=FilesInputMany(attrs={"accept": ACCEPT, "data-files": ""}),
    )
    camera = FilesField(
        label="Foto aufnehmen",
        required=False,
        widget=FilesInputMany(attrs={"accept": "image/*", "capture": "environment", "data-files": ""}),
    )
    caption = forms.CharField(
        label="Beschriftung", max_length=200, required=False, help_text="zum Beispiel: Brandlast im Flur, EG"
    )
    on = forms.DateField(label="Stand vom", required=False)
    keep_place = forms.BooleanField(
        label="Aufnahmezeit und Ort aus den Fotos als Angabe übernehmen", required=False
    )
    visibility = forms.ChoiceField(label="Wer darf die Dateien sehen?", choices=Visibility, widget=Pick)
    department = forms.ModelChoiceField(Department.objects.all(), label="Fachbereich")

    class Meta:
        fieldsets = [
            ("Dateien", [("files", "camera"), "caption", "on", "keep_place"]),
            ("Wer sie sieht", ["visibility", "department"]),
        ]

    def __init__(self, *args, departments, social, visibility, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[
            "files"
        ].help_text = f"{ALLOWED}. Höchstens {MOST} Dateien, je bis {max_bytes() // 1024 // 1024} MB."
        self.fields[
            "camera"
        ].help_text = "Öffnet am Telefon und am Tablet die Kamera. Ohne Gesichter und ohne Ausweise."
        self.fields["on"].help_text = "Leer: heute."
        self.fields["keep_place"].help_text = "Sonst werden Ort, Zeit und Gerät aus den Fotos entfernt."
        self.initial.setdefault("visibility", visibility)
        if social:  # who may see the case or person as a whole sees its files
            del self.fields["visibility"]
        if len(departments) > 1:
            self.fields["department"].queryset = Department.objects.filter(
                pk__in=[row.pk for row in departments]
            )
            self.initial.setdefault("department", departments[0].pk)
        else:
            del self.fields["department"]

    def clean_on(self):
        return _not_tomorrow(self.cleaned_data["on"])

    def clean(self):
        data = super().clean()
        given = [*data.get("files", []), *data.get("camera", [])]
        if not given and not self.errors:
            self.add_error("files", "Bitte wählen Sie mindestens eine Datei aus.")
        if len(given) > MOST:
            self.add_error("files", f"Bitte höchstens {MOST} Dateien auf einmal hochladen.")
        data["given"] = given
        return data


class FileForm(ModelForm):
    class Meta:
        model = Attachment
        fields = ["caption", "alt", "on", "visibility"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.is_image:
            del self.fields["alt"]
        if self.instance.is_social:
            del self.fields["visibility"]

    def clean_on(self):
        return _not_tomorrow(self.cleaned_data["on"])


def _not_tomorrow(day):
    if day and day > timezone.localdate():
        raise forms.ValidationError("Der Stand kann nicht in der Zukunft liegen.")
    return day
