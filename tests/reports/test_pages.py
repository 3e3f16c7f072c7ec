from datetime import UTC, datetime

import pytest
from django.urls import reverse

from reports import cube as cubes
from reports.models import QuarterlyReport, ReportRevision, SectionText
from reports.services import build_report
from soe.web.figures import Figure, FigureTable, Protect, Section
from tests.factories.core import member
from tests.factories.reports import Q3, city_of_the_mock_up, finish_texts, released

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 12, 5, 0, tzinfo=UTC)
REPORT = "/berichte/2026-Q3/"


@pytest.fixture(autouse=True)
def _population_and_one_table(monkeypatch):
    table = FigureTable(
        key="register.stage", section=Section.REGISTER, title="Objekte nach Stufe", row_title="Stufe",
        columns=["Objekte"], rows=[("erkennen", [22]), ("klären", [86]), ("Summe", [108])], definition="d",
        source="Kataster", protect=Protect.OBJECTS, additive_rows=True, drilldown={(0, 0): "/berichte/bevoelkerung/"},
    )  # fmt: skip
    stock = Figure(
        key="register.stock", section=Section.REGISTER, label="Objekte im Kataster", value=108, definition="d",
        source="Kataster", protect=Protect.OBJECTS, headline=True, drilldown="/berichte/bevoelkerung/",
    )  # fmt: skip
    real = cubes.collect
    monkeypatch.setattr(cubes, "SOURCES", ())
    monkeypatch.setattr(cubes, "collect", lambda quarter: [*real(quarter), stock, table])


@pytest.fixture
def preparer(db):
    return member("report.prepare", "report.view")


@pytest.fixture
def draft(preparer):
    city_of_the_mock_up()
    return build_report(Q3, by=preparer, at=AT).report


@pytest.fixture
def presented(draft, preparer):
    finish_texts(draft)
    draft.present(by=preparer, at=AT)
    return draft


# --- rights ----------------------------------------------------------------------------------------------------------


def test_without_a_right_to_reports_there_are_none(as_member, draft):
    client, _ = as_member("register.view")
    for address in ("/berichte/", REPORT, "/berichte/neu/", f"{REPORT}entwurf.pdf", f"{REPORT}freigeben/"):
        assert client.get(address).status_code == 403


def test_readers_see_released_reports_only(as_member, draft):
    client, _ = as_member("report.view")
    assert client.get(REPORT).status_code == 404
    assert "3. Quartal 2026" not in client.get("/berichte/").content.decode()
    for address in ("entwurf.pdf", "entwurf.docx"):
        assert client.get(REPORT + address).status_code == 404
    for address in ("vorlegen/", "berechnen/", "abschnitt/4/", "freigeben/"):
        assert client.get(REPORT + address).status_code == 403


def test_readers_see_a_report_from_its_release_on(as_member):
    city_of_the_mock_up()
    released(at=AT)
    client, _ = as_member("report.view")
    page = client.get(REPORT)
    assert page.status_code == 200
    html = page.content.decode()
    assert "Revision 1, freigegeben 12.11.2026" in html
    assert "Warum Zahlen geschützt sind" not in html
    assert "3. Quartal 2026" in client.get("/berichte/").content.decode()


def test_those_who_release_see_a_draft_only_when_it_is_presented(as_member, draft, preparer):
    client, _ = as_member("report.release")
    assert client.get(REPORT).status_code == 404
    finish_texts(draft)
    draft.present(by=preparer, at=AT)
    html = client.get(REPORT).content.decode()
    assert f"{REPORT}freigeben/" in html
    assert "Warum Zahlen geschützt sind" not in html


def test_while_a_correction_is_prepared_readers_keep_the_released_numbers(as_member, preparer):
    city_of_the_mock_up()
    report = released(at=AT, preparer=preparer)
    report.correct(by=preparer, reason="Nachmeldungen")
    client, _ = as_member("report.view")
    html = client.get(REPORT).content.decode()
    assert "Revision 1, freigegeben" in html
    assert "Nachmeldungen" not in html


def test_drill_down_only_for_those_who_may_see_the_rows(as_member, draft):
    city = "/berichte/bevoelkerung/"
    client, _ = as_member("report.prepare")
    assert f'href="{city}"' not in client.get(REPORT).content.decode()
    client, _ = as_member("report.prepare", "population.manage")
    assert client.get(REPORT).content.decode().count(f'href="{city}"') == 2


def test_why_a_number_is_hidden_is_for_those_who_prepare(as_member, draft):
    client, _ = as_member("report.prepare")
    html = client.get(REPORT).content.decode()
    assert "Warum Zahlen geschützt sind" in html
    assert "kleine Zahl" in html


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_page_shows_steps_sections_checks_and_open_texts(client, preparer, draft):
    client.force_login(preparer)
    html = client.get(REPORT).content.decode()
    assert "Texte in Arbeit, 9 von 9 offen" in html
    assert "4 Objektkontrollen, Text fehlt" in html
    assert "auf Rückrechnung geprüft" in html
    assert "3.148" in html
    assert '<span aria-hidden="true">•</span><span class="kern-sr-only">geschützt</span>' in html


def test_the_number_of_queries_does_not_grow_with_the_report(
    client, preparer, draft, django_assert_max_num_queries
):
    client.force_login(preparer)
    client.get(REPORT)
    with django_assert_max_num_queries(20):
        client.get(REPORT)
    with django_assert_max_num_queries(20):
        client.get("/berichte/")


def test_a_text_is_saved_as_a_draft_and_then_finished(client, preparer, draft):
    client.force_login(preparer)
    text = draft.texts.get(section="4")
    address = f"{REPORT}abschnitt/4/"
    body = {"text": "Es gab {register.stock} Objekte.", "version": text.version}
    assert client.post(address, body).url == f"{REPORT}#abschnitt-4"
    text.refresh_from_db()
    assert (text.text, text.state) == ("Es gab {register.stock} Objekte.", SectionText.State.DRAFT)
    client.post(address, body | {"version": text.version, "finish": "1"})
    text.refresh_from_db()
    assert text.state == SectionText.State.FINISHED
    assert "Es gab 108 Objekte." in client.get(REPORT).content.decode()


def test_two_people_writing_one_text_do_not_overwrite_each_other(client, preparer, draft):
    client.force_login(preparer)
    text = draft.texts.get(section="4")
    address = f"{REPORT}abschnitt/4/"
    client.post(address, {"text": "Erste Fassung.", "version": text.version})
    answer = client.post(address, {"text": "Zweite Fassung.", "version": text.version})
    assert answer.status_code == 409
    text.refresh_from_db()
    assert text.text == "Erste Fassung."
    assert "Zweite Fassung." in answer.content.decode()


def test_an_unknown_number_in_a_text_is_refused_and_the_text_kept(client, preparer, draft):
    client.force_login(preparer)
    text = draft.texts.get(section="4")
    answer = client.post(f"{REPORT}abschnitt/4/", {"text": "{gibt.es.nicht} Fälle", "version": text.version})
    assert answer.status_code == 200
    assert "Der Bericht hat keine Zahl {gibt.es.nicht}" in answer.content.decode()
    assert "{gibt.es.nicht} Fälle" in answer.content.decode()


def test_an_empty_text_cannot_be_finished(client, preparer, draft):
    client.force_login(preparer)
    text = draft.texts.get(section="4")
    answer = client.post(f"{REPORT}abschnitt/4/", {"text": "", "version": text.version, "finish": "1"})
    assert "Bitte schreiben Sie einen Satz" in answer.content.decode()


def test_hostile_text_stays_text(client, preparer, draft):
    client.force_login(preparer)
    text = draft.texts.get(section="4")
    hostile = "<script>alert(1)</script> {{ request }} {% now %} ✂ " + "x" * 200
    client.post(f"{REPORT}abschnitt/4/", {"text": hostile, "version": text.version, "finish": "1"})
    html = client.get(REPORT).content.decode()
    assert "&lt;script&gt;" in html
    assert "<script>alert" not in html


# --- opening, presenting, releasing ----------------------------------------------------------------------------------


def test_a_new_report_is_computed_at_once(client, preparer):
    city_of_the_mock_up()
    client.force_login(preparer)
    assert "3. Quartal 2026" in client.get("/berichte/neu/").content.decode()
    answer = client.post("/berichte/neu/", {"quarter": "2026-Q3"})
    assert answer.url == REPORT
    assert QuarterlyReport.objects.get().computed_at
    assert (
        "Bitte treffen Sie bei „Quartal“ eine Auswahl"
        in client.post("/berichte/neu/", {"quarter": "2026-Q3"}).content.decode()
    )


def test_computing_again_says_that_nothing_changed(client, preparer, draft):
    client.force_login(preparer)
    answer = client.post(f"{REPORT}berechnen/", {}, follow=True)
    assert "Keine Zahl hat sich geändert" in answer.content.decode()


def test_presenting_with_open_texts_says_what_is_missing(client, preparer, draft):
    client.force_login(preparer)
    answer = client.post(f"{REPORT}vorlegen/", {})
    assert answer.status_code == 200
    assert "Noch nicht vorlegbar: 9 Texte fehlen" in answer.content.decode()


def test_release_on_the_page_by_somebody_else(client, presented, preparer):
    client.force_login(preparer)
    assert client.get(f"{REPORT}freigeben/").status_code == 403
    releaser = member("report.release", "report.view")
    client.force_login(releaser)
    assert "Bitte bestätigen Sie" in client.post(f"{REPORT}freigeben/", {}).content.decode()
    answer = client.post(f"{REPORT}freigeben/", {"confirmed": "on"})
    assert answer.url == REPORT
    revision = ReportRevision.objects.get()
    assert revision.released_by == releaser
    html = client.get(REPORT).content.decode()
    assert "PDF herunterladen" in html
    assert client.post(f"{REPORT}freigeben/", {"confirmed": "on"}).status_code == 404


def test_nobody_releases_her_own_presentation_on_the_page(client, draft):
    both = member("report.prepare", "report.release", "report.view")
    finish_texts(draft)
    draft.present(by=both, at=AT)
    client.force_login(both)
    answer = client.post(f"{REPORT}freigeben/", {"confirmed": "on"})
    assert "Freigeben muss ihn jemand anderes" in answer.content.decode()
    assert not ReportRevision.objects.exists()


def test_returning_and_withdrawing_need_a_reason(client, presented, preparer):
    client.force_login(preparer)
    assert "Bitte begründen Sie" in client.post(f"{REPORT}zurueckziehen/", {"reason": ""}).content.decode()
    releaser = member("report.release", "report.view")
    client.force_login(releaser)
    answer = client.post(f"{REPORT}zurueckgeben/", {"reason": "Abschnitt 5 ist unklar."})
    assert answer.url == "/berichte/"  # out of her reach again
    presented.refresh_from_db()
    assert presented.state == QuarterlyReport.State.PREPARATION


def test_correcting_opens_revision_two(client, preparer):
    city_of_the_mock_up()
    released(at=AT, preparer=preparer)
    client.force_login(preparer)
    answer = client.post(f"{REPORT}berichtigen/", {"reason": "Nachmeldungen aus Wanne"}, follow=True)
    html = answer.content.decode()
    assert "Revision 2, noch nicht freigegeben" in html
    assert "Bis zur Freigabe gilt Revision 1" in html
    assert client.get(f"{REPORT}revision/1/").status_code == 200
    assert client.get(f"{REPORT}revision/2/").status_code == 404


def test_tasks_open_texts_and_waiting_releases(preparer, presented):
    from datetime import date

    from reports.registration import tasks

    releaser = member("report.release")
    assert [t.title for t in tasks(releaser, date(2026, 11, 12))] == [
        "Quartalsbericht 3. Quartal 2026 freigeben"
    ]
    assert list(tasks(preparer, date(2026, 11, 12))) == []
    presented.return_to_preparation(by=releaser, reason="noch einmal")
    from soe.audit.context import acting_as

    with acting_as(preparer):
        presented.texts.get(section="8").reopen()
    (task,) = tasks(preparer, date(2026, 11, 12))
    assert (task.title, task.place) == ("Quartalsbericht 3. Quartal 2026: 1 Text offen", "Abschnitt 8")


@pytest.mark.parametrize("query", ["2026-Q3", "3/2026", "quartalsbericht 2026", "3. Quartal 2026"])
def test_search_finds_a_report_by_its_quarter(preparer, draft, query):
    from reports.registration import find

    assert [hit.url for hit in find(preparer, query, 5)] == [REPORT]
    assert find(member("report.view"), query, 5) == []


@pytest.mark.parametrize("address", ["/berichte/2026-Q5/", "/berichte/2026-q3/", "/berichte/heute/"])
def test_other_addresses_do_not_exist(client, preparer, address):
    client.force_login(preparer)
    assert client.get(address).status_code == 404


def test_reverse_takes_quarter_codes():
    assert reverse("reports:report", args=["2026-Q3"]) == REPORT
    assert reverse("reports:report", args=[Q3]) == REPORT
