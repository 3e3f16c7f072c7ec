"""Pages of the register: rights, costs, exports, what each step shows."""

from contextlib import closing
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from objects.models import Participation, Property
from objects.owners.suspicion import suggest_for
from soe.audit.context import acting_as
from tests.factories.core import DepartmentFactory, member, somebody
from tests.factories.register import (
    AddressFactory,
    AssessmentFactory,
    DwellingFactory,
    GoalFactory,
    NoteFactory,
    OwnershipFactory,
    ParcelFactory,
    ParticipationFactory,
    PartyFactory,
    ProblemAreaFactory,
    PropertyFactory,
    StreetFactory,
)

pytestmark = pytest.mark.django_db

READER = ("register.view", "owner.view", "address.view")
CLERK = (*READER, "register.change")
LIST = "/objekte/"


def full_house(**kwargs):
    """A house with one of everything."""
    house = PropertyFactory(**kwargs)
    ProblemAreaFactory(property=house, confirmed=True)
    ProblemAreaFactory(property=house, kind="social")
    ProblemAreaFactory(property=house, kind="environment", resolved=True)
    AssessmentFactory(property=house)
    GoalFactory(property=house)
    ParticipationFactory(property=house)
    ParticipationFactory(property=house, accepted=True)
    ParticipationFactory(property=house, declined=True)
    ParticipationFactory(property=house, closed=True)
    OwnershipFactory(property=house)
    DwellingFactory(property=house)
    ParcelFactory(property=house)
    NoteFactory(property=house)
    return house


@pytest.fixture
def clerk(client):
    user = member(*CLERK)
    client.force_login(user)
    return user


def test_list_shows_signs_and_next_step(client, clerk):
    house = full_house(lead_department=clerk.departments[0])
    page = client.get(LIST).content.decode()
    for text in (house.title, house.number, "Wohnen", "Sozial", "4 von 6", "Ziel überprüfen", "federführend"):
        assert text in page


def test_list_costs_the_same_for_2_and_20_houses(client, clerk, django_assert_max_num_queries):
    for _ in range(2):
        full_house()
    client.get(LIST)
    with django_assert_max_num_queries(20) as two:
        client.get(LIST)
    for _ in range(18):
        full_house()
    with django_assert_max_num_queries(20) as twenty:
        client.get(LIST)
    assert len(two) == len(twenty)


@pytest.mark.parametrize(
    "query", ["ansicht=meine", "darstellung=karte", "export=csv", "text=lampenstubenweg&fb="]
)
def test_variants_of_the_list_stay_cheap(client, clerk, query, django_assert_max_num_queries):
    full_house(lead_department=clerk.departments[0])
    with django_assert_max_num_queries(24):
        response = client.get(f"{LIST}?{query}")
        assert response.status_code == 200
        b"".join(response.streaming_content) if response.streaming else None


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Mont Cenis Str 12a", True),
        ("mont-cenis-straße 12 A", True),
        ("Montcenisstr. 12", True),
        ("Mont Cenis", True),
        ("HER-0001", True),
        ("44649", True),
        ("Halenbach", True),  # sounds alike
        ("Hallenbach grundbesitz", True),
        ("Montsenisstraße", True),  # nearly so: the streets are asked
        ("Bahnhofstraße 1", False),
    ],
)
def test_any_spelling_finds_the_house(client, clerk, typed, found):
    street = StreetFactory(name="Mont-Cenis-Straße")
    house = PropertyFactory(address=AddressFactory(street=street, number=12, suffix="a"))
    OwnershipFactory(property=house, party=PartyFactory(name="Hallenbach Grundbesitz GmbH"))
    page = client.get(LIST, {"text": typed}).content.decode()
    assert (house.title in page) is found


def test_owner_names_find_nothing_without_the_right(client):
    client.force_login(member("register.view"))
    house = PropertyFactory()
    OwnershipFactory(property=house, party=PartyFactory(name="Hallenbach Grundbesitz GmbH"))
    assert house.title not in client.get(LIST, {"text": "Hallenbach"}).content.decode()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("lage=housing", {"a"}),
        ("ampel=3", {"a"}),
        ("ampel=33", set()),
        ("ampel=0", {"b"}),
        ("stufe=4", {"a"}),
        ("stufe=0", {"b"}),
        ("bezirk=Wanne", {"a", "b"}),
        ("ansicht=ueberfaellig", {"a"}),
        ("ansicht=ohne", {"b"}),
        ("ansicht=meine", {"a", "b"}),
        ("stand=abgeschlossen", {"c"}),
        ("stand=alle", {"a", "b", "c"}),
        ("", {"a", "b"}),
        ("text=%F0%9F%92%A5", set()),
        ("fb=kein-uuid", set()),
    ],
)
def test_filters(client, clerk, query, names):
    own = clerk.departments[0]
    houses = {
        name: PropertyFactory(lead_department=own, address=None, title=f"Haus {name}") for name in "abc"
    }
    with somebody():
        for house in houses.values():
            house.district = "Wanne"
            house.save()
    ProblemAreaFactory(property=houses["a"])
    AssessmentFactory(property=houses["a"])
    GoalFactory(property=houses["a"], overdue=True)
    houses["c"].retire(by=clerk, outcome="solved", reason="behoben")
    page = client.get(f"{LIST}?{query}").content.decode()
    assert {name for name in "abc" if f"Haus {name}" in page} == names


def test_every_offered_order_works(client, clerk):
    PropertyFactory()
    for name in ("title", "light", "stage", "next"):
        for sign in ("", "-"):
            assert client.get(LIST, {"sortierung": f"{sign}{name}"}).status_code == 200


def test_export_is_the_shown_list_with_words_for_signs(client, clerk):
    house = full_house(lead_department=clerk.departments[0])
    text = b"".join(client.get(f"{LIST}?export=csv").streaming_content).decode()
    assert house.number in text
    assert "wohnungsaufsichtsrechtlich; soziale Problemlage (Verdacht)" in text
    assert "Druck hoch, Spielraum gering" in text
    with closing(client.get(f"{LIST}?export=xlsx")) as response:
        assert response.status_code == 200


# --- the page of a property -----------------------------------------------------------------------------------------


def test_page_answers_how_bad_what_goal_what_next(client, clerk):
    house = full_house(lead_department=clerk.departments[0])
    page = client.get(house.get_absolute_url()).content.decode()
    for text in (
        house.number,
        "Ampel seit",
        "Stufe 4 von 6",
        "Ziel überprüfen",
        "Wer handelt",
        "Zeitleiste",
        "Gespräch mit dem Verwalter",
    ):
        assert text in page


def test_page_costs_a_fixed_number_of_queries(client, clerk, django_assert_max_num_queries):
    house = full_house(lead_department=clerk.departments[0])
    client.get(house.get_absolute_url())
    with django_assert_max_num_queries(60) as few:
        client.get(house.get_absolute_url())
    for number in range(10):
        NoteFactory(property=house, subject=f"Notiz {number}")
        ParticipationFactory(property=house, declined=True)
        AssessmentFactory(property=house)
    with django_assert_max_num_queries(60) as many:
        client.get(house.get_absolute_url())
    assert len(few) == len(many)


@pytest.mark.parametrize("tab", ["bewertung", "beteiligte", "eigentum", "wohneinheiten", "zeitleiste"])
def test_every_tab_opens(client, clerk, tab):
    house = full_house(lead_department=clerk.departments[0])
    assert client.get(reverse("objects:property_tab", args=[house.pk, tab])).status_code == 200


def test_unknown_tab_and_tab_without_right_are_404(client):
    client.force_login(member("register.view"))
    house = PropertyFactory()
    for tab in ("gibtsnicht", "eigentum"):
        assert client.get(reverse("objects:property_tab", args=[house.pk, tab])).status_code == 404


def test_owners_are_not_named_without_the_right(client):
    client.force_login(member("register.view"))
    house = full_house()
    assert "Hallenbach" not in client.get(house.get_absolute_url()).content.decode()


def test_internal_note_of_others_is_a_stub(client, clerk):
    house = PropertyFactory()
    NoteFactory(property=house, subject="Geheimer Hinweis", text="nur für uns", visibility="internal")
    page = client.get(house.get_absolute_url()).content.decode()
    assert "Geheimer Hinweis" not in page
    assert "nur für uns" not in page
    assert "Eintrag vorhanden" in page


def test_participating_note_opens_with_an_accepted_participation(client, clerk):
    house = PropertyFactory()
    NoteFactory(property=house, subject="Für Beteiligte", visibility="participating")
    assert "Für Beteiligte" not in client.get(house.get_absolute_url()).content.decode()
    part = ParticipationFactory(property=house, department=clerk.departments[0])
    assert "Für Beteiligte" not in client.get(house.get_absolute_url()).content.decode()
    part.accept(by=clerk)
    assert "Für Beteiligte" in client.get(house.get_absolute_url()).content.decode()
    part.close(by=clerk, outcome="done", reason="fertig")
    assert "Für Beteiligte" not in client.get(house.get_absolute_url()).content.decode()


# --- rights of every route ------------------------------------------------------------------------------------------

STEPS = [
    "property_update", "note_create", "problem_report", "property_address_add", "parcel_add", "dwelling_create",
    "ownership_create",
]  # fmt: skip
STEERING = ["assess", "goal_set", "participation_offer", "property_lead", "property_retire"]


@pytest.mark.parametrize("name", STEPS)
def test_steps_need_lead_or_accepted_participation(client, name):
    house = PropertyFactory()
    url = reverse(f"objects:{name}", args=[house.pk])
    client.force_login(member(*READER))
    assert client.get(url).status_code == 403  # no membership gives the action at all
    other = member(*CLERK)
    client.force_login(other)
    assert client.get(url).status_code == 404  # the action, but not here
    part = ParticipationFactory(property=house, department=other.departments[0])
    assert client.get(url).status_code == 404  # asked, not accepted
    part.accept(by=other)
    assert client.get(url).status_code == 200
    client.force_login(member(*CLERK, department=house.lead_department))
    assert client.get(url).status_code == 200


@pytest.mark.parametrize("name", STEERING)
def test_steering_needs_the_right_or_the_lead(client, name):
    house = PropertyFactory()
    url = reverse(f"objects:{name}", args=[house.pk])
    client.force_login(member(*READER))
    assert client.get(url).status_code == 403
    taking_part = member(*CLERK)
    ParticipationFactory(property=house, department=taking_part.departments[0], accepted=True)
    client.force_login(taking_part)
    assert client.get(url).status_code == 404
    client.force_login(member(*CLERK, department=house.lead_department))
    assert client.get(url).status_code == 200
    client.force_login(member("register.view", "register.steer"))
    assert client.get(url).status_code == 200


def test_register_is_closed_without_its_right(client):
    house = PropertyFactory()
    client.force_login(member("offer.view"))
    for url in (LIST, house.get_absolute_url(), "/eigentuemer/", "/objekte/vorschlag/"):
        assert client.get(url).status_code == 403
    client.force_login(member("register.view"))
    assert client.get("/eigentuemer/").status_code == 403
    assert client.get(LIST).status_code == 200


# --- steps through the pages ----------------------------------------------------------------------------------------


def post(client, url, **data):
    """Fill in the form of a page as a browser does."""
    client.get(url)
    response = client.post(url, data)
    assert response.status_code == 302, response.content.decode()[:3000]
    return response


def test_clerk_opens_a_property_and_is_told_about_the_neighbour(client, clerk):
    street = StreetFactory(name="Kurhausstraße")
    PropertyFactory(address=AddressFactory(street=street, number=98))
    address = AddressFactory(street=street, number=104)
    response = client.post(
        "/objekte/neu/",
        {
            "address": address.pk,
            "address_text": address.full,
            "problem_areas": ["housing", "social"],
            "lead_department": clerk.departments[0].pk,
            "registered_on": timezone.localdate().isoformat(),
            "occupancy_state": "used",
            "reason": "Beschwerde einer Nachbarin",
        },
        follow=True,
    )
    page = response.content.decode()
    assert "HER-0002" in page
    assert "Nachbarhaus im Kataster" in page
    assert Property.objects.get(serial=2).problem_areas.count() == 2


def test_opening_a_known_address_names_the_property(client, clerk):
    house = PropertyFactory()
    address = house.addresses.get().address
    response = client.post("/objekte/neu/", {"address": address.pk, "address_text": address.full})
    assert house.number in response.content.decode()
    assert Property.objects.count() == 1


def test_offer_accept_and_act(client):
    house, building = PropertyFactory(), DepartmentFactory(short_name="Bauordnung")
    clerk = member(*CLERK, department=building)
    client.force_login(member("register.view", "register.steer"))
    post(
        client,
        reverse("objects:participation_offer", args=[house.pk]),
        departments=[building.pk],
        question="Rettungsweg prüfen",
        on=timezone.localdate().isoformat(),
    )
    part = Participation.objects.get()
    client.force_login(clerk)
    assert "Rettungsweg prüfen" in client.get("/").content.decode()
    post(
        client,
        reverse("objects:participation_accept", args=[part.pk]),
        reason="Wir kommen mit.",
        on=timezone.localdate().isoformat(),
    )
    assert Property.objects.restrict(clerk, "change").filter(pk=house.pk).exists()
    # A second click finds that it is decided already, in German, without acting twice.
    again = client.post(
        reverse("objects:participation_accept", args=[part.pk]), {"on": timezone.localdate().isoformat()}
    )
    assert "nicht möglich" in again.content.decode()


def test_only_the_asked_department_answers(client):
    part = ParticipationFactory()
    client.force_login(member(*CLERK))
    for name in ("accept", "decline", "close"):
        assert client.get(reverse(f"objects:participation_{name}", args=[part.pk])).status_code == 404


def test_goal_light_and_review_through_the_pages(client):
    house = PropertyFactory()
    client.force_login(member("register.view", "register.steer", department=house.lead_department))
    today = timezone.localdate()
    post(
        client,
        reverse("objects:assess", args=[house.pk]),
        pressure=3,
        pressure_reason="Heizung ausgefallen",
        room=1,
        room_reason="Eigentümerin nicht erreichbar",
        on=today.isoformat(),
    )
    post(
        client,
        reverse("objects:goal_set", args=[house.pk]),
        aim="Mindeststandard herstellen",
        stage=3,
        department=house.lead_department.pk,
        on=today.isoformat(),
        next_review=(today + timedelta(days=60)).isoformat(),
    )
    house.refresh_from_db()
    assert (house.summary.light, house.summary.stage) == (31, 3)
    post(
        client,
        reverse("objects:goal_review", args=[house.goals.get().pk]),
        stage=4,
        reason="Anhörung ohne Antwort",
        on=today.isoformat(),
        next_review=(today + timedelta(days=90)).isoformat(),
    )
    house.summary.refresh_from_db()
    assert house.summary.stage == 4
    assert house.summary.next_on == today + timedelta(days=90)


def test_hostile_text_is_shown_as_text(client, clerk):
    house = PropertyFactory(lead_department=clerk.departments[0])
    post(
        client,
        reverse("objects:note_create", args=[house.pk]),
        subject="<script>alert(1)</script>",
        text="{{ 7*7 }} ' OR 1=1 --",
        visibility="open",
    )
    page = client.get(house.get_absolute_url()).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_contact_data_of_owners_has_its_own_right(client):
    party = PartyFactory(name="Stojan Dimitrov", kind="person", phone="02323 123456", street="Lorenkippe 7")
    client.force_login(member("owner.view"))
    page = client.get(party.get_absolute_url()).content.decode()
    assert "Stojan Dimitrov" in page
    assert "02323 123456" not in page
    assert "Lorenkippe" not in page
    assert "02323 123456" not in client.get(f"/verlauf/objects.party/{party.pk}/").content.decode()
    client.force_login(member("owner.view", "owner.personal"))
    assert "02323 123456" in client.get(party.get_absolute_url()).content.decode()


def test_portfolio_shows_all_houses_and_the_suspected_hand(client, clerk):
    one = PartyFactory(
        name="Hallenbach Grundbesitz GmbH", street="Lorenkippe 7", postcode="44649", city="Herne"
    )
    two = PartyFactory(name="Seilring Wohnen UG", street="Lorenkippe 7", postcode="44649", city="Herne")
    houses = [OwnershipFactory(party=one).property for _ in range(3)]
    suggest_for(clerk, one)
    page = client.get(one.get_absolute_url()).content.decode()
    for house in houses:
        assert house.number in page
    assert two.name in page
    assert "gleiche Zustellanschrift" in page


@pytest.mark.parametrize("typed", ["Стоян Димитров", "stojan dimitrov", "Stoyan Dimitrow"])
def test_owners_are_found_in_any_spelling(client, clerk, typed):
    PartyFactory(name="Stojan Dimitrov", kind="person")
    assert "Stojan Dimitrov" in client.get("/eigentuemer/", {"text": typed}).content.decode()


def test_global_search_finds_house_free_address_and_owner(client):
    client.force_login(member(*CLERK))
    street = StreetFactory(name="Lampenstubenweg")
    house = PropertyFactory(address=AddressFactory(street=street, number=14))
    AddressFactory(street=street, number=18)
    page = client.get("/suche/", {"q": "Lampenstuben Weg"}).content.decode()
    assert house.number in page
    page = client.get("/suche/", {"q": "lampenst. 18"}).content.decode()
    assert "Anschriften ohne Objekt" in page


def test_start_names_due_reviews_and_houses_without_a_step(client, clerk):
    own = clerk.departments[0]
    house = PropertyFactory(lead_department=own)
    GoalFactory(property=house, overdue=True)
    idle = PropertyFactory(lead_department=own)
    page = client.get("/").content.decode()
    assert f"Ziel überprüfen: {house.title}" in page
    assert f"Ohne nächsten Schritt: {idle.title}" in page


def test_retired_house_offers_only_reopening(client, clerk):
    house = PropertyFactory(lead_department=clerk.departments[0])
    with acting_as(clerk):
        house.retire(by=clerk, outcome="solved", reason="behoben")
    page = client.get(house.get_absolute_url()).content.decode()
    assert "Wieder aufnehmen" in page
    assert "Eintrag ergänzen" not in page
