"""Opening a property, its facts, addresses, parcels, dwellings, notes."""

from django import forms
from django.utils.html import format_html

from objects.addresses.forms import AddressField
from soe.departments.models import Department
from soe.departments.scope import departments_granting
from soe.web.forms import Form, FreeText, ModelForm, PickMany, TypeAheadField
from soe.web.quick import QuickCreate

from .. import parcel_keys
from ..models import Building, Dwelling, Note, Parcel, ProblemArea, Property
from ..selectors import districts, find_property_by_address, search_properties
from .base import ForDepartment, OnField, departments_that_act

NEW_PROPERTY = QuickCreate(Property, "objects:property_create", "Neues Objekt anlegen", dialog=False)


class PropertyField(TypeAheadField):
    """A property, found by address, number or owner."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", "Objekt")
        super().__init__(
            Property.objects.all(),
            find=lambda rows, text: search_properties(rows, text).order_by("serial")[:9],
            url_name="objects:property_suggest",
            placeholder="Anschrift oder Objektnummer",
            **kwargs,
        )


class PlaceForm(Form):
    """An official address, or a text where there is none."""

    address = AddressField(
        error_messages={"required": "Bitte wählen Sie eine Anschrift aus oder beschreiben Sie den Ort."}
    )
    text = forms.CharField(
        label="Ort ohne amtliche Anschrift",
        max_length=120,
        required=False,
        help_text="Nur wenn es keine Hausnummer gibt, zum Beispiel „Garagenhof hinter Kohlenweg 3“.",
    )
    district = forms.ChoiceField(
        label="Stadtbezirk", required=False, help_text="Steht sonst bei der amtlichen Anschrift."
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.is_bound and self.data.get(self.add_prefix("text"), "").strip():
            self.fields["address"].required = False
        field = self.fields["district"]
        field.choices = [("", "wie die Anschrift"), *((name, name) for name in districts())]

    def clean(self):
        data = super().clean()
        address, text = data.get("address"), (data.get("text") or "").strip()
        if "address" in self.errors:
            return data
        if address and text:
            self.add_error(
                "text", "Bitte entweder die amtliche Anschrift oder den Text angeben, nicht beides."
            )
        if text and not data.get("district"):
            self.add_error("district", "Bitte wählen Sie den Stadtbezirk.")
        if address and (known := find_property_by_address(address)):
            link = format_html('<a href="{}">{}</a>', known.get_absolute_url(), known.number)
            self.add_error("address", format_html("Diese Anschrift steht schon im Kataster: {}", link))
        return data


class PropertyOpenForm(PlaceForm):
    """A new property. `lead_department`: own departments; who steers may name any."""

    problem_areas = forms.MultipleChoiceField(
        label="Welche Problemlagen werden vermutet?",
        choices=ProblemArea.Kind.choices,
        widget=PickMany,
        required=False,
    )
    lead_department = forms.ModelChoiceField(Department.objects.all(), label="Federführung")
    registered_on = OnField(label="Im Kataster seit")
    building_type = forms.ChoiceField(
        label="Gebäudeart", choices=[("", ""), *Property.BuildingType.choices], required=False
    )
    occupancy_state = forms.ChoiceField(
        label="Nutzung", choices=Property.Occupancy.choices, initial=Property.Occupancy.UNKNOWN
    )
    former_use = forms.CharField(label="Frühere Nutzung", max_length=120, required=False)
    dwellings_count = forms.IntegerField(label="Wohneinheiten", min_value=0, max_value=2000, required=False)
    reason = FreeText(label="Anlass", required=False, rows=3, max_length=500)

    class Meta:
        fieldsets = [
            ("Wo?", ["address", ("text", "district")]),
            ("Was ist dort?", ["problem_areas", "reason"]),
            ("Wer handelt?", [("lead_department", "registered_on")]),
            ("Gebäude", [("building_type"), "occupancy_state", ("former_use", "dwellings_count")]),
        ]

    def __init__(self, *args, **kwargs):
        kwargs.pop("instance", None)
        super().__init__(*args, **kwargs)
        field = self.fields["lead_department"]
        own = Department.objects.filter(pk__in=departments_granting(self.user, "register.change"))
        if self.user.may("register.steer"):
            field.queryset = departments_that_act()
        else:
            field.queryset = own
        first = own.first()
        if first and not self.user.may("register.steer"):
            field.initial = first

    def facts(self):
        names = ("building_type", "occupancy_state", "former_use", "dwellings_count")
        return {name: self.cleaned_data[name] for name in names}


class PropertyForm(ModelForm):
    """The facts of a property. Addresses, states and goals have their own pages."""

    reason = forms.CharField(label="Grund der Änderung", max_length=500, required=False)

    class Meta:
        model = Property
        fields = ["building_type", "occupancy_state", "former_use", "dwellings_count", "ownership_form"]
        fieldsets = [
            ("Gebäude", ["building_type", "occupancy_state", ("former_use", "dwellings_count")]),
            ("Eigentum", ["ownership_form"]),
        ]


class AddressAddForm(PlaceForm):
    primary = forms.BooleanField(label="Hauptanschrift des Objekts", required=False)


class ParcelForm(Form):
    key = forms.CharField(
        label="Flurstückskennzeichen",
        max_length=40,
        help_text="20 Zeichen wie 05241701200318______ oder kurz 052417-12-318/4 (Gemarkung, Flur, Flurstück).",
    )
    area = forms.DecimalField(
        label="Fläche in m²", min_value=1, max_digits=10, decimal_places=2, required=False, localize=True
    )

    place_name = forms.CharField(
        label="Name der Gemarkung",
        max_length=60,
        required=False,
        help_text="Leer: der Name, der bei einem anderen Flurstück derselben Gemarkung steht.",
    )
    alkis_id = forms.CharField(
        label="ALKIS-Kennung",
        max_length=16,
        required=False,
        help_text="16 Zeichen, zum Beispiel DENW22AL800005He",
    )

    def clean_key(self):
        """Blanks, dashes and „12-318/4“ are read; missing parts at the end are filled."""
        key = parcel_keys.normalise(self.cleaned_data["key"])
        parcel_keys.validate(key)
        return key

    def build(self, house):
        names = ("key", "area", "place_name", "alkis_id")
        parcel = Parcel(property=house, **{name: self.cleaned_data[name] for name in names})
        parcel.full_clean(exclude=["property"])
        return parcel


class BuildingForm(ModelForm):
    class Meta:
        model = Building
        fields = [
            "name", "house", "building_type", "occupancy_state", "former_use", "year_built", "storeys",
            "monument", "monument_number",
        ]  # fmt: skip
        fieldsets = [
            ("Gebäude", [("name", "house"), ("building_type", "occupancy_state"), "former_use"]),
            ("Bau", [("year_built", "storeys")]),
            ("Denkmalschutz", [("monument", "monument_number")]),
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rows = self.instance.property.addresses.current().select_related("address__street")
        self.fields["house"].queryset = rows
        if len(rows) < 2:
            del self.fields["house"]


class DwellingForm(ModelForm):
    class Meta:
        model = Dwelling
        fields = ["location", "house", "building", "area", "rooms"]
        labels = {"house": "Hausnummer"}
        fieldsets = [("Wohneinheit", ["location", ("house", "building"), ("area", "rooms")])]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("area", "rooms"):
            self.fields[name].localize = self.fields[name].widget.is_localized = True
        rows = self.instance.property.addresses.current().select_related("address__street")
        self.fields["house"].queryset = rows
        if len(rows) < 2:
            del self.fields["house"]
        buildings = self.instance.property.buildings.current()
        self.fields["building"].queryset = buildings
        if not buildings:
            del self.fields["building"]


class NoteForm(ForDepartment, ModelForm):
    text = FreeText(label="Text", required=False, max_length=4000)

    class Meta:
        model = Note
        fields = ["subject", "text", "visibility"]
        fieldsets = [("Eintrag", ["department", "subject", "text", "visibility"])]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["visibility"].help_text = (
            "offen: alle im Kataster; beteiligt: Fachbereiche, die am Objekt handeln; intern: nur Ihr Fachbereich. "
            "Andere sehen bei „beteiligt“ und „intern“, dass es einen Eintrag gibt, nicht was darin steht."
        )
        if self.own and not self.initial.get("visibility"):
            self.initial["visibility"] = self.own[0].default_visibility
