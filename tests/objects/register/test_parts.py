"""Buildings and parcels: what is valid, how people write it, how it is found."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from objects.models import Building, Parcel, Property
from objects.register import parcel_keys
from objects.register.selectors import search_properties
from tests.factories.core import member, somebody
from tests.factories.register import BuildingFactory, ParcelFactory, PropertyFactory

KEY = "05241701200318______"


@pytest.mark.parametrize(
    "typed",
    [
        KEY,
        "05241701200318",
        "05 2417 012 00318",
        "052417-012-00318",
        "052417-12-318",
        " 052417 - 12 - 318 ".replace(" - ", "-"),
    ],
)
def test_a_parcel_is_read_as_people_write_it(typed):
    assert parcel_keys.normalise(typed) == KEY


def test_a_parcel_with_denominator_and_its_readable_form():
    key = parcel_keys.normalise("052417-12-318/4")
    assert key == "052417012003180004__"
    parcel_keys.validate(key)
    assert parcel_keys.readable(key) == "Gemarkung 052417, Flur 12, Flurstück 318/4"
    assert parcel_keys.readable(KEY, "Musterfeld").startswith("Gemarkung Musterfeld (052417), Flur 12")


@pytest.mark.parametrize("known", ["05314403900040______", "05311000400273______", "091234___00012______"])
def test_published_keys_are_valid(known):
    parcel_keys.validate(known)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        KEY[:-1],
        KEY + "_",
        "17" + KEY[2:],  # no such Land
        "05241701200000______",  # numerator 0
        "052417012003180000__",  # denominator 0
        "05241700000318______",  # sheet 0
        "05241701200318_4____",
        "٠٥241701200318______",  # digits of another script
        "05241701200318______\n",
    ],
)
def test_what_is_no_parcel_is_refused(bad):
    with pytest.raises(ValidationError):
        parcel_keys.validate(bad)


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_valid_key_or_a_plain_refusal(text):
    key = parcel_keys.normalise(text)
    try:
        parcel_keys.validate(key)
    except ValidationError:
        return
    assert len(key) == 20
    assert parcel_keys.normalise(key) == key


@pytest.mark.django_db
def test_a_house_is_found_by_its_parcel_in_any_spelling():
    house = ParcelFactory(key=KEY, place_name="Musterfeld").property
    other = ParcelFactory(key="05241701200319______").property
    for text in (KEY, "052417-12-318", "05 2417 012 00318", "052417012"):
        assert house in search_properties(Property.objects.all(), text)
    assert other not in search_properties(Property.objects.all(), "052417-12-318")
    # The name of a Gemarkung is known once somebody wrote it down.
    assert other.parcels.get().place_name == "Musterfeld"


@pytest.mark.django_db
def test_an_official_list_number_needs_a_monument():
    house = PropertyFactory()
    BuildingFactory(property=house, name="Vorderhaus", monument="listed", monument_number="A 12")
    with pytest.raises(IntegrityError), transaction.atomic():
        BuildingFactory(property=house, monument="none", monument_number="A 13")
    with pytest.raises(IntegrityError), transaction.atomic():
        BuildingFactory(property=house, name="Vorderhaus")


@pytest.mark.django_db
def test_buildings_are_kept_on_the_page_of_the_property(client):
    clerk = member("register.view", "register.change")
    house = PropertyFactory(lead_department=clerk.departments[0])
    client.force_login(clerk)
    url = f"/objekte/{house.pk}/gebaeude/"
    token = client.get(url).context["form_token"]
    data = {"name": "Vorderhaus", "year_built": 1904, "storeys": 4, "occupancy_state": "partly",
            "monument": "listed", "monument_number": "A 12", "form_token": token}  # fmt: skip
    assert client.post(url, data | {"year_built": 904}).status_code == 200
    assert client.post(url, data).status_code == 302
    building = Building.objects.get()
    page = client.get(house.get_absolute_url()).content.decode()
    assert "Baujahr 1904" in page
    assert "eingetragenes Denkmal" in page
    assert "A 12" in page
    assert "Vorderhaus" in client.get(f"/objekte/{house.pk}/akte/wohneinheiten/").content.decode()
    foreign = BuildingFactory()
    assert client.get(f"/objekte/gebaeude/{foreign.pk}/").status_code == 404
    url = f"/objekte/gebaeude/{building.pk}/entfernen/"
    asked = client.get(url).context
    client.post(url, {"reason": "abgerissen", "on": "2026-11-01", "form_token": asked["form_token"], "seen": asked["seen"]})  # fmt: skip
    building.refresh_from_db()
    assert building.ended_on


@pytest.mark.django_db
def test_the_parcel_form_reads_the_short_way_and_says_what_is_wrong(client):
    clerk = member("register.view", "register.change")
    house = PropertyFactory(lead_department=clerk.departments[0])
    client.force_login(clerk)
    url = f"/objekte/{house.pk}/flurstueck/"
    asked = client.get(url).context
    data = {"form_token": asked["form_token"], "seen": asked["seen"], "alkis_id": "DENW22AL800005He"}
    assert "20 Zeichen" in client.post(url, data | {"key": "12/3"}).content.decode()
    client.post(url, data | {"key": "052417-12-318/4"})
    assert Parcel.objects.get().key == "052417012003180004__"
    with somebody():
        Parcel.objects.get().full_clean()
