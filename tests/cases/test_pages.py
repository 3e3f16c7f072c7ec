"""Every page: who sees it, how many queries it costs, what it leaves in the read log."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import services
from cases.models import BreakGlass, Case, Consent, Contact, Person, PersonName, Referral
from soe.audit.models import ReadLog
from tests.factories.cases import (
    CaseFactory,
    ContactFactory,
    FundingPeriodFactory,
    HouseholdFactory,
    OfferFactory,
    PersonFactory,
    SiteFactory,
    TopicFactory,
)
from tests.factories.core import member

from .conftest import COUNSEL

CANARY = "Zwetlana-Kanarienvogel"


@pytest.fixture
def offer(caritas):
    offer = OfferFactory(carrier=caritas, prefix="CAR", name="Anlaufstelle der Caritas", places=20)
    SiteFactory(offer=offer)
    FundingPeriodFactory(offer=offer)
    return offer


@pytest.fixture
def case(counsellor, caritas, planb, offer):
    """A case with everything on its page."""
    person = PersonFactory(given_name=CANARY, family_name="Geheimowa", own_department=caritas, by=counsellor)
    services.add_name(person, by=counsellor, given_name="Цветлана", family_name="Гехаймова", kind="original")
    case = CaseFactory(person=person, offer=offer, lead=counsellor, state="active")
    services.set_household(person, HouseholdFactory(department=caritas), by=counsellor)
    services.assess(case, by=counsellor, scores={"housing": 1, "school": 2}, on=case.opened_on)
    services.assess(case, by=counsellor, scores={"housing": 2, "school": 1})
    services.set_perspective(case, by=counsellor, perspective="Wir wohnen sicher.")
    goal = services.add_goal(case, by=counsellor, domain="school", title="Beide Kinder gehen zur Schule")
    today = timezone.localdate()
    step = services.add_step(
        goal, by=counsellor, title="Schulplätze beantragen", due=today - timedelta(days=7)
    )
    services.add_step(
        goal, by=counsellor, title="Schulweg gehen", due=today + timedelta(days=3), department=planb
    )
    step.get_stuck(by=counsellor, on_what="kein Angebot ohne Vorkasse")
    ContactFactory(offer=offer, person=person, case=case, recorded_by=counsellor, note=CANARY)
    return case


@pytest.fixture
def referral(case, counsellor, planb):
    return services.refer(case, by=counsellor, to=planb, purpose="Wohnungssuche", reason="Räumung droht")


def addresses(case, referral):
    plan = case.plans.get()
    goal = plan.goals.get()
    step = goal.steps.first()
    contact = case.contacts.get()
    consent = referral.consent
    return {
        "own": [
            reverse("cases:contact_detail", args=[contact.pk]),
            reverse("cases:contact_update", args=[contact.pk]),
            reverse("cases:contact_undo", args=[contact.pk]),
            reverse("cases:person_update", args=[case.person_id]),
            reverse("cases:name_create", args=[case.person_id]),
            reverse("cases:household_create", args=[case.person_id]),
            reverse("cases:consent_create", args=[case.person_id]),
            reverse("cases:restriction_create", args=[case.person_id]),
            reverse("cases:conflict_create", args=[case.person_id]),
            reverse("cases:consent_withdraw", args=[consent.pk]),
            reverse("cases:consent_extend", args=[consent.pk]),
            *(
                reverse(f"cases:{name}", args=[case.pk])
                for name in (
                    "case_lead", "case_activate", "case_wait", "case_close", "case_reopen", "needs_create",
                    "plan_perspective", "goal_create", "plan_draft", "plan_sign", "referral_create",
                )
            ),
            reverse("cases:step_create", args=[goal.pk]),
            reverse("cases:goal_rate", args=[goal.pk]),
            reverse("cases:step_done", args=[step.pk]),
            reverse("cases:step_stuck", args=[step.pk]),
            reverse("cases:referral_expire", args=[referral.pk]),
            reverse("web:history", args=["cases.case", case.pk]),
            reverse("web:history", args=["cases.person", case.person_id]),
            reverse("web:history", args=["cases.contact", contact.pk]),
        ],
        "shared": [
            reverse("cases:person_detail", args=[case.person_id]),
            reverse("cases:case_detail", args=[case.pk]),
            reverse("cases:case_detail", args=[case.pk]) + "?bereich=kontakte",
            reverse("cases:case_detail", args=[case.pk]) + "?bereich=bedarf",
            reverse("cases:case_detail", args=[case.pk]) + "?bereich=vermittlungen",
            reverse("cases:referral_detail", args=[referral.pk]),
        ],
        "lists": [
            reverse(f"cases:{name}")
            for name in (
                "offer_list", "help_need_list", "contact_list", "person_list", "case_list", "referral_list",
                "breakglass_list", "gap_list", "contact_create", "person_create", "case_create", "breakglass_create",
            )
        ],
    }  # fmt: skip


def test_every_page_of_the_own_carrier_opens(client, counsellor, case, referral):
    client.force_login(counsellor)
    groups = addresses(case, referral)
    for url in [*groups["lists"], *groups["shared"], *groups["own"]]:
        assert client.get(url).status_code == 200, url


def test_another_carrier_gets_404_for_every_row_and_its_own_empty_lists(client, case, planb, caritas):
    gesundheit = member(*COUNSEL)
    client.force_login(gesundheit)
    referral = services.refer(case, by=case.lead, to=planb, purpose="Wohnung", reason="…")
    groups = addresses(case, referral)
    for url in [*groups["shared"], *groups["own"]]:
        assert client.get(url).status_code == 404, url
    for url in groups["lists"]:
        response = client.get(url)
        assert response.status_code == 200, url
        assert CANARY not in response.text, url


def test_the_receiver_of_a_referral_sees_the_card_and_nothing_else(client, outsider, case, referral):
    client.force_login(outsider)
    groups = addresses(case, referral)
    for url in groups["shared"]:
        response = client.get(url)
        assert response.status_code == 200, url
        assert "Geheimowa" in response.text
        for hidden in ("Schulplätze beantragen", "Wir wohnen sicher", "2 Erwachsene"):
            assert hidden not in response.text, (url, hidden)
    for url in groups["own"]:
        assert client.get(url).status_code == 404, url


def test_whoever_holds_no_right_gets_403(client, case, referral):
    client.force_login(member("register.view"))
    groups = addresses(case, referral)
    for url in [*groups["lists"], *groups["shared"], *groups["own"]]:
        assert client.get(url).status_code == 403, url


def test_the_coordination_office_sees_offers_and_no_person(client, case, referral):
    client.force_login(member("offer.view", "offer.manage", "helpneed.view", "register.view"))
    assert client.get(reverse("cases:offer_list")).status_code == 200
    page = client.get(reverse("cases:offer_detail", args=[case.offer_id]))
    assert page.status_code == 200
    assert "unter 5" in page.text  # one active case is nobody else's business
    for name in ("person_list", "case_list", "contact_list", "referral_list"):
        assert client.get(reverse(f"cases:{name}")).status_code == 403
    page = client.get(reverse("web:search"), {"q": CANARY})
    assert case.person.get_absolute_url() not in page.text
    assert "Geheimowa" not in page.text


def test_planb_finds_nothing_of_caritas_in_lists_search_exports_counts_or_history(client, outsider, case):
    client.force_login(outsider)
    own = PersonFactory(given_name="Eigene", own_department=outsider.departments.get(), by=outsider)
    for name in ("person_list", "case_list", "contact_list", "referral_list"):
        for query in ("", "?export=csv", f"?name={CANARY}&suche={CANARY}", "?ansicht=abgeschlossen"):
            response = client.get(reverse(f"cases:{name}") + query)
            body = (response.getvalue() if response.streaming else response.content).decode()
            # The page may repeat what was typed, never what stands in the record.
            assert "Geheimowa" not in body, (name, query)
            assert "name=" in query or CANARY not in body, (name, query)
    for query in (CANARY, "Geheimowa", "Гехаймова", case.number, case.person.number):
        page = client.get(reverse("web:search"), {"q": query})
        assert case.get_absolute_url() not in page.text
        assert case.person.get_absolute_url() not in page.text
        hits = client.get(reverse("cases:person_suggest"), {"q": query}).json()["results"]
        assert hits == []
    assert list(client.get(reverse("cases:person_list")).context["page_obj"].object_list) == [own]
    for label, row in (
        ("cases.case", case),
        ("cases.person", case.person),
        ("cases.contact", case.contacts.get()),
    ):
        assert client.get(reverse("web:history", args=[label, row.pk])).status_code == 404
    assert client.get("/").status_code == 200
    assert CANARY not in client.get("/").text


def test_a_look_at_a_case_is_logged_with_its_basis_before_the_page_is_shown(
    client, counsellor, outsider, case, planb
):
    client.force_login(counsellor)
    page = client.get(case.get_absolute_url())
    entry = ReadLog.objects.filter(model="cases.case", kind="view").latest("at")
    assert (entry.object_id, entry.object_number, entry.basis) == (
        case.pk,
        case.number,
        "Fallführung Caritas",
    )
    assert "Ihr Zugriff wird protokolliert. Grundlage: Fallführung Caritas." in page.text
    services.give_consent(case.person, by=counsellor, to=planb, purpose="Wohnungssuche", case=case)
    client.force_login(outsider)
    client.get(case.get_absolute_url())
    assert ReadLog.objects.latest("at").basis == "Einwilligung"


def test_the_basis_of_a_referral_and_of_an_emergency_stands_in_the_log(client, outsider, case, referral):
    client.force_login(outsider)
    client.get(referral.get_absolute_url())
    assert ReadLog.objects.latest("at").basis == "Vermittlung"
    client.get(case.get_absolute_url())
    assert ReadLog.objects.latest("at").basis == "Vermittlung"
    third = member("case.view", "person.view")
    BreakGlass.open(case, by=third, reason="Kind ohne Aufsicht")
    client.force_login(third)
    page = client.get(case.get_absolute_url())
    assert "Schulplätze beantragen" in page.text
    assert ReadLog.objects.latest("at").basis == "Notzugriff"


def test_searches_lists_and_exports_are_logged_with_their_hits(client, counsellor, case):
    client.force_login(counsellor)
    client.get(reverse("cases:person_list"))
    assert (ReadLog.objects.latest("at").kind, ReadLog.objects.latest("at").hits) == ("list", 1)
    client.get(reverse("cases:person_list"), {"name": "Цветлана"})
    assert (ReadLog.objects.latest("at").kind, ReadLog.objects.latest("at").hits) == ("search", 1)
    client.get(reverse("cases:person_list"), {"export": "csv"})
    assert (ReadLog.objects.latest("at").kind, ReadLog.objects.latest("at").hits) == ("export", 1)
    client.get(reverse("web:search"), {"q": "Geheimowa"})
    assert ReadLog.objects.filter(kind="search", model="cases.person").exists()
    assert CANARY not in str(ReadLog.objects.values_list())


LISTS = ("offer_list", "contact_list", "person_list", "case_list", "referral_list")


@pytest.fixture
def filled(counsellor, caritas, offer, planb):
    def fill(number):
        topic = TopicFactory()
        for _ in range(number):
            person = PersonFactory(own_department=caritas, by=counsellor)
            services.add_name(person, by=counsellor, given_name="Йонела", family_name="М")
            case = CaseFactory(person=person, offer=offer, lead=counsellor, state="active")
            goal = services.add_goal(case, by=counsellor, domain="work", title="Arbeit")
            services.add_step(goal, by=counsellor, title="Lebenslauf", due=timezone.localdate())
            ContactFactory(offer=offer, person=person, case=case, topic=topic, recorded_by=counsellor)
            services.refer(case, by=counsellor, to=planb, purpose="Wohnung", reason="…")
            OfferFactory(carrier=caritas)

    return fill


def cost(seen):
    """Statements of the page itself: that a session was seen is written once a minute, whatever the page."""
    mine = ("SAVEPOINT", "RELEASE", 'UPDATE "django_session"', "BEGIN")
    return len([query for query in seen.captured_queries if not query["sql"].startswith(mine)])


def test_a_list_costs_the_same_few_queries_for_2_and_20_rows(
    client, counsellor, filled, django_assert_max_num_queries
):
    client.force_login(counsellor)
    urls = [reverse(f"cases:{name}") for name in LISTS] + [reverse("cases:person_list") + "?name=jonela", "/"]
    filled(2)
    few = {}
    for url in urls:
        client.get(url)
        with django_assert_max_num_queries(80) as seen:
            client.get(url)
        few[url] = cost(seen)
    filled(18)
    for url in urls:
        with django_assert_max_num_queries(80) as seen:
            client.get(url)
        assert cost(seen) <= few[url], (
            url,
            few[url],
            cost(seen),
            [q["sql"][:160] for q in seen.captured_queries],
        )
    assert {url: n for url, n in few.items() if n > 20 and url != "/"} == {}


def test_detail_pages_cost_at_most_28_queries(
    client, counsellor, case, referral, django_assert_max_num_queries
):
    client.force_login(counsellor)
    urls = addresses(case, referral)["shared"] + [
        case.offer.get_absolute_url(),
        reverse("cases:contact_create"),
    ]
    costs = {}
    for url in urls:
        client.get(url)
        with django_assert_max_num_queries(60) as seen:
            client.get(url)
        costs[url] = cost(seen)
    assert max(costs.values()) <= 28, costs  # comments, files and watching are part of the page


def test_models_named_here_are_social_data():
    for model in (Person, PersonName, Case, Contact, Consent, Referral):
        assert model.social_data
