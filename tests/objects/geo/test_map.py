"""What the map of the list draws: the same rows as the list, few one by one, many counted by the database."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from objects.geo import cells
from objects.geo.districts import BadOutlines, draw_hulls, hull, read_outlines
from objects.models import DistrictOutline
from tests.factories.register import AddressFactory, PropertyFactory

MAP = "/objekte/karte/"


def _polygon(coordinates):
    geometry = f'{{"type": "Polygon", "coordinates": {coordinates}}}'
    return f'{{"features": [{{"properties": {{"name": "A"}}, "geometry": {geometry}}}]}}'


def house(number, district="Wanne", **place):
    spot = {
        "easting": 374000.0 + number * 40,
        "northing": 5712000.0,
        "longitude": 7.20 + number * 0.0006,
        "latitude": 51.54,
    }
    return PropertyFactory(address=AddressFactory(district=district, **(spot | place)))


def test_few_houses_are_sent_one_by_one_with_what_the_popup_says(as_member):
    client, _ = as_member("register.view")
    first = house(1)
    house(2, district="Sodingen")
    data = client.get(MAP, {"bezirk": "Wanne"}).json()
    assert data["clustered"] is False
    assert [point["number"] for point in data["points"]] == [first.number]
    assert data["points"][0]["light"] == "nicht bewertet"
    assert data["total"] == 1
    assert data["missing"] == 0


def test_many_become_counted_cells_and_no_house_is_lost(
    as_member, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(cells, "FEW", 3)
    client, _ = as_member("register.view")
    for number in range(6):
        house(number)
    house(9, easting=384000.0, longitude=7.34)
    client.get(MAP)
    with django_assert_max_num_queries(12):
        data = client.get(MAP, {"zoom": "12"}).json()
    assert data["clustered"] is True
    assert sum(cell["count"] for cell in data["cells"]) + len(data["points"]) == 7
    assert len(data["points"]) == 1
    near = client.get(MAP, {"zoom": "20"}).json()
    assert len(near["points"]) == 7
    inside = client.get(MAP, {"zoom": "20", "ausschnitt": "7.33,51.5,7.4,51.6"}).json()
    assert len(inside["points"]) == 1


@pytest.mark.parametrize(
    "query", ["zoom=²", "zoom=-4", "ausschnitt=1,2", "ausschnitt=nan,1,2,3", "ausschnitt=a"]
)
def test_a_broken_window_shows_the_whole_extent(as_member, monkeypatch, query):
    monkeypatch.setattr(cells, "FEW", 0)
    client, _ = as_member("register.view")
    house(1)
    data = client.get(f"{MAP}?{query}").json()
    assert len(data["points"]) == 1


def test_the_map_needs_the_right_of_the_list(as_member):
    client, _ = as_member("steering.view")
    assert client.get(MAP).status_code == 403
    assert client.get(reverse("objects:property_geojson")).status_code == 403
    assert client.get(reverse("objects:district_outlines")).status_code == 403


def test_hull_of_points():
    square = [(0, 0), (2, 0), (2, 2), (0, 2)]
    assert hull([*square, (1, 1), (1, 0)]) == square
    assert hull([(1, 1), (1, 1)]) == [(1, 1)]


@pytest.mark.django_db
class TestOutlines:
    def test_hulls_are_drawn_where_no_boundary_is_known(self, acting):
        for lon, lat in [(7.1, 51.5), (7.2, 51.5), (7.2, 51.6), (7.15, 51.55)]:
            AddressFactory(longitude=lon, latitude=lat, district="Eickel")
        assert draw_hulls() == 1
        assert draw_hulls() == 0
        assert len(DistrictOutline.objects.get().geometry["coordinates"][0]) == 4

    def test_a_file_of_the_city_replaces_them(self, tmp_path):
        square = [[[7.1, 51.5], [7.2, 51.5], [7.2, 51.6], [7.1, 51.5]]]
        feature = {
            "type": "Feature",
            "properties": {"name": "Wanne"},
            "geometry": {"type": "Polygon", "coordinates": square},
        }
        file = tmp_path / "bezirke.geojson"
        file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
        for _ in range(2):
            call_command("import_districts", str(file), stdout=StringIO())
        assert DistrictOutline.objects.get().geometry["coordinates"] == square
        with pytest.raises(CommandError, match="nicht lesen"):
            call_command("import_districts", str(tmp_path / "fehlt.json"))

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("{", "kein GeoJSON"),
            ("[]", "kein GeoJSON"),
            ('{"features": []}', "keinen Stadtbezirk"),
            ('{"features": [3]}', "ohne Angaben"),
            ('{"features": [{"properties": {}, "geometry": {}}]}', "ohne Namen"),
            ('{"features": [{"properties": {"name": "A"}, "geometry": {"type": "Point"}}]}', "Fläche"),
            (
                _polygon("[[[374000, 5712000]]]"),
                "nicht in Grad",
            ),
            (
                '{"features": [{"properties": {"name": "A"}, "geometry": {"type": "Polygon", "coordinates": "x"}}]}',
                "unvollständig",
            ),
        ],
    )
    def test_a_wrong_file_is_refused_whole_and_in_words(self, acting, text, reason):
        with pytest.raises(BadOutlines, match=reason):
            read_outlines(text, source="x")
        assert not DistrictOutline.objects.exists()
