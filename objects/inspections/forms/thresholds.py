"""The living space the law asks for."""

from soe.web.forms import ModelForm

from ..models import OccupancyThreshold


class ThresholdForm(ModelForm):
    class Meta:
        model = OccupancyThreshold
        localized_fields = "__all__"
        fields = [
            "law", "valid_from", "valid_until", "checked_on", "per_person", "per_child", "child_below", "room_shared",
            "room_alone", "one_room",
        ]  # fmt: skip
        fieldsets = [
            ("Vorschrift", ["law", ("valid_from", "valid_until"), "checked_on"]),
            ("Wohnung", ["per_person", ("per_child", "child_below"), "one_room"]),
            ("Einzelner Raum", [("room_shared", "room_alone")]),
        ]
