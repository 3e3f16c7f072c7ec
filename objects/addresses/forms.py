from soe.web.forms import TypeAheadField

from .models import Address
from .selectors import suggest


class AddressField(TypeAheadField):
    """An official address, found by any spelling: "Mont Cenis Str 12a", "montcenisstr. 12"."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", "Anschrift")
        kwargs.setdefault("help_text", "Anfang der Straße und Hausnummer reichen, zum Beispiel „lamp 14“.")
        super().__init__(
            Address.objects.select_related("street"),
            find=lambda rows, text: suggest(text, rows=rows, limit=9),
            url_name="objects:address_suggest",
            label_from=lambda address: address.full,
            **kwargs,
        )
