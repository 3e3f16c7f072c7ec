"""Bulk actions: every row by its own right and its own method, nothing before the preview, once, and back again."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from objects.models import Complaint
from soe.audit.context import acting_as
from soe.web.bulk import running
from soe.web.bulk.models import BulkRun
from tests.factories.complaints import ComplaintFactory
from tests.factories.core import DepartmentFactory, member

pytestmark = pytest.mark.django_db
LIST = "/beschwerden/"
RIGHTS = ("complaint.view", "complaint.route", "register.view")


@pytest.fixture
def own(db):
    return DepartmentFactory(short_name="Ordnung")


@pytest.fixture
def other(db):
    return handling(short_name="Umwelt")


def handling(**kwargs):
    """A department in which somebody works on complaints: only there can one be sent."""
    department = DepartmentFactory(**kwargs)
    member("complaint.route", department=department)
    return department


@pytest.fixture
def clerk(client, own):
    person = member(*RIGHTS, department=own)
    client.force_login(person)
    return person


def choose(client, rows, action="weiterleiten", **more):
    """POST of the list; returns the address of the run."""
    answer = client.post(LIST, {"aktion": action, "selected": [str(row.pk) for row in rows]} | more)
    assert answer.status_code == 302
    return answer["Location"]


def preview(client, url, **data):
    return client.post(
        url, {"schritt": "vorschau", "reason": "Zuständig ist die Umwelt."} | data, follow=True
    )


def execute(client, page, **more):
    run = page.context["run"]
    data = {"schritt": "ausfuehren", "pruefung": run.check_number, "form_token": page.context["form_token"]}
    return client.post(run.get_absolute_url(), data | more, follow=True)


def test_preview_names_every_row_and_changes_none(client, clerk, own, other):
    mine, foreign = ComplaintFactory(department=own), ComplaintFactory(department=other)
    closed = ComplaintFactory(department=own, closed=True)
    page = preview(client, choose(client, [mine, foreign, closed]), to=other.pk)
    assert [(v.label, v.refused) for v in page.context["fine"]] == [(mine.number, False)]
    reasons = {v.label: v.text for v in page.context["refused"]}
    assert reasons == {
        foreign.number: running.FORBIDDEN,
        closed.number: "Die Beschwerde ist schon abgeschlossen.",
    }
    assert f"geht von {own} an {other}" in page.content.decode()
    assert not Complaint.objects.exclude(forwarded_to=None).exists()


def test_each_row_is_changed_by_its_own_method_with_a_signed_history_row(client, clerk, own, other):
    rows = [ComplaintFactory(department=own) for _ in range(3)]
    done = execute(client, preview(client, choose(client, rows), to=other.pk))
    assert "3 ausgeführt" in done.content.decode()
    for row in rows:
        row.refresh_from_db()
        last = row.history.first()
        assert row.forwarded_to == other
        assert (last.history_user_id, last.history_change_reason) == (clerk.pk, "Zuständig ist die Umwelt.")


def test_a_row_that_changed_since_the_preview_is_refused(client, clerk, own, other):
    row, still = ComplaintFactory(department=own), ComplaintFactory(department=own)
    page = preview(client, choose(client, [row, still]), to=other.pk)
    with acting_as(clerk):
        row.text = "Neuer Sachverhalt"
        row.save()
    done = execute(client, page)
    assert [(v.label, v.text) for v in done.context["refused"]] == [(row.number, running.MOVED)]
    row.refresh_from_db()
    assert row.forwarded_to is None


def test_negative_control_without_the_version_check_the_changed_row_is_overrun(
    client, clerk, own, other, monkeypatch
):
    monkeypatch.setattr(running, "_still", lambda versions: True)
    monkeypatch.setattr(running, "_versions", lambda records: ["gleich"])
    monkeypatch.setattr(running, "_current", lambda versions: [])
    row = ComplaintFactory(department=own)
    page = preview(client, choose(client, [row]), to=other.pk)
    with acting_as(clerk):
        row.text = "Neuer Sachverhalt"
        row.save()
    execute(client, page)
    row.refresh_from_db()
    assert row.forwarded_to == other


def test_rights_are_asked_again_while_acting(client, clerk, own, other, monkeypatch):
    row = ComplaintFactory(department=own)
    page = preview(client, choose(client, [row]), to=other.pk)
    membership = clerk.memberships.get()
    with acting_as(clerk):
        membership.valid_until = timezone.localdate() - timedelta(days=1)
        membership.valid_from = timezone.localdate() - timedelta(days=9)
        membership.save()
    run = page.context["run"]
    answer = client.post(run.get_absolute_url(), {"schritt": "ausfuehren", "pruefung": run.check_number})
    assert answer.status_code == 403
    row.refresh_from_db()
    assert row.forwarded_to is None
    # Negative control: without the question the run would be opened and carried out.
    monkeypatch.setattr("soe.web.bulk.views.rights.may", lambda *args: True)
    monkeypatch.setattr(type(Complaint.objects.all()), "restrict", lambda rows, user, action="view": rows)
    client.post(run.get_absolute_url(), {"schritt": "ausfuehren", "pruefung": run.check_number})
    row.refresh_from_db()
    assert row.forwarded_to == other


def test_ids_that_the_reader_cannot_see_are_not_taken_in(client, own, monkeypatch):
    """Foreign ids in the POST of a list vanish before anything is stored."""
    person = member("case.view", "case.change", department=own)
    client.force_login(person)
    from tests.factories.cases import CaseFactory

    foreign = CaseFactory()
    answer = client.post("/faelle/", {"aktion": "uebergeben", "selected": [str(foreign.pk)]}, follow=True)
    assert "nichts ausgewählt" in answer.content.decode()
    assert not BulkRun.objects.exists()
    # Negative control: without restrict() they would be.
    monkeypatch.setattr(
        type(CaseFactory._meta.model.objects.all()), "restrict", lambda rows, user, action="view": rows
    )
    client.post("/faelle/", {"aktion": "uebergeben", "selected": [str(foreign.pk)]})
    assert BulkRun.objects.exists()


def test_the_same_post_twice_acts_once(client, clerk, own, other):
    row = ComplaintFactory(department=own)
    page = preview(client, choose(client, [row]), to=other.pk)
    execute(client, page)
    execute(client, page)
    execute(client, page, form_token="")  # even without its token the run is over
    assert row.history.count() == 2


def test_an_older_preview_cannot_be_carried_out(client, clerk, own, other):
    row, third = ComplaintFactory(department=own), handling()
    url = choose(client, [row])
    first = preview(client, url, to=other.pk)
    stale = {"schritt": "ausfuehren", "pruefung": first.context["run"].check_number}
    preview(client, url, to=third.pk)
    answer = client.post(url, stale, follow=True)
    assert "noch einmal" in answer.content.decode()
    row.refresh_from_db()
    assert row.forwarded_to is None


def test_undo_is_a_new_change_and_leaves_rows_that_moved_since(client, clerk, own, other):
    row, moved = ComplaintFactory(department=own), ComplaintFactory(department=own)
    done = execute(client, preview(client, choose(client, [row, moved]), to=other.pk))
    with acting_as(clerk):
        moved.refresh_from_db()
        moved.text = "Danach geändert"
        moved.save()
    back = client.post(done.context["run"].get_absolute_url(), {"schritt": "zuruecknehmen"}, follow=True)
    row.refresh_from_db()
    moved.refresh_from_db()
    assert (row.forwarded_to, moved.forwarded_to) == (None, other)
    assert [(v.label, v.text) for v in back.context["refused"]] == [(moved.number, running.MOVED)]
    assert row.history.count() == 3
    assert "zurückgenommen" in row.history.first().history_change_reason


def test_undo_ends_after_half_an_hour(client, clerk, own, other):
    row = ComplaintFactory(department=own)
    done = execute(client, preview(client, choose(client, [row]), to=other.pk))
    run = done.context["run"]
    run.done_at = timezone.now() - timedelta(minutes=31)
    run.save()
    client.post(run.get_absolute_url(), {"schritt": "zuruecknehmen"})
    row.refresh_from_db()
    assert row.forwarded_to == other


def test_nobody_else_comes_to_a_run(client, clerk, own):
    url = choose(client, [ComplaintFactory(department=own)])
    client.force_login(member(*RIGHTS, department=own))
    assert client.get(url).status_code == 404
    assert client.post(url, {"schritt": "ausfuehren"}).status_code == 404


def test_all_hits_means_those_of_this_address(client, clerk, own, other):
    wanted = ComplaintFactory(department=own, wants_answer=True, answer_due=date(2026, 12, 1))
    ComplaintFactory(department=own, closed=True)
    answer = client.post(f"{LIST}?state=open", {"aktion": "weiterleiten", "alle": "1"})
    run = BulkRun.objects.get()
    assert answer["Location"] == run.get_absolute_url()
    assert list(run.rows.values_list("target_id", flat=True)) == [wanted.pk]
    assert run.list_url == f"{LIST}?state=open"


def test_too_many_rows_are_not_begun(client, clerk, own, monkeypatch):
    monkeypatch.setattr(running, "MOST", 2)
    for _ in range(3):
        ComplaintFactory(department=own)
    answer = client.post(LIST, {"aktion": "weiterleiten", "alle": "1"}, follow=True)
    assert "mehr als 2 Einträge" in answer.content.decode()
    assert not BulkRun.objects.exists()


def test_without_the_right_there_is_neither_tick_nor_action(client, own):
    client.force_login(member("complaint.view", department=own))
    ComplaintFactory(department=own)
    assert 'name="selected"' not in client.get(LIST).content.decode()
    assert client.post(LIST, {"aktion": "weiterleiten", "alle": "1"}).status_code == 404
    assert client.post(reverse("objects:routing_list")).status_code in (403, 405)


def test_the_preview_costs_the_same_for_two_and_for_twenty_rows(
    client, clerk, own, other, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries(count):
        rows = [ComplaintFactory(department=own) for _ in range(count)]
        url = choose(client, rows)
        preview(client, url, to=other.pk)
        with CaptureQueriesContext(connection) as caught:
            client.get(url)
        return len(caught)

    assert queries(2) == queries(20) <= 25


def test_old_runs_go_and_younger_ones_stay(client, clerk, own):
    from soe.web.bulk.registration import tidy

    old, young = (
        BulkRun.objects.get(pk=choose(client, [ComplaintFactory(department=own)]).split("/")[2]) for _ in "ab"
    )
    old.at = timezone.now() - timedelta(days=8)
    old.save()
    tidy(None)
    assert list(BulkRun.objects.all()) == [young]
