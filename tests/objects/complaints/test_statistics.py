"""Complaints in numbers: by place, kind, way, department and time; nothing about the person who reported."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from objects.complaints.statistics import COLUMNS, statistics
from objects.models import Complaint, ComplaintReporter
from tests.factories.complaints import ComplaintFactory, LinkFactory, ReporterFactory, TopicFactory
from tests.factories.core import member
from tests.factories.register import AddressFactory, StreetFactory

pytestmark = pytest.mark.django_db
FORBIDDEN = ("national", "herkunft", "ethni", "staatsang", "sprache", "religion", "geschlecht", "geburt")


@pytest.fixture
def year():
    """Three complaints in Wanne, one elsewhere, one of the year before."""
    street = StreetFactory(name="Lampenstubenweg")
    wanne = [AddressFactory(street=street, number=n, district="Wanne") for n in (1, 2)]
    march = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def row(address, day, **more):
        return ComplaintFactory(address=address, received_at=march + timedelta(days=day), **more)

    quick = row(wanne[0], 0, state="answered", answered_on=march.date() + timedelta(days=4), wants_answer=True,
                answer_due=march.date() + timedelta(days=14))  # fmt: skip
    late = row(wanne[0], 0, state="answered", answered_on=march.date() + timedelta(days=20), wants_answer=True,
               answer_due=march.date() + timedelta(days=14))  # fmt: skip
    row(wanne[1], 5, channel="letter")
    ComplaintFactory(unofficial=True, received_at=march)
    row(wanne[1], -365)
    TopicFactory(complaint=quick, category__name="Müll")
    LinkFactory(complaint=late)
    return quick, late


def tables(user):
    found = statistics(user, date(2026, 1, 1), date(2026, 12, 31))
    return {table.key: dict(table.rows) for table in found}


def test_counts_by_every_heading(year, django_assert_max_num_queries):
    user = member("complaint.view", "register.view")
    with django_assert_max_num_queries(5):
        found = tables(user)
    assert found["district"]["Wanne"] == [3, 1, 2, 12, 50]
    assert found["district"]["gesamt"][0] == 4
    assert found["district"]["ohne amtliche Anschrift"][0] == 1
    assert found["street"] == {"Lampenstubenweg": [3, 1, 2, 12, 50]}
    assert found["category"]["Müll"] == [1, 0, 1, 4, 100]
    assert found["channel"]["Brief"][0] == 1
    assert sum(values[0] for values in found["house"].values()) == 1


def test_the_page_and_its_spreadsheet_say_the_same(year, client):
    client.force_login(member("complaint.view", "register.view"))
    url = reverse("objects:complaint_statistics")
    span = {"von": "2026-01-01", "bis": "2026-12-31"}
    page = client.get(url, span).content.decode()
    assert "Lampenstubenweg" in page
    answer = client.get(url, span | {"export": "xlsx"})
    sheet = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("Tabelle", "Zeile", *COLUMNS)
    assert ("Nach Straße", "Lampenstubenweg", 3, 1, 2, 12, 50) in rows
    assert (
        "Das Ende liegt vor dem Anfang"
        in client.get(url, {"von": "2026-02-01", "bis": "2026-01-01"}).content.decode()
    )
    client.force_login(member("register.view"))
    assert client.get(url).status_code == 403


def test_neither_who_reported_nor_any_trait_of_hers_can_be_counted(year, client):
    ReporterFactory(complaint=year[0], name="Frau Kanari", contact="0170 1")
    client.force_login(member("complaint.view", "complaint.reporter", "register.view"))
    page = client.get(reverse("objects:complaint_statistics")).content.decode()
    assert "Kanari" not in page
    fields = [
        f"{f.name} {f.verbose_name}".lower() for m in (Complaint, ComplaintReporter) for f in m._meta.fields
    ]
    assert not [name for name in fields if any(word in name for word in FORBIDDEN)]
