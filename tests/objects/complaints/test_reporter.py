"""Who reported is seen by the responsible department only, on no page, in no file, search or history of others."""

import pytest
from django.urls import reverse

from objects.complaints.tables import ComplaintTable
from objects.models import Complaint, ComplaintReporter
from tests.factories.complaints import ComplaintFactory, InvolvementFactory, LinkFactory, ReporterFactory
from tests.factories.core import DepartmentFactory, member, somebody

pytestmark = pytest.mark.django_db
NAME, CONTACT = "Quittenbaum", "0170-4711"
CLERK = (
    "register.view", "proceeding.view", "complaint.view", "complaint.record", "complaint.route", "complaint.reporter",
)  # fmt: skip


def reported(**values):
    complaint = ComplaintFactory(**values)
    ReporterFactory(complaint=complaint, name=NAME, contact=CONTACT)
    with somebody():
        row = complaint.reporter
        row.contact = CONTACT + " abends"
        row.save(reason="geändert")
    return complaint


def content(answer):
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return data.decode("utf-8", "replace")


def test_the_reporter_is_hidden_from_others_everywhere(client):
    complaint = reported()
    house = LinkFactory(complaint=complaint).property
    InvolvementFactory(complaint=complaint, department=(involved := DepartmentFactory()))
    client.force_login(member(*CLERK, department=involved))
    pages = [
        reverse("web:start"),
        complaint.get_absolute_url(),
        reverse("objects:complaint_list"),
        reverse("objects:complaint_list") + "?export=csv",
        reverse("web:history", args=["objects.complaint", complaint.pk]),
        house.get_absolute_url(),
        reverse("objects:property_tab", args=[house.pk, "beschwerden"]),
        reverse("objects:property_tab", args=[house.pk, "zeitleiste"]),
        reverse("web:history", args=["objects.property", house.pk]),
        reverse("objects:complaint_hints") + f"?address={complaint.address_id}",
    ]
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        text = content(answer)
        assert NAME not in text, page
        assert "0170-4711" not in text, page
    for query in (NAME, "4711"):
        text = content(client.get(reverse("web:search") + f"?q={query}"))
        assert str(complaint.pk) not in text
        text = content(client.get(reverse("objects:complaint_list") + f"?text={query}"))
        assert str(complaint.pk) not in text
    hidden = [
        reverse("web:history", args=["objects.complaintreporter", complaint.reporter.pk]),
        reverse("objects:complaint_reporter", args=[complaint.pk]),
    ]
    assert [client.get(page).status_code for page in hidden] == [404, 404]


def test_the_responsible_department_sees_the_reporter(client):
    complaint = reported()
    client.force_login(member(*CLERK, department=complaint.department))
    assert NAME in content(client.get(complaint.get_absolute_url()))
    assert client.get(reverse("objects:complaint_reporter", args=[complaint.pk])).status_code == 200


def test_the_own_department_alone_is_not_enough(client):
    complaint = reported()
    rights = [code for code in CLERK if code != "complaint.reporter"]
    client.force_login(member(*rights, department=complaint.department))
    assert NAME not in content(client.get(complaint.get_absolute_url()))
    assert client.get(reverse("objects:complaint_reporter", args=[complaint.pk])).status_code == 403


def test_the_department_that_took_it_down_does_not_keep_the_reporter():
    recorder = DepartmentFactory()
    complaint = reported(recorded_in=recorder, department=DepartmentFactory())
    person = member(*CLERK, department=recorder)
    assert not ComplaintReporter.objects.restrict(person, "view").exists()
    assert Complaint.objects.restrict(person, "view").get() == complaint


def test_the_reporter_moves_only_when_a_forwarding_is_accepted():
    complaint, other = reported(), DepartmentFactory()
    there = member(*CLERK, department=other)
    complaint.forward(by=there, to=other, reason="Bitte übernehmen")
    assert not ComplaintReporter.objects.restrict(there, "view").exists()
    complaint.take_over(by=there)
    assert ComplaintReporter.objects.restrict(there, "view").exists()


def test_no_column_of_the_list_reads_the_reporter():
    sources = {str(column.accessor or name) for name, column in ComplaintTable.base_columns.items()}
    assert not any("reporter" in source for source in sources)
