"""Feeds: rights at every fetch, nothing personal, hours that survive the change of the clocks."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from soe.audit.context import acting_as
from soe.web.calendars import views
from soe.web.calendars.events import Event, calendar
from soe.web.calendars.models import CalendarFeed
from steering.calendars import event
from tests.factories.complaints import ComplaintFactory
from tests.factories.core import UserFactory, member
from tests.factories.inspections import InspectionDayFactory
from tests.factories.proceedings import MeasureFactory
from tests.factories.steering import MeetingFactory, SeatFactory, moment, system

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
RIGHTS = ("steering.view", "complaint.view", "complaint.route", "proceeding.view", "measure.change",
          "inspection.view", "register.view")  # fmt: skip


@pytest.fixture(autouse=True)
def fresh_counters():
    cache.clear()


@pytest.fixture
def owner():
    return member(*RIGHTS)


def subscribe(user, *choices):
    _, secret = CalendarFeed.create(user, choices or ("deadlines", "inspections", "meetings"))
    return reverse("web:feed", args=[secret])


def fetched(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return Calendar.from_ical(answer.content)


def summaries(client, address):
    return sorted(str(row["summary"]) for row in fetched(client, address).walk("VEVENT"))


def tomorrow():
    return timezone.localdate() + timedelta(days=1)


def test_a_feed_holds_what_its_owner_may_see_and_has_to_do(client, owner):
    home = owner.departments.get()
    measure = MeasureFactory(department=home, due_on=tomorrow(), what="Frau Kanari besuchen")
    complaint = ComplaintFactory(
        department=home, wants_answer=True, answer_due=tomorrow(), text="Herr Kanari meldet Müll."
    )
    MeasureFactory(due_on=tomorrow())  # of another department
    day = InspectionDayFactory(lead=home, date=tomorrow(), state="invited")
    InspectionDayFactory(date=tomorrow(), state="invited")
    meeting = MeetingFactory(start=timezone.now() + timedelta(days=3))
    SeatFactory(committee=meeting.committee, department=None, user=UserFactory(last_name="Kanari-Sitz"))
    # A body she only may look at is not hers; one in which her department sits is.
    MeetingFactory(start=timezone.now() + timedelta(days=4))
    SeatFactory(committee=meeting.committee, department=home)
    address = subscribe(owner)
    assert summaries(client, address) == sorted(
        [
            f"Frist: Beschwerde {complaint.number} beantworten",
            f"Frist: Maßnahme an {measure.property.number}",
            f"Kontrolle {day.number}",
            str(meeting),
        ]
    )
    text = client.get(address).content.decode().replace("\r\n ", "")
    for leak in ("Kanari", owner.last_name, owner.email, "ATTENDEE", "ORGANIZER", "mailto"):
        assert leak not in text
    assert summaries(client, subscribe(owner, "meetings")) == [str(meeting)]


def test_a_right_that_ended_ends_the_dates_with_the_next_fetch(client, owner, monkeypatch):
    meeting = MeetingFactory(start=timezone.now() + timedelta(days=3))
    SeatFactory(committee=meeting.committee, department=None, user=owner)
    address = subscribe(owner)
    assert len(summaries(client, address)) == 1
    with acting_as(owner):
        owner.memberships.get().end(reason="versetzt")
    assert summaries(client, address) == []
    # Negative control: without restrict() it would still be there.
    from steering.models import Meeting

    monkeypatch.setattr(type(Meeting.objects.all()), "restrict", lambda rows, *args: rows)
    assert len(summaries(client, address)) == 1


def test_wrong_revoked_replaced_and_leavers_secrets_are_the_same_404(client, owner):
    first = subscribe(owner)
    second = subscribe(owner)
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    CalendarFeed.revoke(owner)
    assert client.get(second).status_code == 404
    third = subscribe(owner)
    with acting_as(system()):
        owner.is_active = False
        owner.save()
    assert client.get(third).status_code == 404
    assert client.get(reverse("web:feed", args=["geraten"])).status_code == 404


def test_the_secret_is_shown_once_and_kept_as_a_hash(client, owner):
    client.force_login(owner)
    assert "anlegen" in client.get("/konto/kalender/").text
    shown = client.post("/konto/kalender/", {"choices": ["meetings"]})
    address = shown.context["address"]
    assert address in shown.text
    secret = address.split("/kalender/")[1].split("/")[0]
    feed = CalendarFeed.objects.get()
    assert secret not in f"{vars(feed)}"
    assert secret not in client.get("/konto/kalender/").text
    assert client.post("/konto/kalender/", {"choices": ["gehalt"]}).status_code == 200
    assert CalendarFeed.objects.count() == 1
    client.post("/konto/kalender/widerrufen/")
    client.logout()
    assert client.get(address).status_code == 404


def test_fetching_and_guessing_too_often_is_refused(client, owner, monkeypatch):
    monkeypatch.setattr(views, "FETCHES", 2)
    monkeypatch.setattr(views, "GUESSES", 2)
    address = subscribe(owner)
    assert [client.get(address).status_code for _ in range(3)] == [200, 200, 429]
    wrong = reverse("web:feed", args=["geraten"])
    assert [client.get(wrong).status_code for _ in range(3)] == [404, 404, 429]


def test_a_changed_meeting_replaces_its_entry_and_a_cancelled_one_is_marked(client, owner):
    meeting = MeetingFactory(start=timezone.now() + timedelta(days=3))
    SeatFactory(committee=meeting.committee, department=None, user=UserFactory(), deputy=owner)
    address = subscribe(owner, "meetings")
    [before] = fetched(client, address).walk("VEVENT")
    with acting_as(system()):
        meeting.location = "Rathaus; Saal 2, Flügel Süd"
        meeting.save()
    [moved] = fetched(client, address).walk("VEVENT")
    assert moved["uid"] == before["uid"]
    assert moved["sequence"] > before["sequence"]
    assert moved["location"] == "Rathaus; Saal 2, Flügel Süd"
    meeting.cancel(by=system(), reason="Erkrankung")
    [gone] = fetched(client, address).walk("VEVENT")
    assert (gone["uid"], gone["status"]) == (before["uid"], "CANCELLED")
    assert gone["sequence"] > moved["sequence"]


@pytest.mark.parametrize(
    ("day", "offset"), [((2026, 3, 28), 1), ((2026, 3, 29), 2), ((2026, 10, 24), 2), ((2026, 10, 25), 1)]
)
def test_hours_stay_right_around_the_change_of_the_clocks(day, offset):
    meeting = MeetingFactory(start=moment(*day, 14))
    row = event(meeting)
    text = calendar([row]).decode()
    assert f"DTSTART;TZID=Europe/Berlin:{date(*day):%Y%m%d}T140000" in text
    [found] = Calendar.from_ical(text).walk("VEVENT")
    assert found.start.astimezone(BERLIN).hour == 14
    assert found.start.utcoffset() == timedelta(hours=offset)
    [zone] = Calendar.from_ical(text).walk("VTIMEZONE")
    assert zone["tzid"] == "Europe/Berlin"
    # The zone in the file itself says so too, for programs that do not know Berlin.
    assert zone.to_tz().utcoffset(datetime(*day, 14)) == timedelta(hours=offset)  # noqa: DTZ001 (wall clock)


def test_two_hours_over_the_change_are_two_hours():
    start = datetime(2026, 3, 29, 1, 30, tzinfo=BERLIN)
    row = Event("x@soe", 1, start, "Nacht", start)
    [found] = Calendar.from_ical(calendar([row])).walk("VEVENT")
    assert f"{found.end:%H%M}" == "0430"  # the hour from two to three does not exist


def test_a_deadline_is_a_whole_day(client, owner):
    measure = MeasureFactory(department=owner.departments.get(), due_on=date(2026, 12, 24))
    [row] = fetched(client, subscribe(owner, "deadlines")).walk("VEVENT")
    assert row.to_ical().decode().count("DTSTART;VALUE=DATE:20261224") == 1
    assert row.end == date(2026, 12, 25)
    assert str(measure.pk) in row["uid"]


def test_one_event_files_follow_the_rights_of_their_page(client, owner):
    day, meeting = InspectionDayFactory(state="invited"), MeetingFactory()
    client.force_login(owner)
    for name, record, number in (
        ("objects:inspection_day_ics", day, day.number),
        ("steering:meeting_ics", meeting, str(meeting)),
    ):
        answer = client.get(reverse(name, args=[record.pk]))
        assert answer["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
        [row] = Calendar.from_ical(answer.content).walk("VEVENT")
        assert number in row["summary"]
        assert row["url"] == f"http://testserver{record.get_absolute_url()}"
    meeting.cancel(by=system(), reason="Erkrankung")
    assert "METHOD:CANCEL" in client.get(reverse("steering:meeting_ics", args=[meeting.pk])).text
    client.force_login(member("offer.view"))
    assert client.get(reverse("objects:inspection_day_ics", args=[day.pk])).status_code == 403


def test_negative_control_without_the_counter_fetching_and_guessing_go_on(client, owner, monkeypatch):
    monkeypatch.setattr(views, "FETCHES", 2)
    monkeypatch.setattr(views, "GUESSES", 2)
    monkeypatch.setattr(views, "too_many", lambda key, limit: False)
    address, wrong = subscribe(owner), reverse("web:feed", args=["geraten"])
    assert [client.get(address).status_code for _ in range(3)] == [200] * 3
    assert [client.get(wrong).status_code for _ in range(3)] == [404] * 3


def test_negative_control_a_counter_that_forgets_refuses_nobody(client, owner, monkeypatch):
    monkeypatch.setattr(views, "FETCHES", 2)
    address = subscribe(owner)
    statuses = []
    for _ in range(3):
        statuses.append(client.get(address).status_code)
        views.cache.clear()
    assert statuses == [200] * 3
