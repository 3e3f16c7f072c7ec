"""OGC API – Features: what the standard asks, and never more than the account may see. `ogrinfo` reads it."""

import json
import shutil
import subprocess
from datetime import UTC, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from objects.geo import features, ogc
from objects.models import Proceeding
from soe.audit.models import SecurityEvent
from soe.web.access.models import AccessKey
from tests.factories.complaints import ComplaintFactory
from tests.factories.core import DepartmentFactory, member
from tests.factories.proceedings import ProceedingFactory
from tests.factories.register import AddressFactory, PropertyFactory

ITEMS = "/ogc/collections/objekte/items"


def key_for(person):
    return AccessKey.issue(user=person, label="GIS", valid_until=timezone.localdate() + timedelta(days=9))[1]


def numbers(answer):
    return [row["properties"]["nummer"] for row in answer.json()["features"]]


@pytest.fixture
def clerk(as_member):
    return as_member("register.view", "complaint.view", "proceeding.view")


def test_the_way_from_the_landing_page_to_a_feature(clerk):
    client, _ = clerk
    house = PropertyFactory()
    landing = client.get("/ogc/").json()
    links = {link["rel"]: link["href"] for link in landing["links"]}
    assert (
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
        in client.get(links["conformance"]).json()["conformsTo"]
    )
    assert client.get(links["service-desc"]).json()["openapi"].startswith("3.")
    collections = client.get(links["data"]).json()["collections"]
    assert [row["id"] for row in collections] == ["objekte", "beschwerden", "verfahren"]
    items = next(link["href"] for link in collections[0]["links"] if link["rel"] == "items")
    answer = client.get(items)
    assert answer["Content-Type"] == "application/geo+json"
    assert answer["Cache-Control"] == "no-store"
    feature = answer.json()["features"][0]
    assert feature["properties"]["nummer"] == house.number
    assert feature["properties"]["punkte"] == house.summary.score
    assert feature["geometry"]["type"] == "Point"
    single = client.get(f"{items}/{house.pk}").json()
    assert single["properties"] == feature["properties"]
    assert SecurityEvent.objects.filter(kind="export", model="objects.property").exists()


def test_pages_follow_each_other_without_gap_or_double(clerk):
    client, _ = clerk
    expected = {PropertyFactory().number for _ in range(5)}
    seen, address = [], f"{ITEMS}?limit=2"
    while address:
        page = client.get(address).json()
        assert page["numberMatched"] == 5
        seen += [row["properties"]["nummer"] for row in page["features"]]
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert sorted(seen) == sorted(expected)


def test_cost_of_a_page_is_the_same_for_few_and_many(clerk, django_assert_max_num_queries):
    client, _ = clerk
    PropertyFactory.create_batch(4)
    client.get(ITEMS)
    with django_assert_max_num_queries(12):
        client.get(ITEMS)


def test_box_date_filter_and_reference_system(clerk):
    client, _ = clerk
    near = PropertyFactory(address=AddressFactory(longitude=7.2, latitude=51.54, district="Wanne"))
    far = PropertyFactory(
        address=AddressFactory(
            longitude=7.3, latitude=51.5, easting=381000.0, northing=5707900.0, district="Sodingen"
        )
    )
    assert numbers(client.get(ITEMS, {"bbox": "7.1,51.5,7.25,51.6"})) == [near.number]
    metres = {"bbox": "380000,5707000,382000,5709000", "bbox-crs": features.UTM32}
    answer = client.get(ITEMS, metres | {"crs": features.UTM32})
    assert numbers(answer) == [far.number]
    assert answer.json()["features"][0]["geometry"]["coordinates"] == [381000.0, 5707900.0]
    assert answer["Content-Crs"] == f"<{features.UTM32}>"
    assert numbers(client.get(ITEMS, {"stadtbezirk": "Sodingen"})) == [far.number]
    today = timezone.localdate()
    assert len(numbers(client.get(ITEMS, {"datetime": f"{today - timedelta(days=1)}/.."}))) in (0, 2)
    assert numbers(client.get(ITEMS, {"datetime": "../1990-01-01"})) == []


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=²",
        "limit=abc",
        "bbox=1,2,3",
        "bbox=nan,0,1,1",
        "bbox=9,51,7,52",
        "crs=EPSG:4326",
        "datetime=2026-02-31",
        "datetime=gestern",
        "datetime=2026-02-01/2026-01-01",
        "after=1",
        "geheim=1",
        "f=html",
    ],
)
def test_a_bad_parameter_is_answered_in_words(clerk, query):
    client, _ = clerk
    answer = client.get(f"{ITEMS}?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["title"]


def test_only_reading_and_only_what_there_is(clerk):
    client, _ = clerk
    assert client.post(ITEMS).status_code == 405
    assert client.get("/ogc/collections/personen/items").status_code == 404
    ghost = "00000000-0000-7000-8000-000000000000"
    assert client.get(f"{ITEMS}/{ghost}").status_code == 404


def test_an_account_without_the_register_gets_403_and_layers_follow_the_rights(as_member):
    client, _ = as_member("steering.view")
    assert client.get("/ogc/").status_code == 403
    client, _ = as_member("register.view")
    listed = [row["id"] for row in client.get("/ogc/collections").json()["collections"]]
    assert listed == ["objekte"]
    assert client.get("/ogc/collections/verfahren/items").status_code == 404


def hidden_and_open():
    """An open proceeding and one that only its own department reads, at the same house."""
    house = PropertyFactory()
    open_one = ProceedingFactory(property=house, subject="KANARI-OFFEN")
    inner = ProceedingFactory(
        property=house, department=DepartmentFactory(), internal=True, subject="KANARI-INTERN"
    )
    return open_one, inner


def test_what_is_internal_stays_out_of_every_answer(clerk):
    client, _ = clerk
    _, inner = hidden_and_open()
    base = "/ogc/collections/verfahren/items"
    for query in (
        "",
        "?limit=1",
        "?offen=ja",
        "?bbox=0,0,90,90",
        f"?after={'0' * 8}-0000-7000-8000-{'0' * 12}",
    ):
        answer = client.get(base + query)
        assert answer.json()["numberMatched"] == 1
        assert "KANARI-INTERN" not in answer.content.decode()
        assert str(inner.pk) not in answer.content.decode()
    assert client.get(f"{base}/{inner.pk}").status_code == 404


def test_control_without_restrict_the_internal_one_would_show(clerk, monkeypatch):
    client, _ = clerk
    hidden_and_open()
    monkeypatch.setattr(features.Layer, "rows", lambda self, user: self.model.objects.order_by("pk"))
    assert "KANARI-INTERN" in client.get("/ogc/collections/verfahren/items").content.decode()


def test_a_complaint_shows_neither_its_text_nor_who_reported(clerk):
    client, _ = clerk
    ComplaintFactory(text="KANARI-TEXT über eine Familie", address=AddressFactory(), place="")
    body = client.get("/ogc/collections/beschwerden/items").content.decode()
    assert '"numberMatched": 1' in body
    assert "KANARI" not in body


def test_geojson_of_the_list_is_exactly_the_filtered_list(clerk):
    client, _ = clerk
    wanne = PropertyFactory(address=AddressFactory(district="Wanne"))
    PropertyFactory(address=AddressFactory(district="Sodingen"))
    answer = client.get(reverse("objects:property_geojson"), {"bezirk": "Wanne"})
    data = json.loads(b"".join(answer.streaming_content))
    assert [row["properties"]["nummer"] for row in data["features"]] == [wanne.number]
    assert "attachment" in answer["Content-Disposition"]


def test_query_of_a_day_covers_it():
    start, end = ogc._interval("2026-03-29")
    length = end.astimezone(UTC) - start.astimezone(UTC)
    assert length.total_seconds() == pytest.approx(23 * 3600, abs=1)  # the day the clocks go forward


def ogrinfo(address, secret, layer, *more):
    done = subprocess.run(
        ["ogrinfo", "-ro", "-al", "-geom=NO", "-q", *more, f"OAPIF:{address}/ogc", layer],
        env={"PATH": "/usr/bin:/bin", "GDAL_HTTP_HEADERS": f"Authorization: Bearer {secret}"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.browser  # a live server, as for Chromium
def test_gdal_reads_exactly_what_the_account_may_see(live_server, transactional_db):
    assert shutil.which("ogrinfo"), "ogrinfo fehlt (Debian: gdal-bin)"
    open_one, inner = hidden_and_open()
    more = [ProceedingFactory(property=open_one.property, subject=f"Nummer {n}") for n in range(3)]
    outsider = member("register.view", "proceeding.view")
    insider = member("register.view", "proceeding.view", department=inner.department)
    for person in (outsider, insider):
        code, out, err = ogrinfo(live_server.url, key_for(person), "verfahren")
        assert code == 0, err
        may = set(Proceeding.objects.restrict(person, "view").values_list("file_number", flat=True))
        seen = {line.split(" = ")[1] for line in out.splitlines() if "aktenzeichen (String)" in line}
        assert seen == may
    assert len(may) == len(more) + 2
    code, out, _ = ogrinfo(live_server.url, key_for(outsider), "objekte")
    assert open_one.property.number in out
    code, out, err = ogrinfo(live_server.url, "soe_falsch", "objekte")
    assert code != 0
    assert open_one.property.number not in out
