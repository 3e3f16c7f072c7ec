from django import forms
from django.conf import settings

from ..forms import Form
from . import mapping as columns_of
from . import reading
from .models import Import


class UploadForm(Form):
    file = forms.FileField(
        label="Datei",
        help_text="CSV, Excel (.xlsx) oder LibreOffice (.ods).",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.ods"}),
        error_messages={
            "required": "Bitte wählen Sie eine Datei aus.",
            "empty": "Die Datei ist leer. Bitte wählen Sie eine andere.",
        },
    )

    known = forms.ChoiceField(
        label="Was geschieht mit Zeilen, die es schon gibt?",
        choices=Import.Known.choices,
        initial=Import.Known.UPDATE,
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, spec, **kwargs):
        super().__init__(*args, **kwargs)
        if not spec.keyed:
            del self.fields["known"]

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > settings.SOE_MAX_UPLOAD_MB * 1024 * 1024:
            raise forms.ValidationError(
                f"Die Datei ist größer als {settings.SOE_MAX_UPLOAD_MB} MB. Bitte teilen Sie sie auf."
            )
        return file


def help_of(column):
    parts = (column.help.rstrip("."), f"Beispiel: {column.example}" if column.example else "")
    return ". ".join(part for part in parts if part)


class MappingForm(Form):
    """One choice per column of the import: which column of the file it is."""

    def __init__(self, *args, record, columns, **kwargs):
        self.columns = columns
        super().__init__(*args, **kwargs)
        offered = [
            ("", "nicht in der Datei"),
            *[
                (str(p), name)
                for p, name in enumerate(record.header)
                if name not in (reading.REASON, reading.LINE)
            ],
        ]
        for column in columns:
            field = forms.ChoiceField(
                label=column.label,
                choices=offered,
                required=column.required,
                initial=str(record.mapping.get(column.name, "")),
                help_text=help_of(column),
                error_messages={
                    "required": f"Bitte wählen Sie aus, in welcher Spalte „{column.label}“ steht."
                },
            )
            field.widget.attrs["class"] = "soe-input"
            self.fields[column.name] = field

    def clean(self):
        data, seen = super().clean(), {}
        for column in self.columns:
            place = data.get(column.name)
            if place in seen and place not in ("", None):
                self.add_error(column.name, f"Diese Spalte der Datei ist schon „{seen[place]}“ zugeordnet.")
            seen.setdefault(place, column.label)
        return data

    @property
    def mapping(self):
        return {name: int(place) for name, place in self.cleaned_data.items() if place not in ("", None)}

    def missing(self):
        return columns_of.missing(self.columns, self.mapping)


class TakeForm(Form):
    mode = forms.ChoiceField(
        label="Was soll übernommen werden?",
        choices=[
            (Import.Mode.GOOD, "die guten Zeilen"),
            (Import.Mode.ALL, "alles oder nichts"),
        ],
        widget=forms.RadioSelect,
        help_text="„Alles oder nichts“ übernimmt nur, wenn keine einzige Zeile abgewiesen wird.",
    )

    def __init__(self, *args, record, **kwargs):
        self.record = record
        super().__init__(*args, **kwargs)

    def clean_mode(self):
        mode = self.cleaned_data["mode"]
        if mode == Import.Mode.ALL and self.record.rejected:
            raise forms.ValidationError(
                "Es sind Zeilen abgewiesen. Bitte laden Sie diese herunter, verbessern Sie sie und laden Sie die "
                "Datei neu hoch, oder übernehmen Sie nur die guten Zeilen."
            )
        return mode
