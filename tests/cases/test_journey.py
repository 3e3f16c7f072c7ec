"""The path through the pages, typed as a counsellor types it."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from cases.models import (
    BreakGlass,
    Case,
    ConflictOfInterest,
    Consent,
    Contact,
    HelpPlan,
    Person,
    Referral,
    Restriction,
    SystemGap,
)
from soe.audit.models import ReadLog
from tests.factories.cases import CaseFactory, ContactFactory, OfferFactory, PersonFactory, TopicFactory
from tests.factories.core import member

TODAY = timezone.localdate


@pytest.fixture
def offer(caritas):
    return OfferFactory(carrier=caritas, prefix="CAR", name="Anlaufstelle")


@pytest.fixture
def topic(db):
    return TopicFactory(name="Wohnen", code="wohnen")


@pytest.fixture
def page(client, counsellor):
    client.force_login(counsellor)
    return client


def post(client, url, data, code=302):
    response = client.post(url, data)
    assert response.status_code == code, (
        response.context and response.context["form"].errors if response.context else response.status_code
    )
    return response


def tally(offer, topic, **more):
    return {
        "offer": offer.pk, "topic": topic.pk, "language": "ro", "minutes": "15", "channel": "in_person",
        "result": "done",
    } | more  # fmt: skip


def test_a_contact_is_logged_without_a_name_and_its_values_stay(page, offer, topic, counsellor):
    url = reverse("cases:contact_create")
    post(page, url, tally(offer, topic))
    contact = Contact.objects.get()
    assert contact.anonymous
    assert contact.recorded_by == counsellor
    form = page.get(url).context["form"]
    assert (form["language"].value(), form["minutes"].value(), form["channel"].value()) == (
        "ro",
        15,
        "in_person",
    )
    assert form["topic"].value() is None
    shown = page.get(url)
    assert "heute bisher 1 Kontakt" in shown.text
    assert reverse("cases:contact_undo", args=[contact.pk]) in shown.text


def test_a_missing_topic_is_said_in_german_and_the_input_stays(page, offer, topic):
    data = tally(offer, topic, note="Brief der Kasse")
    del data["topic"]
    response = post(page, reverse("cases:contact_create"), data, 200)
    assert "Bitte tippen Sie ein Thema an." in response.text
    assert "Brief der Kasse" in response.text


def test_words_about_ethnicity_lead_to_a_warning_and_are_not_refused(page, offer, topic):
    response = page.post(
        reverse("cases:contact_create"), tally(offer, topic, note="Roma-Familie"), follow=True
    )
    assert Contact.objects.count() == 1
    assert "Angaben zur Herkunft gehören nicht in SOE" in response.text


def test_a_contact_for_a_foreign_offer_or_case_is_refused(page, topic, planb):
    foreign = OfferFactory(carrier=planb)
    case = CaseFactory(offer=foreign)
    response = post(page, reverse("cases:contact_create"), tally(foreign, topic, case=case.pk), 200)
    assert not Contact.objects.exists()
    assert case.number not in response.text


def person_data(**more):
    return {
        "given_name": "Ionela", "family_name": "Marinescu-Vogt", "birth_year": "1991", "first_language": "ro",
        "german": "little", "signed_on": TODAY(), "medium": "paper", "consent_language": "ro", "agreed": "on",
    } | more  # fmt: skip


def test_an_anonymous_contact_becomes_a_person_and_then_a_case(page, offer, topic, counsellor, caritas):
    post(page, reverse("cases:contact_create"), tally(offer, topic))
    contact = Contact.objects.get()
    url = f"{reverse('cases:person_create')}?kontakt={contact.pk}"
    post(page, url, person_data(own_department=caritas.pk, other_name="Йонела Маринеску"))
    person = Person.objects.get()
    contact.refresh_from_db()
    assert contact.person == person
    assert person.names.get().full_name == "Йонела Маринеску"
    assert person.consents.get().to_department == caritas
    post(
        page,
        f"{reverse('cases:case_create')}?person={person.pk}",
        {"person": person.pk, "offer": offer.pk, "lead": counsellor.pk, "on": TODAY()},
    )
    case = Case.objects.get()
    assert (case.state, case.number) == ("clearing", f"CAR-{TODAY().year}-0001")


def test_without_consent_no_person_is_recorded(page, offer, caritas):
    data = person_data(own_department=caritas.pk)
    del data["agreed"]
    response = post(page, reverse("cases:person_create"), data, 200)
    assert "Ohne Einwilligung wird keine Person angelegt" in response.text
    assert not Person.objects.exists()


def test_somebody_who_may_be_the_same_is_shown_before_a_second_record_arises(
    page, offer, caritas, counsellor
):
    PersonFactory(
        given_name="Йонела",
        family_name="Маринеску-Фогт",
        birth_year=1991,
        own_department=caritas,
        by=counsellor,
    )
    data = person_data(own_department=caritas.pk)
    response = post(page, reverse("cases:person_create"), data, 200)
    assert "Ist es eine von diesen Personen?" in response.text
    assert "klingt wie" in response.text or "gleiche Schreibweise" in response.text
    post(page, reverse("cases:person_create"), data | {"not_the_same": "on"})
    assert Person.objects.count() == 2


def test_namesakes_of_other_carriers_are_not_betrayed(page, offer, caritas, planb):
    PersonFactory(given_name="Ionela", family_name="Marinescu-Vogt", birth_year=1991, own_department=planb)
    post(page, reverse("cases:person_create"), person_data(own_department=caritas.pk))


def test_a_case_from_needs_to_a_signed_plan_and_its_end(page, offer, counsellor):
    case = CaseFactory(offer=offer, lead=counsellor)
    at = {name: reverse(f"cases:{name}", args=[case.pk]) for name in (
        "case_activate", "needs_create", "goal_create", "plan_sign", "plan_perspective", "case_wait", "case_close",
        "case_reopen", "plan_draft",
    )}  # fmt: skip
    post(page, at["case_activate"], {"on": TODAY()})
    response = page.post(at["needs_create"], {"on": TODAY(), "housing": "1", "school": "3"}, follow=True)
    assert "Große Not bei Wohnen" in response.text
    assert f"{at['goal_create']}?domain=housing" in response.text
    post(page, at["plan_perspective"], {"perspective": "Wir wohnen sicher."})
    post(page, at["goal_create"], {"title": "Wohnung ohne Schimmel", "domain": "housing", "due": TODAY()})
    goal = HelpPlan.objects.get().goals.get()
    post(page, reverse("cases:step_create", args=[goal.pk]), {"title": "Antrag stellen", "due": TODAY()})
    step = goal.steps.get()
    post(page, reverse("cases:step_stuck", args=[step.pk]), {"on_what": "kein Termin"})
    assert "Steckt fest: kein Termin" in page.get(case.get_absolute_url()).text
    report = reverse("cases:gap_create", args=[step.pk])
    assert page.get(report).context["form"]["text"].value() == "kein Termin"
    post(page, report, {"text": "keine Termine vor März", "domain": "housing"})
    gap = SystemGap.objects.get()
    assert not {field.name for field in gap._meta.fields} & {"case", "person", "step", "goal"}
    assert "keine Termine vor März" in page.get(reverse("cases:gap_list")).text
    post(page, reverse("cases:step_done", args=[step.pk]), {"on": TODAY()})
    post(page, reverse("cases:goal_rate", args=[goal.pk]), {"outcome": "achieved"})
    post(page, at["plan_sign"], {"on": TODAY()})
    post(page, at["plan_draft"], {})
    assert "Fassung 2" in page.get(case.get_absolute_url()).text
    post(page, at["case_wait"], {"on": TODAY(), "waiting_for": "freien Platz"})
    post(page, at["case_close"], {"on": TODAY(), "close_reason": "goals", "outcome": "improved"})
    response = post(
        page, at["case_close"], {"on": TODAY(), "close_reason": "goals", "outcome": "improved"}, 200
    )
    assert "ist im Stand" in response.text or "nicht möglich" in response.text
    post(page, at["case_reopen"], {"on": TODAY(), "reason": "neue Kündigung"})
    case.refresh_from_db()
    assert (case.state, case.episodes.count()) == ("active", 2)


def test_consent_and_withdrawal_on_the_page(page, client, offer, counsellor, outsider, planb):
    case = CaseFactory(offer=offer, lead=counsellor, state="active")
    url = f"{reverse('cases:consent_create', args=[case.person_id])}?case={case.pk}"
    data = {
        "to_department": planb.pk, "case": case.pk, "purpose": "Wohnungssuche", "shares": ["shares_household"],
        "signed_on": TODAY(), "valid_from": TODAY(), "valid_until": TODAY() + timedelta(days=30),
        "language": "ro", "medium": "paper",
    }  # fmt: skip
    response = page.post(url, data, follow=True)
    assert "Plan B sieht bis" in response.text
    consent = Consent.objects.get(to_department=planb)
    assert consent.shares_household
    assert not consent.shares_plan
    client.force_login(outsider)
    assert client.get(case.get_absolute_url()).status_code == 200
    client.force_login(counsellor)
    post(
        page,
        reverse("cases:consent_extend", args=[consent.pk]),
        {"signed_on": TODAY(), "until": TODAY() + timedelta(days=400)},
    )
    post(
        page,
        reverse("cases:consent_withdraw", args=[consent.pk]),
        {"withdrawn_on": TODAY(), "reason": "mündlich im Gespräch"},
    )
    assert "Zugriff beendet" in page.get(case.get_absolute_url()).text
    client.force_login(outsider)
    assert client.get(case.get_absolute_url()).status_code in (403, 404)
    assert client.get(case.person.get_absolute_url()).status_code in (403, 404)


def test_a_referral_from_sending_to_arrival(page, client, offer, counsellor, outsider, planb):
    case = CaseFactory(offer=offer, lead=counsellor, state="active")
    target = OfferFactory(carrier=planb, name="Wohnbegleitende Hilfen", prefix="WBH")
    data = {
        "to_offer": target.pk, "reason": "Räumung droht", "wanted": "eigene Wohnung", "purpose": "Wohnungssuche",
        "shares": ["shares_household"], "on": TODAY(), "until": TODAY() + timedelta(days=100), "medium": "paper",
        "language": "ro", "agreed": "on", "answer_until": TODAY() + timedelta(days=14),
    }  # fmt: skip
    without = {key: value for key, value in data.items() if key != "agreed"}
    url = reverse("cases:referral_create", args=[case.pk])
    assert "Ohne Einwilligung wird nicht weitervermittelt." in post(page, url, without, 200).text
    post(page, url, data)
    referral = Referral.objects.get()
    client.force_login(outsider)
    assert referral.get_absolute_url() in client.get("/").text
    post(client, reverse("cases:referral_accept", args=[referral.pk]), {"on": TODAY()})
    post(client, reverse("cases:referral_arrive", args=[referral.pk]), {"on": TODAY()})
    shown = client.get(referral.get_absolute_url())
    assert "Eigenen Fall eröffnen" in shown.text
    post(
        client,
        reverse("cases:case_create"),
        {"person": case.person_id, "offer": target.pk, "lead": outsider.pk, "on": TODAY()},
    )
    assert Case.objects.filter(offer=target).count() == 1
    client.force_login(counsellor)
    assert "angekommen am" in client.get(case.get_absolute_url()).text


def test_emergency_access_on_the_page_and_its_review(client, offer, counsellor, outsider):
    case = CaseFactory(offer=offer, lead=counsellor, state="active")
    client.force_login(outsider)
    url = reverse("cases:breakglass_create")
    wrong = post(client, url, {"number": "CAR-1999-0001", "reason": "Kind ohne Aufsicht, bitte sofort"}, 200)
    assert "kein Notzugriff möglich" in wrong.text
    assert ReadLog.objects.filter(basis="Notzugriff, ohne Treffer").count() == 1
    post(client, url, {"number": case.number.lower(), "reason": "Kind ohne Aufsicht, bitte sofort"})
    assert client.get(case.get_absolute_url()).status_code == 200
    entry = BreakGlass.objects.get()
    assert client.get(reverse("cases:breakglass_review", args=[entry.pk])).status_code in (403, 404)
    officer = member("privacy.view")
    client.force_login(officer)
    start = client.get("/")
    assert f"Notzugriff auf {case.number} prüfen" in start.text
    review = client.get(entry.get_absolute_url())
    assert case.person.family_name not in review.text
    post(client, entry.get_absolute_url(), {"verdict": "justified", "note": "Gefahr im Verzug"})
    entry.refresh_from_db()
    assert entry.reviewed_by == officer


def test_restriction_and_conflict_on_the_page(page, client, offer, counsellor, colleague):
    case = CaseFactory(offer=offer, lead=counsellor, state="active")
    post(
        page,
        reverse("cases:conflict_create", args=[case.person_id]),
        {"staff": colleague.pk, "reason": "verwandt"},
    )
    client.force_login(colleague)
    assert client.get(case.get_absolute_url()).status_code == 404
    client.force_login(counsellor)
    post(
        page, reverse("cases:conflict_end", args=[ConflictOfInterest.objects.get().pk]), {"reason": "Irrtum"}
    )
    post(page, reverse("cases:restriction_create", args=[case.person_id]), {"reason": "Kindesschutz"})
    client.force_login(colleague)
    assert client.get(case.person.get_absolute_url()).status_code == 404
    client.force_login(counsellor)
    post(
        page,
        reverse("cases:restriction_end", args=[Restriction.objects.get().pk]),
        {"reason": "nicht mehr nötig"},
    )
    client.force_login(colleague)
    assert client.get(case.get_absolute_url()).status_code == 200


def test_an_anonymous_contact_is_undone_and_changed(page, offer, topic, counsellor):
    contact = ContactFactory(offer=offer, topic=topic, recorded_by=counsellor)
    url = reverse("cases:contact_update", args=[contact.pk])
    form = page.get(url).context["form"]
    data = {name: form[name].value() for name in ("topic", "language", "channel", "result", "version")}
    post(page, url, data | {"minutes": "42", "at": "2026-11-01T10:30", "note": ""})
    contact.refresh_from_db()
    assert contact.minutes == 42
    post(page, reverse("cases:contact_undo", args=[contact.pk]), {})
    assert not Contact.objects.exists()


def test_an_offer_with_site_and_funding(client, db):
    client.force_login(member("offer.view", "offer.manage"))
    from tests.factories.core import DepartmentFactory

    carrier = DepartmentFactory()
    data = {
        "name": "Jobcoaching",
        "kind": "job",
        "carrier": carrier.pk,
        "prefix": "JOB",
        "starts_on": TODAY(),
    }
    response = post(client, reverse("cases:offer_create"), data)
    url = response["Location"]
    post(client, url + "standort/", {"name": "Büro Wanne"})
    post(
        client,
        url + "foerderung/",
        {
            "programme": "EhAP Plus",
            "amount": "250000",
            "starts_on": TODAY(),
            "ends_on": TODAY() + timedelta(days=90),
        },
    )
    shown = client.get(url)
    assert "endet in weniger als 12 Monaten" in shown.text
    assert "250.000,00 €" in shown.text
    wrong = post(client, reverse("cases:offer_create"), data | {"prefix": "job!", "name": "x"}, 200)
    assert "Großbuchstaben" in wrong.text


@pytest.mark.parametrize("text", ["=1+1 <script>alert(1)</script> Ștefan\u202e", "a" * 400, "\x00nul"])
def test_hostile_text_never_breaks_a_page(page, offer, topic, caritas, text):
    for url, data in (
        (reverse("cases:contact_create"), tally(offer, topic, note=text, person_text=text)),
        (
            reverse("cases:person_create"),
            person_data(own_department=caritas.pk, given_name=text, birth_year=text),
        ),
        (reverse("cases:breakglass_create"), {"number": text, "reason": text * 20}),
    ):
        assert page.post(url, data).status_code in (200, 302)
    for name in ("person_list", "case_list", "contact_list", "offer_list", "referral_list", "help_need_list"):
        query = {"name": text, "suche": text, "offer": text, "von": text, "kind": text, "sortierung": text}
        assert page.get(reverse(f"cases:{name}"), query).status_code == 200
    assert page.get(reverse("cases:person_suggest"), {"q": text}).status_code == 200


def test_a_form_opens_with_any_record_named_in_its_address(page):
    for query in ("?kontakt=", "?person=", "?case=", "?help_need=", "?offer="):
        for name in ("contact_create", "person_create", "case_create"):
            assert page.get(reverse(f"cases:{name}") + query + "x%00").status_code == 200


def test_a_spelling_is_recorded_once(page, caritas, counsellor):
    person = PersonFactory(own_department=caritas, by=counsellor)
    url = reverse("cases:name_create", args=[person.pk])
    data = {"given_name": "Йонела", "family_name": "Маринеску", "kind": "original"}
    post(page, url, data)
    assert "schon erfasst" in post(page, url, data, 200).text


def test_a_help_need_is_taken_over_and_leads_to_a_contact(page, client, offer, topic, counsellor, caritas):
    inspections = pytest.importorskip("tests.factories.inspections")
    need = inspections.HelpNeedFactory()
    assert need.get_absolute_url() in page.get(reverse("cases:help_need_list")).text
    post(page, reverse("cases:help_need_take", args=[need.pk]), {"department": caritas.pk, "on": TODAY()})
    need.refresh_from_db()
    assert (need.state, need.taken_by) == ("taken", caritas)
    post(page, reverse("cases:contact_create"), tally(offer, topic, help_need=need.pk))
    assert Contact.objects.get().help_need == need
    shown = page.get(need.get_absolute_url())
    assert "Kontakt: Wohnen" in shown.text
    # At the house stands only that somebody took it over.
    from soe.web.registry import timeline

    house = (
        apps.get_model("objects", "Property")(pk=need.inspection.property_id) if need.inspection_id else None
    )
    if house is not None:
        entries = timeline.entries(type(house), counsellor, house)
        assert [entry.title for entry in entries if "Hilfe" in entry.title] == ["Hilfebedarf übernommen."]
