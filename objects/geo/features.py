"""What the register says of a place: the attributes of each kind of feature, in one text for all map outputs.

Coordinates: WGS84 (longitude, latitude; degrees) as stored, EPSG:25832 (easting, northing; metres) as delivered by
the state's address list. Rows come from `restrict()`; a feature never holds more than the list of that record does.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from soe.departments.models import Visibility

from ..complaints.models import Complaint
from ..proceedings.models import Proceeding
from ..register.models import Property
from ..register.models.scales import Level, Room, Stage

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
UTM32 = "http://www.opengis.net/def/crs/EPSG/0/25832"


@dataclass(frozen=True)
class Attribute:
    """One attribute: its name outside, what it holds, the column it is read from, and how a value is said."""

    name: str
    label: str
    path: str
    kind: str = "string"  # JSON schema: string, integer, date, date-time
    say: Callable | None = None

    def value(self, raw):
        if raw is None or raw == "":
            return None
        if self.say is not None:
            return self.say(raw)
        return raw.isoformat() if hasattr(raw, "isoformat") else raw


@dataclass(frozen=True)
class Layer:
    """A kind of feature. `place`: path prefix to longitude, latitude, easting, northing; `when`: its date."""

    slug: str
    title: str
    text: str
    model: type
    attributes: tuple[Attribute, ...]
    place: str = ""
    when: str = ""
    url_name: str = ""
    filters: dict[str, Callable] = field(default_factory=dict)  # parameter → (rows, value) → rows

    @property
    def lonlat(self):
        return f"{self.place}longitude", f"{self.place}latitude"

    @property
    def metres(self):
        return f"{self.place}easting", f"{self.place}northing"

    def rows(self, user):
        """What `user` may see, in a fixed order that pages can go on from."""
        return self.model.objects.restrict(user, "view").order_by("pk")

    def within(self, rows, box, crs=CRS84):
        """Rows inside (west, south, east, north), in the axis order of `crs`: x first in both."""
        x, y = self.metres if crs == UTM32 else self.lonlat
        west, south, east, north = box
        return rows.filter(
            Q(**{f"{x}__gte": west, f"{x}__lte": east, f"{y}__gte": south, f"{y}__lte": north})
        )

    def features(self, rows, *, crs=CRS84, link=None, chunk=2000) -> Iterator[dict]:
        """GeoJSON features of `rows`, one query per `chunk` rows. `link(pk)`: address of the record's page."""
        x, y = self.metres if crs == UTM32 else self.lonlat
        columns = ("pk", x, y, *(attribute.path for attribute in self.attributes))
        for pk, east, north, *values in rows.values_list(*columns).iterator(chunk_size=chunk):
            properties = {
                attribute.name: attribute.value(raw)
                for attribute, raw in zip(self.attributes, values, strict=True)
            }
            if link is not None:
                properties["adresse_im_system"] = link(pk)
            yield {
                "type": "Feature",
                "id": str(pk),
                "geometry": point(east, north),
                "properties": properties,
            }


def point(x, y):
    return None if x is None or y is None else {"type": "Point", "coordinates": [round(x, 7), round(y, 7)]}


def _label(choices):
    known = dict(choices)
    return lambda raw: known.get(raw, str(raw))


def _standing(rows, value):
    today = Q(retired_on=None)
    return {"kataster": rows.filter(today), "abgeschlossen": rows.exclude(today)}.get(value, rows)


def _late(rows, value):
    return rows.filter(summary__next_on__lt=timezone.localdate()) if value == "ja" else rows


def _open(rows, value):
    return rows.filter(closed_on=None) if value == "ja" else rows


def _by(path):
    return lambda rows, value: rows.filter(**{path: value})


PROPERTIES = Layer(
    "objekte",
    "Objekte im Kataster",
    "Problemimmobilien mit Ampel, Stufe des Ziels und nächstem Schritt",
    Property,
    (
        Attribute("nummer", "Objektnummer", "number"),
        Attribute("anschrift", "Anschrift", "title"),
        Attribute("stadtbezirk", "Stadtbezirk", "district"),
        Attribute("federfuehrung", "Federführung", "lead_department__short_name"),
        Attribute("gebaeudeart", "Gebäudeart", "building_type", say=_label(Property.BuildingType.choices)),
        Attribute("nutzung", "Nutzung", "occupancy_state", say=_label(Property.Occupancy.choices)),
        Attribute("wohneinheiten", "Wohneinheiten", "dwellings_count", "integer"),
        Attribute("druck", "Ampel: Druck", "summary__pressure", say=_label(Level.choices)),
        Attribute("spielraum", "Ampel: Spielraum", "summary__room", say=_label(Room.choices)),
        Attribute("bewertet_am", "Ampel vom", "summary__assessed_on", "date"),
        Attribute("punkte", "Dringlichkeit (0 bis 100 Punkte)", "summary__score", "integer"),
        Attribute("stufe", "Stufe des Ziels (1 bis 6)", "summary__stage", "integer"),
        Attribute("stufe_text", "Stufe in Worten", "summary__stage", say=_label(Stage.choices)),
        Attribute("ziel", "Strategisches Ziel", "summary__aim"),
        Attribute("naechster_schritt", "Nächster Schritt", "summary__next_title"),
        Attribute("faellig_am", "Fällig am", "summary__next_on", "date"),
        Attribute("im_kataster_seit", "Im Kataster seit", "registered_on", "date"),
        Attribute("abgeschlossen_am", "Abgeschlossen am", "retired_on", "date"),
    ),
    when="registered_on",
    url_name="objects:property",
    filters={"stadtbezirk": _by("district"), "stand": _standing, "ueberfaellig": _late},
)

COMPLAINTS = Layer(
    "beschwerden",
    "Beschwerden",
    "Beschwerden mit amtlicher Anschrift, ohne Text und ohne die Person, die meldet",
    Complaint,
    (
        Attribute("nummer", "Nummer", "number"),
        Attribute("eingang", "Eingegangen am", "received_at", "date-time"),
        Attribute("weg", "Weg", "channel", say=_label(Complaint.Channel.choices)),
        Attribute("zustaendig", "Zuständig", "department__short_name"),
        Attribute("stand", "Stand", "state", say=_label(Complaint.State.choices)),
        Attribute("ergebnis", "Ergebnis", "outcome", say=_label(Complaint.Outcome.choices)),
        Attribute("antwort_bis", "Antwort bis", "answer_due", "date"),
        Attribute("abgeschlossen_am", "Abgeschlossen am", "closed_on", "date"),
        Attribute("stadtbezirk", "Stadtbezirk", "address__district"),
    ),
    place="address__",
    when="received_at",
    url_name="objects:complaint_detail",
    filters={"stadtbezirk": _by("address__district"), "offen": _open},
)

PROCEEDINGS = Layer(
    "verfahren",
    "Verfahren",
    "Verfahren an Objekten, soweit dieser Zugang sie lesen darf",
    Proceeding,
    (
        Attribute("aktenzeichen", "Aktenzeichen", "file_number"),
        Attribute("gegenstand", "Gegenstand", "subject"),
        Attribute("fuehrt", "Führt", "department__short_name"),
        Attribute("objekt", "Objektnummer", "property__number"),
        Attribute("sichtbarkeit", "Sichtbarkeit", "visibility", say=_label(Visibility.choices)),
        Attribute("eroeffnet_am", "Eröffnet am", "opened_on", "date"),
        Attribute("abgeschlossen_am", "Abgeschlossen am", "closed_on", "date"),
        Attribute("ergebnis", "Ergebnis", "closing", say=_label(Proceeding.Closing.choices)),
    ),
    place="property__",
    when="opened_on",
    url_name="objects:proceeding_detail",
    filters={"offen": _open},
)

LAYERS = {layer.slug: layer for layer in (PROPERTIES, COMPLAINTS, PROCEEDINGS)}
