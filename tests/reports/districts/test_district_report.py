"""The report to the district councils: protected in public, exact inside, frozen, compared with the last one."""

import io
from datetime import timedelta

import openpyxl
import pikepdf
import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from objects.register.models import Property
from reports.districts import building
from reports.districts.models import DistrictReport
from reports.districts.presentation import load
from reports.freeze import Altered
from soe.web.jobs.models import Job
from tests.factories.core import member, somebody
from tests.factories.register import AddressFactory, GoalFactory, PropertyFactory
from tests.web.forms import fields

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
THEN = TODAY - timedelta(days=60)


def stand(district, count, on, **kwargs):
    return [
        PropertyFactory(address=AddressFactory(district=district, number=300 + n), registered_on=on, **kwargs)
        for n in range(count)
    ]


def freeze(as_of, who=None):
    since, revision, before = building.beginning(as_of)
    public, internal = (building.canonical(data) for data in building.build(since, as_of, before=before))
    with somebody():
        return DistrictReport.objects.create(
            since=since, as_of=as_of, revision=revision, reason="" if revision == 1 else "Fehler", made_by=who or member(),
            public=public, public_sha256=building.checksum(public), internal=internal,
            internal_sha256=building.checksum(internal),
        )  # fmt: skip


def rows(report, kind, key):
    table = next(t for t in load(report, kind)["sections"][0]["tables"] if t["key"] == key)
    return {row["label"]: row["cells"] for row in table["table_rows"]}


@pytest.fixture
def city():
    wanne = stand("Wanne", 6, THEN - timedelta(days=90))
    stand("Eickel", 4, THEN - timedelta(days=30))
    first = freeze(THEN)
    stand("Wanne", 4, THEN + timedelta(days=5))
    stand("Sodingen", 1, THEN + timedelta(days=6))
    wanne[0].retire(by=member(), outcome=Property.RetiredReason.SOLVED, reason="fertig", on=TODAY)
    GoalFactory(property=wanne[1], aim="Ankauf prüfen", set_on=THEN)
    return wanne, first


def test_inside_everything_is_exact_and_the_balance_adds_up(city):
    wanne, _ = city
    report = freeze(TODAY)
    balance = {
        label: [c["value"] for c in cells]
        for label, cells in rows(report, "internal", "districts.balance").items()
    }
    assert balance["Wanne"] == [6, 4, 1, 9]
    assert balance["Sodingen"] == [0, 1, 0, 1]
    assert balance["insgesamt"] == [10, 5, 1, 14]
    houses = {house["number"]: house for house in load(report, "internal")["houses"]}
    assert houses[wanne[0].number]["change"] == "abgeschlossen: Probleme behoben"
    assert (houses[wanne[1].number]["aim"], houses[wanne[1].number]["change"]) == ("Ankauf prüfen", "")
    assert sum(house["change"] == "neu" for house in houses.values()) == 5


def test_in_public_no_address_and_no_number_below_three_can_be_read_or_computed(city):
    report = freeze(TODAY)
    assert not [h for h in Property.objects.all() if h.title in report.public or h.number in report.public]
    cells = rows(report, "public", "districts.balance")
    assert cells["Sodingen"][3] == {"hidden": True, "before": {"value": 0}}
    assert all(
        "value" not in cell or cell["value"] is None or not 0 < cell["value"] < 3
        for row in cells.values()
        for cell in row
    )
    # One hidden number in a column is a difference: each column with one hides another.
    for place in range(4):
        hidden = [label for label, row in cells.items() if row[place].get("hidden")]
        assert len(hidden) != 1, (place, hidden)


def test_negative_control_without_protection_the_one_house_would_stand_there(city, monkeypatch):
    class Nothing:
        hidden = {}

    monkeypatch.setattr(building, "protect", lambda *args: Nothing)
    cells = rows(freeze(TODAY), "public", "districts.balance")
    assert cells["Sodingen"][3]["value"] == 1


def test_a_report_begins_where_the_last_one_ended_and_says_what_changed(city):
    report = freeze(TODAY)
    assert (report.since, load(report, "public")["before"]) == (THEN, THEN.isoformat())
    assert rows(report, "internal", "districts.balance")["Wanne"][3] == {"value": 9, "before": {"value": 6}}
    assert building.beginning(TODAY)[1] == 2
    assert building.beginning(TODAY)[0] == THEN


def test_what_the_last_report_hid_stays_hidden_at_the_beginning_of_the_next():
    stand("Sodingen", 1, THEN - timedelta(days=3))
    stand("Wanne", 1, THEN - timedelta(days=3))
    stand("Eickel", 5, THEN - timedelta(days=3))
    first = freeze(THEN)
    assert rows(first, "public", "districts.balance")["Sodingen"][3] == {"hidden": True}
    stand("Sodingen", 5, TODAY)
    cells = rows(freeze(TODAY), "public", "districts.balance")["Sodingen"]
    assert cells[0]["hidden"]
    assert not (
        cells[1].get("value") == 5 and cells[3].get("value") == 6
    )  # their difference is the hidden one


def test_a_frozen_report_does_not_change(city):
    _, first = city
    with pytest.raises(DatabaseError), transaction.atomic():
        first.save()
    first.public = first.public.replace("Wanne", "Wonne", 1)
    with pytest.raises(Altered):
        load(first, "public")


def test_the_job_freezes_once_and_the_page_offers_both_versions(as_member, city):
    client, person = as_member("report.view", "report.prepare", "register.view")
    address = reverse("reports:district_create")
    data = fields(client.get(address))
    assert client.post(address, data | {"day": TODAY.isoformat()}).status_code == 302
    job = Job.objects.get(kind="district_report")
    assert job.state == "done", job.error
    report = DistrictReport.objects.get(as_of=TODAY)
    building.make(_Run(person), **job.params)  # run again after a crash
    assert DistrictReport.objects.filter(as_of=TODAY).count() == 1
    page = client.get(report.get_absolute_url()).content.decode()
    assert "Ankauf prüfen" in page
    assert client.get(f"{report.get_absolute_url()}?bezirk=Gelsenkirchen").status_code == 404
    inner = client.get(reverse("reports:district_internal_pdf", args=[report.pk]), {"bezirk": "Wanne"})
    with pikepdf.open(io.BytesIO(inner.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse("reports:district_internal_xlsx", args=[report.pk])).content)
    )
    assert [cell.value for cell in book["Objekte"][1]][:3] == ["Nummer", "Stadtbezirk", "Anschrift"]
    again = fields(client.get(address)) | {"day": TODAY.isoformat()}
    assert "nennen Sie den Grund" in client.post(address, again).content.decode()


class _Run:
    def __init__(self, user):
        self.user = user

    def summary(self, text, url=""):
        self.text = text


def test_without_the_register_only_the_public_version(as_member, city):
    client, _ = as_member("report.view")
    wanne, report = city
    page = client.get(report.get_absolute_url()).content.decode()
    assert wanne[1].title not in page
    assert wanne[1].number not in page
    assert client.get(reverse("reports:district_public_xlsx", args=[report.pk])).status_code == 200
    for name in ("internal_pdf", "internal_xlsx"):
        assert client.get(reverse(f"reports:district_{name}", args=[report.pk])).status_code == 403
    assert client.get(reverse("reports:district_create")).status_code == 403
