"""The pages of an inspection: plan, invite, answer, record on site without script, close, publish."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth import get_user
from django.urls import reverse
from django.utils import timezone

from objects.inspections.defaults import set_up_inspections
from objects.inspections.models import (
    ChecklistItem,
    DwellingVisit,
    Finding,
    HelpNeed,
    ImmediateMeasure,
    InspectionDay,
    InspectionParticipation,
)
from objects.models import Measure
from soe.departments.models import Visibility
from tests.factories.core import DepartmentFactory, member, somebody
from tests.factories.inspections import (
    FindingFactory,
    InspectionDayFactory,
    InspectionFactory,
    ParticipationFactory,
    SectionFactory,
    VisitFactory,
)
from tests.factories.register import DwellingFactory, PropertyFactory

CLERK = (
    "register.view",
    "inspection.view",
    "inspection.record",
    "helpneed.view",
    "measure.change",
    "proceeding.view",
)
PLAN = (
    "register.view",
    "inspection.view",
    "inspection.plan",
    "inspection.publish",
    "inspection.record",
    "helpneed.view",
)


@pytest.fixture
def coordination(client, db):
    person = member(*PLAN, department=DepartmentFactory(kind="unit", short_name="Koordinierungsstelle"))
    client.force_login(person)
    return person


def test_coordination_plans_a_day_in_one_page(client, coordination):
    houses = [PropertyFactory() for _ in range(2)]
    bodies = [DepartmentFactory(), DepartmentFactory(kind="authority")]
    for body in bodies:
        member("inspection.record", department=body)
    day = timezone.localdate() + timedelta(days=20)
    address = reverse("objects:inspection_day_create")
    assert client.get(address).status_code == 200
    response = client.post(
        address,
        {
            "date": day.isoformat(),
            "meet_at": "08:30",
            "meeting_point": "Wilhelmplatz",
            "reason": "Beschwerden",
            "lead": coordination.departments.get().pk,
            "house_1": houses[0].pk,
            "house_2_text": houses[1].number,
            "departments": [body.pk for body in bodies],
            "first": bodies[1].pk,
        },
    )
    planned = InspectionDay.objects.get()
    assert response.status_code == 302, response.context["form"].errors
    assert response["Location"] == planned.get_absolute_url()
    assert [row.property for row in planned.inspections.all()] == houses
    assert planned.participations.get(enters_first=True).department == bodies[1]
    assert planned.state == "planned"


def test_only_who_can_answer_is_offered_for_invitation(client, coordination):
    silent, able = DepartmentFactory(short_name="ohne Konto"), DepartmentFactory(short_name="mit Konto")
    member("inspection.record", department=able)
    html = client.get(reverse("objects:inspection_day_create")).content.decode()
    assert able.short_name in html
    assert silent.short_name not in html


def test_the_page_of_a_property_leads_into_planning(client, coordination):
    house = PropertyFactory()
    html = client.get(f"{reverse('objects:inspection_day_create')}?objekt={house.pk}").content.decode()
    assert house.number in html


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"date": "2020-01-01"}, "Vergangenheit"),
        ({"date": "morgen"}, "ein Datum an"),
        ({"house_1": "", "house_1_text": "Nirgendwo 99"}, "nicht bekannt"),
        ({"house_2": "same"}, "steht schon weiter oben"),
        ({"first": "other"}, "steht nicht unter den Teilnehmenden"),
        ({"lead": "1 OR 1=1"}, "Leitung"),
    ],
)
def test_bad_input_comes_back_with_a_sentence_and_keeps_the_rest(client, coordination, changes, message):
    house, other = PropertyFactory(), DepartmentFactory()
    member("inspection.record", department=other)
    data = {
        "date": (timezone.localdate() + timedelta(days=9)).isoformat(),
        "meeting_point": "<script>alert(1)</script>",
        "lead": coordination.departments.get().pk,
        "house_1": house.pk,
    }
    swap = {"same": house.pk, "other": other.pk}
    response = client.post(
        reverse("objects:inspection_day_create"), data | {k: swap.get(v, v) for k, v in changes.items()}
    )
    html = response.content.decode()
    assert response.status_code == 200
    assert message in html
    assert "&lt;script&gt;" in html
    assert not InspectionDay.objects.exists()


def test_the_way_of_a_day_through_all_its_steps(client, coordination):
    body = DepartmentFactory(default_visibility=Visibility.OPEN)
    clerk = member(*CLERK, department=body)
    day = InspectionDayFactory(date=timezone.localdate())
    InspectionFactory(day=day, property=PropertyFactory())
    ParticipationFactory(day=day, department=body, state="planned")

    def step(name, expected, **data):
        assert client.get(reverse(f"objects:{name}", args=[day.pk])).status_code == 200
        assert client.post(reverse(f"objects:{name}", args=[day.pk]), data).status_code == 302
        day.refresh_from_db()
        assert day.state == expected

    step("inspection_day_invite", "invited")
    client.force_login(clerk)
    row = InspectionParticipation.objects.get()
    answer = reverse("objects:inspection_answer", args=[row.pk])
    refused = client.post(answer, {"answer": "decline"})
    assert "Bitte begründen Sie die Absage" in refused.content.decode()
    client.post(answer, {"answer": "accept", "people": "K. Dombrowe", "headcount": "2"})
    row.refresh_from_db()
    assert (row.state, row.headcount) == ("accepted", 2)

    client.force_login(coordination)
    step("inspection_day_start", "running")
    client.post(reverse("objects:inspection_attendance", args=[day.pk]), {f"present_{row.pk}": "yes"})
    row.refresh_from_db()
    assert row.present is True
    step("inspection_day_close", "closed")
    page = reverse("objects:inspection_day_publish", args=[day.pk])
    assert str(body) in client.get(page).content.decode()
    assert "begründen" in client.post(page, {}).content.decode()
    client.force_login(clerk)
    client.post(reverse("objects:inspection_section_close", args=[day.sections.get().pk]))
    client.force_login(coordination)
    step("inspection_day_publish", "published")
    step("inspection_day_withdraw", "closed", reason="Zahl korrigiert")


def test_a_step_that_is_not_possible_any_more_says_so(client, coordination):
    day = InspectionDayFactory(state="cancelled")
    response = client.post(reverse("objects:inspection_day_start", args=[day.pk]))
    assert response.status_code == 200
    assert "nicht möglich" in response.content.decode()


def test_changing_the_plan_over_somebody_elses_change_leads_to_the_conflict_page(client, coordination):
    day = InspectionDayFactory()
    address = reverse("objects:inspection_day_change", args=[day.pk])
    version = day.version
    with somebody():
        day.meeting_point = "Rathaus"
        day.save()
    data = {
        "date": "2026-11-17",
        "lead": coordination.departments.get().pk,
        "meeting_point": "Bahnhof",
        "version": version,
    }
    assert client.post(address, data).status_code == 409
    day.refresh_from_db()
    assert day.meeting_point == "Rathaus"


# On site


@pytest.fixture
def site(client, db):
    with somebody():
        set_up_inspections()
    department = DepartmentFactory(
        code="wohnungsaufsicht", short_name="Wohnungsaufsicht", default_visibility="open"
    )
    with somebody():
        set_up_inspections()
    clerk = member(*CLERK, department=department)
    client.force_login(clerk)
    day = InspectionDayFactory(running=True)
    section = SectionFactory(day=day, department=department)
    house = PropertyFactory()
    dwellings = [
        DwellingFactory(property=house, location=place, area=52) for place in ("1. OG links", "2. OG rechts")
    ]
    inspection = InspectionFactory(day=day, property=house)
    return section, inspection, dwellings


def visit_address(inspection, key):
    return reverse("objects:inspection_site_visit", args=[inspection.day_id, inspection.pk, key])


def test_one_dwelling_after_the_other_with_plain_posts(client, site):
    section, inspection, (first, second) = site
    page = visit_address(inspection, first.pk)
    html = client.get(page).content.decode()
    assert "Fertig, weiter zu 2. OG rechts" in html
    assert "laut Bauakte 52" in html
    damp = ChecklistItem.objects.get(code="feuchte")
    response = client.post(
        page,
        {
            "access": "granted",
            "registered": "4",
            "met": "6",
            "unregistered": "2",
            "gone": "0",
            "children": "1",
            "area": "52",
            "seen_area": "52",
            f"item_{damp.pk}": "danger",
            "note": "Bad ohne Fenster",
            "weiter": "1",
        },
    )
    assert response.status_code == 302, response.context["form"].errors
    assert response["Location"] == visit_address(inspection, second.pk)
    visit = DwellingVisit.objects.get()
    assert (visit.dwelling, visit.registered, visit.met, visit.unregistered, visit.children) == (
        first,
        4,
        6,
        2,
        1,
    )
    assert (visit.area, visit.done, visit.recorded_by) == (Decimal(52), True, section.department)
    assert Finding.objects.get().severity == "danger"
    assert section.notes.get().text == "Bad ohne Fenster"
    again = client.get(page).content.decode()
    assert "Zu wenig Platz" in again
    assert "8,7 m² je Person" in again


def test_the_last_dwelling_leads_back_to_the_house(client, site):
    _, inspection, (_, second) = site
    response = client.post(visit_address(inspection, second.pk), {"access": "nobody", "weiter": "1"})
    assert response["Location"] == reverse(
        "objects:inspection_site_house", args=[inspection.day_id, inspection.pk]
    )


def test_without_access_nothing_stops_but_it_stays_open(client, site):
    _, inspection, (first, _) = site
    assert client.post(visit_address(inspection, first.pk), {"met": "2", "weiter": "1"}).status_code == 302
    visit = DwellingVisit.objects.get()
    assert (visit.met, visit.done) == (2, False)


def test_counters_work_without_script(client, site):
    _, inspection, (first, _) = site
    page = visit_address(inspection, first.pk)
    client.post(page, {"met": "2", "schritt": "met:1"})
    assert DwellingVisit.objects.get().met == 3
    client.post(page, {"met": "0", "seen_met": "3", "schritt": "met:-1"})
    assert DwellingVisit.objects.get().met == 0


def test_unset_is_not_zero_and_not_in_order(client, site):
    _, inspection, (first, _) = site
    client.post(visit_address(inspection, first.pk), {"access": "granted", "met": ""})
    assert DwellingVisit.objects.get().met is None
    assert not Finding.objects.exists()


def test_the_rest_is_in_order_at_one_button(client, site):
    _, inspection, (first, _) = site
    items = ChecklistItem.objects.filter(level="dwelling")
    client.post(
        visit_address(inspection, first.pk),
        {"access": "granted", f"item_{items[0].pk}": "defect", "rest": "1"},
    )
    assert Finding.objects.filter(severity="ok").count() == items.count() - 1


def test_a_page_that_stood_open_does_not_undo_a_colleague(client, site):
    """Her page showed no answer and no note; meanwhile somebody answered and wrote one."""
    section, inspection, (first, _) = site
    damp, windows = ChecklistItem.objects.get(code="feuchte"), ChecklistItem.objects.get(code="fenster")
    page = visit_address(inspection, first.pk)
    client.post(
        page, {"access": "granted", f"item_{damp.pk}": "danger", "note": "Schlüssel beim Hausmeister"}
    )
    stale = {"seen_access": "", "seen_note": "", f"seen_item_{damp.pk}": "", f"seen_item_{windows.pk}": ""}
    client.post(page, stale | {"access": "granted", f"item_{windows.pk}": "ok", "note": ""})
    answers = dict(section.findings.values_list("item__code", "severity"))
    assert answers == {"feuchte": "danger", "fenster": "ok"}
    assert section.notes.get().text == "Schlüssel beim Hausmeister"


@pytest.mark.parametrize("value", ["x", "00000000-0000-7000-8000-000000000000", "' OR 1=1"])
def test_made_up_buttons_do_no_harm(client, site, value):
    _, inspection, (first, _) = site
    page = visit_address(inspection, first.pk)
    posted = {
        "access": "granted",
        "ergaenzen": value,
        "schritt": value,
        "client_key": value,
        "seen_met": value,
    }
    assert client.post(page, posted).status_code == 302
    assert (
        client.get(f"{reverse('objects:inspection_day_create')}?objekt={value}&date={value}").status_code
        == 403
    )


def test_a_dwelling_that_is_in_no_register_is_added_at_the_door(client, site):
    _, inspection, _ = site
    page = visit_address(inspection, "neu")
    missing = client.post(page, {"access": "granted", "met": "5"})
    assert "2. OG rechts" in missing.content.decode()
    assert 'value="5"' in missing.content.decode(), "the input is kept"
    client.post(page, {"location": "Dachboden", "access": "granted", "met": "5"})
    visit = DwellingVisit.objects.get()
    assert client.get(visit_address(inspection, visit.pk)).status_code == 200


def test_a_count_changed_by_somebody_else_is_shown_before_it_is_overruled(client, site):
    _, inspection, (first, _) = site
    VisitFactory(inspection=inspection, dwelling=first, location="1. OG links", met=3)
    page = visit_address(inspection, first.pk)
    response = client.post(page, {"met": "4", "seen_met": ""})
    assert response.status_code == 409
    html = response.content.decode()
    assert "inzwischen 3 eingetragen" in html
    assert 'name="seen_met" value="3"' in html
    client.post(page, {"met": "4", "seen_met": "3"})
    assert DwellingVisit.objects.get().met == 4


@pytest.mark.parametrize("value", ["-1", "1000", "viele", "1e9", "2,5"])
def test_impossible_counts_come_back_with_a_sentence(client, site, value):
    _, inspection, (first, _) = site
    response = client.post(visit_address(inspection, first.pk), {"met": value, "access": "granted"})
    assert response.status_code == 200
    assert "soe-field--error" in response.content.decode()
    assert not DwellingVisit.objects.exists()


def test_german_decimals_for_the_area(client, site):
    _, inspection, (first, _) = site
    client.post(visit_address(inspection, first.pk), {"area": "48,5", "seen_area": "52"})
    assert DwellingVisit.objects.get().area == Decimal("48.5")


def test_help_is_one_button_away_and_names_the_dwelling(client, site):
    section, inspection, (first, _) = site
    response = client.post(visit_address(inspection, first.pk), {"access": "granted", "hilfe": "1"})
    assert client.get(response["Location"]).status_code == 200
    visit = DwellingVisit.objects.get()
    done = client.post(
        response["Location"],
        {"kind": "housing", "households": "1", "inspection": inspection.pk, "visit": visit.pk, "note": ""},
    )
    assert done["Location"] == visit_address(inspection, first.pk)
    need = HelpNeed.objects.get()
    assert (need.visit, need.section, need.state) == (visit, section, "open")


def test_a_foreign_house_or_dwelling_is_not_found(client, site):
    _, inspection, (first, _) = site
    other = InspectionFactory(property=PropertyFactory())
    foreign = DwellingFactory(property=other.property)
    assert client.get(visit_address(inspection, foreign.pk)).status_code == 404
    assert client.get(visit_address(inspection, "irgendwas")).status_code == 404
    assert client.get(visit_address(other, first.pk)).status_code == 404


def test_the_house_page_rates_open_findings_again(client, site):
    section, inspection, _ = site
    before = SectionFactory(
        day=InspectionDayFactory(date=date(2026, 3, 1), closed=True), department=section.department
    )
    earlier = InspectionFactory(day=before.day, property=inspection.property)
    finding = FindingFactory(section=before, inspection=earlier, text="Schimmel im Bad")
    foreign = FindingFactory(
        section=SectionFactory(day=before.day, department=DepartmentFactory(default_visibility="open")),
        inspection=earlier,
        text="Stufe gebrochen",
    )
    page = reverse("objects:inspection_site_house", args=[inspection.day_id, inspection.pk])
    html = client.get(page).content.decode()
    assert "Schimmel im Bad" in html
    assert "Stufe gebrochen" in html
    assert f"carry_{foreign.pk}" not in html
    door = ChecklistItem.objects.get(code="haustuer")
    client.post(page, {f"carry_{finding.pk}": "ok", f"item_{door.pk}": "defect"})
    finding.refresh_from_db()
    assert finding.state == "resolved"
    assert section.findings.filter(severity="defect").get().item == door


# The section page


def test_findings_measures_and_help_needs_of_the_own_section(client, site):
    section, inspection, _ = site

    def post(name, **data):
        response = client.post(
            reverse(f"objects:{name}", args=[section.pk]), data | {"inspection": inspection.pk}
        )
        assert response.status_code == 302, response.context["form"].errors

    post(
        "inspection_finding_create", category="waste", severity="defect", certainty="suspected", level="outside",
        text="Sperrmüll im Hof", count="1", visibility="open",
    )  # fmt: skip
    post("inspection_immediate_create", kind="meter_power", count="2", visibility="open")
    post("inspection_help_create", kind="energy", households="3", urgent="on")
    post("inspection_note_create", text="Keller nicht zugänglich", visibility="internal")
    html = client.get(section.get_absolute_url()).content.decode()
    for text in ("Sperrmüll im Hof", "Stromzähler gesperrt", "3 Haushalte", "Keller nicht zugänglich"):
        assert text in html
    assert ImmediateMeasure.objects.get().count == 2
    assert client.get(reverse("objects:inspection_section_close", args=[section.pk])).status_code == 200


def test_an_amount_with_the_wrong_kind_is_explained(client, site):
    section, _, _ = site
    response = client.post(
        reverse("objects:inspection_immediate_create", args=[section.pk]),
        {"kind": "sealed", "count": "1", "amount": "100", "visibility": "open"},
    )
    assert "nur bei „Betrag eingezogen“" in response.content.decode()


def test_from_a_finding_to_a_measure(client, site):
    section, inspection, _ = site
    finding = FindingFactory(section=section, inspection=inspection)
    page = reverse("objects:inspection_finding_measure", args=[finding.pk])
    assert client.get(page).status_code == 200
    due = (timezone.localdate() + timedelta(days=30)).isoformat()
    response = client.post(page, {"what": "Bad trocknen", "kind": "repair", "due_on": due})
    measure = Measure.objects.get()
    assert response["Location"] == measure.get_absolute_url()
    assert client.get(section.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    "name", ["inspection_finding_resolve", "inspection_finding_withdraw", "inspection_finding"]
)
def test_steps_of_a_finding_open(client, site, name):
    section, inspection, _ = site
    finding = FindingFactory(section=section, inspection=inspection)
    page = reverse(f"objects:{name}", args=[finding.pk])
    assert client.get(page).status_code == 200
    if name != "inspection_finding":
        data = {"on": timezone.localdate().isoformat(), "reason": "gesehen"}
        assert client.post(page, data).status_code == 302
        finding.refresh_from_db()
        assert finding.state in ("resolved", "withdrawn")


# Protocol


def test_the_protocol_is_a_tagged_pdf(client, site):
    pikepdf = pytest.importorskip("pikepdf")
    from io import BytesIO

    section, inspection, _ = site
    FindingFactory(section=section, inspection=inspection, text="Schimmel")
    response = client.get(reverse("objects:inspection_protocol", args=[section.day_id]))
    assert response["Content-Type"] == "application/pdf"
    assert section.day.number in response["Content-Disposition"]
    with pikepdf.open(BytesIO(response.content)) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang) == "de"
        assert "StructTreeRoot" in {key.strip("/") for key in pdf.Root}
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert section.day.number in metadata["dc:title"]


def test_without_pango_there_is_a_german_sentence(client, site, monkeypatch):
    import builtins

    real = builtins.__import__

    def broken(name, *args, **kwargs):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *args, **kwargs)

    section, _, _ = site
    monkeypatch.setattr(builtins, "__import__", broken)
    response = client.get(reverse("objects:inspection_protocol", args=[section.day_id]), follow=True)
    assert "Bibliothek Pango" in response.content.decode()


# Before the day


def test_a_planned_day_shows_what_is_still_open_at_its_houses(client, coordination):
    house = PropertyFactory()
    before = SectionFactory(
        day=InspectionDayFactory(date=date(2026, 3, 1), closed=True),
        department=DepartmentFactory(default_visibility="open"),
    )
    FindingFactory(
        section=before, inspection=InspectionFactory(day=before.day, property=house), text="Dach undicht"
    )
    day = InspectionDayFactory(state="planned")
    InspectionFactory(day=day, property=house)
    assert "Dach undicht" in client.get(day.get_absolute_url()).content.decode()


# Lists, costs


def test_the_list_filters_sorts_and_exports(client, coordination):
    InspectionDayFactory(date=timezone.localdate() + timedelta(days=3), meeting_point="Wilhelmplatz")
    InspectionDayFactory(running=True)
    InspectionDayFactory(published=True)
    page = reverse("objects:inspection_day_list")

    def numbers(query):
        return client.get(f"{page}?{query}").context["count"]

    assert numbers("") == 3
    assert [numbers(f"ansicht={view}") for view in ("kommend", "laufend", "vergangen")] == [1, 1, 1]
    assert numbers("suche=wilhelm") == 3  # the factory's usual meeting point too
    assert numbers("stand=running") == 1
    assert numbers("von=2030-01-01") == 0
    assert client.get(f"{page}?sortierung=-date").status_code == 200
    assert "KT-" in b"".join(client.get(f"{page}?export=csv").streaming_content).decode("utf-8-sig")


def test_the_balance_stands_at_any_time(client, coordination):
    from objects.inspections.published import enter

    enter(by=coordination, lead=coordination.departments.get())
    html = client.get(reverse("objects:inspection_balance")).content.decode()
    assert "21.536" in html
    assert "Ende 2015" in html
    for day in InspectionDay.objects.all():
        assert client.get(day.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("rows", [2, 20])
def test_the_list_costs_the_same_for_two_and_for_twenty_rows(
    client, coordination, django_assert_max_num_queries, rows
):
    for _ in range(rows):
        SectionFactory(day=InspectionDayFactory(running=True))
    client.get(reverse("objects:inspection_day_list"))
    with django_assert_max_num_queries(QUERIES_OF_THE_LIST):
        client.get(reverse("objects:inspection_day_list"))


@pytest.mark.parametrize("rows", [2, 9])
def test_the_day_costs_the_same_for_two_and_for_nine_houses(
    client, coordination, django_assert_max_num_queries, rows
):
    day = InspectionDayFactory(running=True)
    for position in range(1, rows + 1):
        section = SectionFactory(day=day)
        house = InspectionFactory(day=day, position=position, property=PropertyFactory())
        visit = VisitFactory(inspection=house, met=3, area=20)
        FindingFactory(section=section, inspection=house, visit=visit, visibility="open")
    client.get(day.get_absolute_url())
    with django_assert_max_num_queries(QUERIES_OF_A_DAY):
        client.get(day.get_absolute_url())


QUERIES_OF_THE_LIST = 20
QUERIES_OF_A_DAY = 26  # with the panels of comments and files


def test_on_site_a_form_without_its_token_asks_again_and_keeps_the_input(client, site, monkeypatch):
    _, inspection, (first, _) = site
    page = visit_address(inspection, first.pk)
    answer = client.post(page, {"met": "2", "note": "Klingel defekt"}, bare=True)
    assert "Kennung" in answer.content.decode()
    assert "Klingel defekt" in answer.content.decode()
    assert not DwellingVisit.objects.exists()
    # Negative control: without the demand it would act, and a retried post would act twice.
    monkeypatch.setattr("soe.web.views.base.posted_token", lambda request: "da")
    client.post(page, {"met": "2"}, bare=True)
    assert DwellingVisit.objects.exists()


def test_on_site_a_draft_is_kept_offered_and_overrules_nobody(client, site):
    section, inspection, (first, _) = site
    page, clerk = visit_address(inspection, first.pk), get_user(client)
    html = client.get(page).content.decode()
    assert f'data-draft="{clerk.pk}"' in html
    token = re.search(r'name="form_token" value="([^"]+)"', html)[1]
    typed = {"form_token": token, "met": "4", "seen_met": "", "note": "Klingel defekt", "client_key": token}
    kept = client.post(page, typed | {"entwurf": str(clerk.pk)}, headers={"Accept": "application/json"})
    assert kept.json()["saved"]
    assert not DwellingVisit.objects.exists()
    # Meanwhile a colleague counted in the same dwelling.
    VisitFactory(inspection=inspection, dwelling=first, location="1. OG links", met=3)
    offered = client.get(page).content.decode()
    assert "Entwurf verwenden" in offered
    again = client.get(f"{page}?entwurf={kept.json()['id']}").content.decode()
    assert 'name="seen_met" value=""' in again
    assert "Klingel defekt" in again
    assert f'name="form_token" value="{token}"' in again
    assert f'name="client_key" value="{token}"' in again
    assert client.post(page, typed).status_code == 409
    assert client.post(page, typed | {"seen_met": "3", "weiter": "1"}).status_code == 302
    assert "Entwurf verwenden" not in client.get(page).content.decode()
    house = reverse("objects:inspection_site_house", args=[inspection.day_id, inspection.pk])
    point = ChecklistItem.objects.filter(department=section.department_id, level="house").first()
    answer = {f"item_{point.pk}": "defect", "entwurf": str(clerk.pk)}
    assert client.post(house, answer).status_code == 302
    assert "Entwurf verwenden" in client.get(house).content.decode()
