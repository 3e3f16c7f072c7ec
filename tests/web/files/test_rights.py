"""Z08, Z11: a file is read only by those who may read its record, and only as long as they may."""

from datetime import timedelta

import pytest
import time_machine
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import ReadLog
from soe.departments.models import Department, Visibility
from soe.web import targets
from soe.web.files.models import Attachment, FileReach
from soe.web.files.selectors import attachments_of
from tests.factories.cases import CaseFactory
from tests.factories.core import DepartmentFactory, member
from tests.factories.inspections import FindingFactory, InspectionFactory, SectionFactory
from tests.factories.proceedings import OrderFactory, ProceedingFactory
from tests.factories.register import ParticipationFactory, PropertyFactory

from . import samples

pytestmark = pytest.mark.django_db
PAGES = ("file", "file_content", "file_picture", "file_preview", "file_change", "file_remove")


def status(client, address):
    """The answer code; a streamed content is read to its end, which closes its file."""
    answer = client.get(address)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer.status_code


def seen(user, row):
    return Attachment.objects.restrict(user, "view").filter(pk=row.pk).exists()


def test_open_files_are_seen_by_all_who_see_the_record_internal_ones_by_the_own_department(house, add, clerk):
    other = member("register.view")
    partner = member("register.view")
    ParticipationFactory(property=house, department=partner.departments.get(), accepted=True)
    nobody = member("report.view")
    expected = {
        Visibility.OPEN: (True, True, True),
        Visibility.PARTICIPATING: (True, True, False),
        Visibility.INTERNAL: (True, False, False),
    }
    for visibility, answers in expected.items():
        row = add(house, visibility=visibility)
        assert tuple(seen(user, row) for user in (clerk, partner, other)) == answers, visibility
        assert not seen(nobody, row)


def test_the_narrow_and_the_wide_question_give_the_same_rows(house, add, clerk):
    """About one record, about one kind of record, and about all: the same text of rights."""
    rows = {add(house, visibility=v).pk for v in Visibility}
    for user in (clerk, member("register.view"), member("report.view")):
        wide = set(Attachment.objects.restrict(user, "view").values_list("pk", flat=True)) & rows
        narrow = set(Attachment.objects.about(house).restrict(user, "view").values_list("pk", flat=True))
        by_model = Attachment.objects.of_model("objects.property").restrict(user, "view")
        assert wide == narrow == set(by_model.values_list("pk", flat=True))


def test_every_address_of_a_foreign_file_is_404_and_for_nobody_403(house, add, client):
    row = add(house, visibility=Visibility.INTERNAL)
    client.force_login(member("register.view"))
    assert {client.get(reverse(f"web:{name}", args=[row.pk])).status_code for name in PAGES} == {404}
    label = "objects.property"
    assert client.get(reverse("web:files_add", args=[label, house.pk])).status_code == 403
    client.force_login(member("report.view"))
    assert client.get(reverse("web:files", args=[label, house.pk])).status_code == 403
    client.logout()
    assert {client.get(reverse(f"web:{name}", args=[row.pk])).status_code for name in PAGES} == {302}
    assert client.get(f"/media/{row.file.name}").status_code == 404
    assert client.get(f"/media/files/{row.file.name}").status_code == 404


def test_who_reads_may_not_change_remove_or_restore(house, add, client):
    row = add(house, visibility=Visibility.OPEN)
    client.force_login(member("register.view"))
    for name in ("file_change", "file_remove", "file_restore"):
        assert client.get(reverse(f"web:{name}", args=[row.pk])).status_code == 404
        assert client.post(reverse(f"web:{name}", args=[row.pk]), {"reason": "x"}).status_code == 404
    row.refresh_from_db()
    assert row.removed_at is None


def test_the_content_comes_as_an_attachment_that_runs_nothing(house, add, clerk, client):
    row = add(house, b"Vermerk; Betrag\n", "Vermerk.csv", visibility="open")
    client.force_login(clerk)
    answer = client.get(reverse("web:file_content", args=[row.pk]), follow=True)
    assert answer["Content-Disposition"] == 'attachment; filename="Vermerk.csv"'
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "no-store"
    assert b"".join(answer.streaming_content) == b"Vermerk; Betrag\n"
    assert (
        client.get(reverse("web:file_picture", args=[row.pk])).status_code == 404
    )  # inline: only our own images


def test_a_link_holds_a_minute_for_one_person_and_dies_with_her_rights(house, add, clerk, client):
    row = add(house, visibility="open")
    client.force_login(clerk)
    link = client.get(reverse("web:file_content", args=[row.pk]))["Location"]
    assert status(client, link) == 200
    colleague = member("register.view")
    client.force_login(colleague)
    assert status(client, link) == 404  # somebody else's
    client.force_login(clerk)
    assert status(client, link.replace("/abruf/", "/abruf/x")) == 404
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert status(client, link) == 404
    with acting_as(clerk):
        clerk.memberships.get().end(reason="Ausscheiden")
    assert status(client, link) in (403, 404)
    assert status(client, reverse("web:file_picture", args=[row.pk])) in (403, 404)


def test_negative_control_a_reach_without_the_target_shows_everything(house, add, monkeypatch):
    row = add(house, visibility=Visibility.INTERNAL)
    stranger = member("register.view")
    assert not seen(stranger, row)
    monkeypatch.setattr(FileReach, "part", lambda self, user, target, allowed: Q())
    assert seen(stranger, row)


def test_files_of_a_case_are_for_those_who_see_it_whole_and_leave_a_read_log(client, add):
    case = CaseFactory()
    manager = member("case.view", "case.change", department=case.offer.carrier)
    row = add(case, samples.jpeg(), "ausweis.jpg", by=manager)
    assert row.is_social
    stranger = member("case.view", "case.change")
    assert not seen(stranger, row)
    client.force_login(manager)
    before = ReadLog.objects.count()
    link = client.get(reverse("web:file_content", args=[row.pk]))["Location"]
    for address in (
        reverse("web:files", args=["cases.case", case.pk]),
        reverse("web:file", args=[row.pk]),
        reverse("web:file_picture", args=[row.pk]),
        link,
    ):
        assert status(client, address) == 200
    log = ReadLog.objects.order_by("at")[before:]
    assert [(entry.kind, entry.model, entry.object_id) for entry in log] == [
        ("view", "cases.case", case.pk)
    ] * 3 + [("export", "cases.case", case.pk)]
    # A small picture would be a look without a page: there is none on social data.
    assert status(client, reverse("web:file_preview", args=[row.pk])) == 404
    # Its history is no way around the log.
    assert status(client, reverse("web:history", args=["web.attachment", row.pk])) in (403, 404)


def test_a_removed_file_is_gone_at_once_and_comes_back_by_a_click(house, add, clerk, client):
    from tests.web.forms import submit

    row = add(house, visibility="open")
    client.force_login(clerk)
    assert (
        submit(client, reverse("web:file_remove", args=[row.pk]), reason="falsches Haus").status_code == 302
    )
    assert not seen(clerk, row)
    assert status(client, reverse("web:file_picture", args=[row.pk])) == 404
    page = client.get(reverse("web:files", args=["objects.property", house.pk])).content.decode()
    assert reverse("web:file_restore", args=[row.pk]) in page
    assert submit(client, reverse("web:file_restore", args=[row.pk])).status_code == 302
    assert seen(clerk, row)
    assert [h.history_change_reason for h in row.history.order_by("history_id")][1] == "falsches Haus"


def test_registered_are_the_records_that_people_file_on():
    assert {target.model._meta.label_lower for target in targets.registered("files")} >= {
        "objects.property", "objects.complaint", "objects.proceeding", "objects.order", "objects.measure",
        "objects.inspection", "objects.dwellingvisit", "objects.finding", "cases.case", "cases.person",
        "steering.meeting", "steering.proposal", "steering.decision", "steering.councilpaper",
    }  # fmt: skip
    for target in targets.registered("files"):
        assert target.allows("view"), target.model
        assert target.allows("change"), target.model


def test_every_registered_reach_is_valid_sql(db):
    """Each rule and each `acting` of a registered record can be asked."""
    departments = Department.objects.order_by().values("pk")
    user = member("register.view", "case.view", "steering.view", "inspection.view", "proceeding.view")
    for target in targets.registered("files"):
        rows = Attachment.objects.of_model(target.model._meta.label_lower)
        for action in ("view", "change", "restore", "history"):
            list(rows.restrict(user, action))
        if target.acting:
            list(target.model._base_manager.filter(target.acting(departments)))


def test_a_panel_costs_a_fixed_number_of_queries(house, add, clerk, client, django_assert_max_num_queries):
    client.force_login(clerk)
    address = reverse("web:files", args=["objects.property", house.pk])
    client.get(address)
    with django_assert_max_num_queries(20):
        client.get(address)
    for _ in range(3):
        add(house, visibility="open")
    with django_assert_max_num_queries(20):
        assert client.get(address).content.decode().count("<img") == 3
    assert attachments_of(clerk, house).count() == 3
    assert not attachments_of(clerk, DepartmentFactory()).exists()


def test_orders_and_findings_show_their_files_where_they_stand(client, add):
    """The page of the proceeding and of the section: readable files with names, internal ones of others not."""
    house = PropertyFactory(lead_department=DepartmentFactory(default_visibility="open"))
    proceeding = ProceedingFactory(property=house)
    orders = [OrderFactory(proceeding=proceeding) for _ in range(2)]
    section = SectionFactory(department=proceeding.department)
    inspection = InspectionFactory(day=section.day, property=proceeding.property)
    finding = FindingFactory(section=section, inspection=inspection, visibility="open")
    for record in (*orders, finding):
        for caption, visibility in (("Kanarienvogel offen", "open"), ("Goldammer intern", "internal")):
            add(record, caption=caption, visibility=visibility, department=proceeding.department)
    codes = ("register.view", "proceeding.view", "inspection.view")
    own, other = member(*codes, "proceeding.change", department=proceeding.department), member(*codes)
    pages = {proceeding.get_absolute_url(): 2, section.get_absolute_url(): 1}
    for address, files in pages.items():
        client.force_login(other)
        text = client.get(address).content.decode()
        assert (text.count("Kanarienvogel offen") >= files, "Goldammer" in text) == (True, False)
        client.force_login(own)
        assert "Goldammer intern" in client.get(address).content.decode()
    add_here = reverse("web:files_add", args=["objects.order", orders[0].pk])
    assert add_here in client.get(proceeding.get_absolute_url()).content.decode()
