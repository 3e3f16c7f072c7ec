"""Error pages: German, without a trace, with an id that stands in the log."""

import io
import logging

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpResponse, HttpResponseGone
from django.test import override_settings
from django.urls import include, path

from soe.settings.logs import logging_config
from soe.web.requestid import OneLineFormatter, RequestIdFilter
from tests.clients import WatchingClient


def boom(error):
    from django.contrib.auth.decorators import login_not_required

    @login_not_required
    def view(request):
        if error is None:
            return HttpResponse(status=405)
        if error is HttpResponseGone:
            return HttpResponseGone()
        raise error

    return view


class Urls:
    urlpatterns = [
        path("400/", boom(BadRequest("geheim"))),
        path("403/", boom(PermissionDenied("geheim"))),
        path("404/", boom(Http404("geheim"))),
        path("405/", boom(None)),
        path("410/", boom(HttpResponseGone)),
        path("500/", boom(ValueError("geheim"))),
        path("503/", boom(OperationalError("geheim"))),
        path("", include("soe.urls")),
    ]
    handler400 = "soe.web.errors.bad_request"
    handler403 = "soe.web.errors.permission_denied"
    handler404 = "soe.web.errors.page_not_found"
    handler500 = "soe.web.errors.server_error"


@pytest.fixture
def visitor(db):
    client = WatchingClient(raise_request_exception=False)
    with override_settings(ROOT_URLCONF=Urls):
        yield client


@pytest.fixture
def log():
    """What the installation's own handler would write, as text."""
    config = logging_config("INFO")
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(RequestIdFilter())
    line = config["formatters"]["line"]
    handler.setFormatter(OneLineFormatter(line["format"], style=line["style"]))
    names = ["", *config["loggers"]]
    for name in names:
        logging.getLogger(name).addHandler(handler)
    yield stream
    for name in names:
        logging.getLogger(name).removeHandler(handler)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "Die Anfrage war unvollständig"),
        (403, "Dafür fehlt Ihnen die Berechtigung"),
        (404, "Hier ist nichts"),
        (405, "So lässt sich diese Seite nicht aufrufen"),
        (410, "Das gibt es nicht mehr"),
        (500, "Da ist etwas schiefgegangen"),
        (503, "SOE ist gerade nicht erreichbar"),
    ],
)
def test_each_error_has_a_german_page_with_its_id_and_without_a_trace(visitor, status, words):
    response = visitor.get(f"/{status}/")
    html = response.content.decode()
    assert response.status_code == status
    assert words in html
    assert "geheim" not in html
    assert "Traceback" not in html
    assert response["X-Request-Id"] in html
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Security-Policy"].startswith("default-src 'self'")


def test_the_id_on_the_page_is_the_id_in_the_log(visitor, log):
    response = visitor.get("/500/")
    assert f"[{response['X-Request-Id']}]" in log.getvalue()


def test_an_id_of_the_proxy_is_kept_and_a_strange_one_is_not(visitor):
    given = "0123456789abcdef"
    assert visitor.get("/404/", headers={"X-Request-Id": given})["X-Request-Id"] == given
    assert "\n" not in visitor.get("/404/", headers={"X-Request-Id": "a\nb <script>"})["X-Request-Id"]


def test_the_error_page_needs_no_database(visitor, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert visitor.get("/503/").status_code == 503


def test_a_database_that_is_away_gives_503_and_when_to_come_back(visitor):
    assert visitor.get("/503/")["Retry-After"] == "10"


def test_a_form_without_its_token_is_refused_in_german(db):
    client = WatchingClient(enforce_csrf_checks=True)
    response = client.post("/anmelden/", {"login": "a", "password": "b"})
    assert response.status_code == 403
    assert "Das Formular war nicht mehr gültig" in response.content.decode()


def test_negative_control_without_the_check_the_form_would_pass(db):
    assert WatchingClient().post("/anmelden/", {"login": "a", "password": "b"}).status_code == 200


def test_too_much_data_says_so(visitor, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    body = "login=" + "a" * 100
    response = visitor.post("/anmelden/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 413
    assert "Das ist zu groß" in response.content.decode()


def test_a_wrong_method_keeps_its_allow_header(visitor, user):
    visitor.force_login(user)
    response = visitor.post("/hilfe/")
    assert response.status_code == 405
    assert "GET" in response["Allow"]


def test_log_lines_cannot_be_forged(visitor, log):
    visitor.get("/gibtsnicht%0AERROR gefaelscht/")
    lines = log.getvalue().splitlines()
    assert not any(line.startswith("ERROR gefaelscht") for line in lines)


def test_query_strings_stay_out_of_the_log(visitor, log):
    visitor.get("/gibtsnicht/?q=Stoyanka+Dimitrova")
    assert "Stoyanka" not in log.getvalue()


def test_values_of_a_refused_row_stay_out_of_the_log(log):
    address = "@".join(["nadine", "example.org"])
    try:
        raise ValueError(f"duplicate key\nDETAIL:  Key (email)=({address}) already exists.")
    except ValueError:
        logging.getLogger("django.request").exception("Fehler")
    assert "duplicate key" in log.getvalue()
    assert address not in log.getvalue()
