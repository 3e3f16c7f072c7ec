"""Who sees and records what at an inspection: in lists, details, search, counts, protocol, history."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from objects.inspections import registration
from objects.inspections.models import (
    Finding,
    ImmediateMeasure,
    InspectionDay,
    InspectionNote,
    InspectionSection,
)
from objects.inspections.protocol import protocol_context, protocol_html
from objects.inspections.selectors import SectionStub, section_stub
from soe.departments.models import Visibility
from tests.factories.core import DepartmentFactory, member
from tests.factories.inspections import (
    FindingFactory,
    HelpNeedFactory,
    ImmediateMeasureFactory,
    InspectionDayFactory,
    InspectionFactory,
    ParticipationFactory,
    SectionFactory,
    VisitFactory,
)
from tests.factories.register import PropertyFactory

CLERK = (
    "register.view",
    "inspection.view",
    "inspection.record",
    "helpneed.view",
    "measure.change",
    "proceeding.view",
)
OTHER_BODY = ("inspection.view", "inspection.record")
PLAN = (
    "register.view",
    "inspection.view",
    "inspection.plan",
    "inspection.publish",
    "inspection.record",
    "helpneed.view",
)
SECRET = "Wortlaut des Jugendamts"


@pytest.fixture
def youth(db):
    return DepartmentFactory(short_name="FB 51", default_visibility=Visibility.INTERNAL)


@pytest.fixture
def building(db):
    return DepartmentFactory(short_name="Bauordnung", default_visibility=Visibility.OPEN)


@pytest.fixture
def day(youth, building):
    """A running day with one house and two sections, each with a finding, a measure and a note."""
    day = InspectionDayFactory(running=True)
    house = InspectionFactory(day=day, property=PropertyFactory())
    visit = VisitFactory(inspection=house, registered=4, met=6)
    for department, text in ((youth, SECRET), (building, "Dachstuhl morsch")):
        section = SectionFactory(day=day, department=department)
        more = {"section": section, "inspection": house}
        FindingFactory(text=text, visit=visit, **more)
        ImmediateMeasureFactory(text=text, kind="ordered", **more)
        note = InspectionNote(text=text, inspection=house, visit=visit).belong_to(section)
        from tests.factories.core import somebody

        with somebody():
            note.save()
    return day


def section_of(day, department):
    return day.sections.get(department=department)


@pytest.mark.parametrize("model", [Finding, ImmediateMeasure, InspectionNote])
def test_internal_contents_are_only_for_the_own_department(day, youth, building, model):
    assert {row.department for row in model.objects.restrict(member(*CLERK, department=youth), "view")} == {
        youth,
        building,
    }
    assert {
        row.department for row in model.objects.restrict(member(*CLERK, department=building), "view")
    } == {building}
    assert {row.department for row in model.objects.restrict(member(*PLAN), "view")} == {building}
    assert not model.objects.restrict(member("register.view"), "view").exists()


def test_contents_for_participants_need_an_accepted_participation(day, youth, building):
    finding = Finding.objects.get(department=youth)
    from tests.factories.core import somebody

    with somebody():
        finding.visibility = Visibility.PARTICIPATING
        finding.save()
    assert (
        Finding.objects.restrict(member(*CLERK, department=building), "view").filter(pk=finding.pk).exists()
    )
    asked = DepartmentFactory()
    ParticipationFactory(day=day, department=asked)
    assert (
        not Finding.objects.restrict(member(*CLERK, department=asked), "view").filter(pk=finding.pk).exists()
    )


def test_other_bodies_see_only_days_they_are_invited_to(day):
    police = DepartmentFactory(short_name="Polizei")
    officer = member(*OTHER_BODY, department=police)
    invited, planned = InspectionDayFactory(state="invited"), InspectionDayFactory()
    ParticipationFactory(day=invited, department=police)
    ParticipationFactory(day=planned, department=police, state="planned")
    assert list(InspectionDay.objects.restrict(officer, "view")) == [invited]
    # A role in the register elsewhere counts only together with the right to see inspections.
    member("register.view", user=officer)
    assert list(InspectionDay.objects.restrict(officer, "view")) == [invited]


def test_a_department_records_only_in_its_own_open_section(day, youth, building):
    clerk = member(*CLERK, department=building)
    rows = InspectionSection.objects
    assert list(rows.restrict(clerk, "record")) == [section_of(day, building)]
    section_of(day, building).close(by=clerk)
    assert not rows.restrict(clerk, "record").exists()
    assert list(rows.restrict(clerk, "reopen")) == [section_of(day, building)]
    assert not rows.restrict(member(*PLAN), "record").exists(), "coordination does not record for others"


def test_recording_begins_on_the_day_itself(db):
    today = timezone.localdate()
    department = DepartmentFactory()
    clerk = member(*CLERK, department=department)
    for offset, expected in ((1, 0), (0, 1)):
        day = InspectionDayFactory(state="invited", date=today + timedelta(days=offset))
        SectionFactory(day=day, department=department)
        assert InspectionSection.objects.restrict(clerk, "record").filter(day=day).count() == expected


def test_the_stub_of_a_section_is_a_fixed_set_of_fields(day, youth):
    """Nothing may be added here without asking the data-protection officer."""
    assert InspectionSection.STUB_FIELDS == ("department", "state", "due_on", "closed_on")
    assert tuple(SectionStub.__dataclass_fields__) == InspectionSection.STUB_FIELDS
    assert section_stub(section_of(day, youth)) == SectionStub("FB 51", "offen", date(2026, 12, 1), None)


# Pages


def test_a_foreign_internal_section_shows_its_stub_and_nothing_else(day, youth, building, client):
    client.force_login(member(*CLERK, department=building))
    html = client.get(
        reverse("objects:inspection_section", args=[section_of(day, youth).pk])
    ).content.decode()
    assert "Inhalt intern" in html
    assert SECRET not in html
    assert "Schimmel" not in html
    assert "Feststellung ergänzen" not in html


def test_an_empty_and_a_full_internal_section_look_the_same(day, youth, building, client):
    client.force_login(member(*CLERK, department=building))
    empty = SectionFactory(day=InspectionDayFactory(running=True), department=youth)
    InspectionFactory(day=empty.day, property=day.inspections.get().property)

    def panel(section):
        html = client.get(reverse("objects:inspection_section", args=[section.pk])).content.decode()
        return html.split("soe-note--quiet")[1].split("</div></div>")[0]

    assert panel(empty) == panel(section_of(day, youth))


def test_no_page_leaks_internal_text(day, youth, building, client):
    house = day.inspections.get()
    client.force_login(member(*CLERK, "owner.view", department=building))
    pages = [
        reverse("objects:inspection_day", args=[day.pk]),
        reverse("objects:inspection_day_list"),
        reverse("objects:inspection_site_house", args=[day.pk, house.pk]),
        reverse("objects:inspection_site_visit", args=[day.pk, house.pk, house.visits.get().pk]),
        reverse("objects:inspection_section", args=[section_of(day, building).pk]),
        reverse("objects:property", args=[house.property_id]),
        reverse("objects:property_tab", args=[house.property_id, "kontrollen"]),
        reverse("objects:inspection_balance"),
        reverse("web:history", args=["objects.inspectionday", day.pk]),
        reverse("web:search") + "?q=" + day.number,
    ]
    for page in pages:
        response = client.get(page)
        assert response.status_code == 200, page
        assert SECRET not in response.content.decode(), page
    secret = Finding.objects.get(department=youth)
    assert client.get(reverse("objects:inspection_finding", args=[secret.pk])).status_code == 404
    assert client.get(reverse("web:history", args=["objects.finding", secret.pk])).status_code == 404


def test_totals_count_everything_because_they_name_nobody(day, building, client):
    client.force_login(member(*CLERK, department=building))
    html = client.get(day.get_absolute_url()).content.decode()
    assert "vor Ort angeordnet" in html
    from objects.inspections.totals import day_totals

    assert day_totals(day).measured("ordered") == 2


def test_the_protocol_shows_each_reader_only_what_she_may_see(day, youth, building):
    mine = protocol_html(day, member(*CLERK, department=building))
    assert SECRET not in mine
    assert "Dachstuhl morsch" in mine
    assert "Inhalt intern" in mine
    assert SECRET in protocol_html(day, member(*CLERK, department=youth))
    context = protocol_context(day, member("register.view", "inspection.view"))
    assert context["help_needs"] == []
    assert not context["sees_people"]


def test_names_of_the_team_need_the_right_to_record(day, building, client):
    from tests.factories.core import somebody

    row = day.participations.get(department=building)
    with somebody():
        row.note_presence(True, people="Karsten Dombrowe")
    for codes, seen in ((CLERK, True), (("register.view", "inspection.view"), False)):
        client.force_login(member(*codes))
        assert ("Karsten Dombrowe" in client.get(day.get_absolute_url()).content.decode()) is seen


PAGES = {
    # route: (clerk of a taking part department, other clerk, coordination, invited police, stranger police, nobody)
    "inspection_day": (200, 200, 200, 200, 404, 403),
    "inspection_day_change": (403, 403, 200, 403, 403, 403),
    "inspection_day_start": (403, 403, 200, 403, 403, 403),
    "inspection_day_cancel": (403, 403, 200, 403, 403, 403),
    "inspection_day_publish": (403, 403, 200, 403, 403, 403),
    "inspection_attendance": (403, 403, 200, 403, 403, 403),
    "inspection_site": (200, 404, 404, 404, 404, 403),
}


@pytest.mark.parametrize("route", PAGES)
def test_each_page_of_a_day_answers_by_right(day, building, client, route):
    InspectionFactory(day=day, position=2)
    police = DepartmentFactory()
    ParticipationFactory(day=day, department=police)
    who = [
        member(*CLERK, department=building),
        member(*CLERK),
        member(*PLAN),
        member(*OTHER_BODY, department=police),
        member(*OTHER_BODY),
        member("offer.view"),
    ]
    answers = []
    for person in who:
        client.force_login(person)
        answers.append(client.get(reverse(f"objects:{route}", args=[day.pk])).status_code)
    assert tuple(answers) == PAGES[route]
    client.logout()
    assert client.get(reverse(f"objects:{route}", args=[day.pk])).status_code == 302


SECTION_PAGES = [
    "inspection_section_close",
    "inspection_finding_create",
    "inspection_immediate_create",
    "inspection_help_create",
    "inspection_note_create",
]


@pytest.mark.parametrize("route", SECTION_PAGES)
def test_only_the_own_department_writes_into_a_section(day, youth, building, client, route):
    address = reverse(f"objects:{route}", args=[section_of(day, building).pk])
    for person, expected in (
        (member(*CLERK, department=building), 200),
        (member(*CLERK, department=youth), 404),
        (member(*PLAN), 404),
        (member("register.view", "inspection.view"), 403),
    ):
        client.force_login(person)
        assert client.get(address).status_code == expected


def test_the_balance_of_the_city_is_not_for_other_bodies(day, client):
    client.force_login(member(*OTHER_BODY))
    assert client.get(reverse("objects:inspection_balance")).status_code == 403


def test_other_bodies_are_offered_no_link_that_is_closed_to_them(day, building, client):
    police = DepartmentFactory()
    ParticipationFactory(day=day, department=police)
    client.force_login(member(*OTHER_BODY, department=police))
    html = client.get(day.get_absolute_url()).content.decode()
    assert "/objekte/" not in html
    assert "/kontrollen/bilanz/" not in client.get(reverse("objects:inspection_day_list")).content.decode()


def test_an_invitation_is_answered_only_by_its_department(day, client):
    invited = DepartmentFactory()
    row = ParticipationFactory(day=day, department=invited)
    address = reverse("objects:inspection_answer", args=[row.pk])
    for person, expected in (
        (member(*CLERK, department=invited), 200),
        (member(*CLERK), 404),
        (member("offer.view"), 403),
    ):
        client.force_login(person)
        assert client.get(address).status_code == expected


def test_help_needs_are_seen_with_their_own_right(day, building):
    need = HelpNeedFactory(section=section_of(day, building))
    from objects.inspections.models import HelpNeed

    assert HelpNeed.objects.restrict(member("helpneed.view"), "view").get() == need
    assert not HelpNeed.objects.restrict(member("inspection.view", "register.view"), "view").exists()


# Search, inbox, navigation, timeline


def test_search_finds_a_day_by_its_number_within_rights(day):
    clerk = member(*CLERK)
    assert [
        hit.title[:10] for hit in registration.find(clerk, f"kt {day.date.year} {day.number[-2:]}", 5)
    ] == [day.number]
    assert registration.find(clerk, day.number.lower(), 5)
    assert not registration.find(member(*OTHER_BODY), day.number, 5)


def test_the_inbox_knows_invitations_and_sections(day, building):
    today = date(2026, 12, 5)
    clerk = member(*CLERK, department=building)
    upcoming = InspectionDayFactory(state="invited", date=date(2026, 12, 20))
    ParticipationFactory(day=upcoming, department=building, invited_on=date(2026, 12, 1))
    tasks = list(registration.tasks(clerk, today))
    assert [(task.group, task.due) for task in tasks] == [("waiting", None), ("due", date(2026, 12, 1))]
    assert registration.open_invitations(clerk).count() == 1
    assert not registration.open_invitations(member(*CLERK)).exists()
    assert [entry.at for entry in registration.coming(clerk, today)] == [date(2026, 12, 20)]


def test_coordination_is_told_when_a_protocol_can_be_published(day, building):
    coordination = member(*PLAN)
    for section in day.sections.all():
        section.close(by=coordination)
    day.close(by=coordination)
    titles = [task.title for task in registration.tasks(coordination, date(2026, 11, 18))]
    assert titles == [f"Protokoll zu {day.number} veröffentlichen"]


def told(user, house):
    return list(registration.entries(user, house, *registration._past(user, house)))


def test_the_timeline_of_a_property_tells_counts_and_no_contents(day):
    house = day.inspections.get().property
    (entry,) = told(member(*CLERK), house)
    assert entry.title == "Objektkontrolle mit 2 Stellen."
    assert "4 gemeldet, 6 angetroffen" in entry.text
    assert SECRET not in entry.text
    assert not told(member(*OTHER_BODY), house)
