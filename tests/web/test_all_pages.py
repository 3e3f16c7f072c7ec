"""What every list and every form of the application promises, whoever wrote it. New pages are found by themselves."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, resolve, reverse

from soe.departments.catalogue import PERMISSIONS
from soe.web.routes import routes
from soe.web.views import ScopedListView
from soe.web.views.edit import FormPage
from tests.factories.core import member

pytestmark = pytest.mark.django_db
HOSTILE = ["<script>alert(1)</script>", "\x00", "' OR 1=1 --", "9" * 400, "31.02.2026", "-1", "NaN", "1e999"]


def views(base):
    """{route name: view class} of all routes without arguments whose view builds on `base`."""
    found = {}
    for route in routes():
        if not route.name:
            continue
        try:
            view = getattr(resolve(reverse(route.name)).func, "view_class", None)
        except NoReverseMatch:
            continue
        if view is not None and issubclass(view, base):
            found[route.name] = view
    return found


@pytest.fixture
def everything(client, db):
    client.force_login(member(*PERMISSIONS))
    client.get("/")  # the first page of a session writes it
    return client


def test_every_list_sorts_filters_exports_and_stays_under_twenty_queries(everything):
    wrong = []
    for name, view in views(ScopedListView).items():
        address = reverse(name)
        with CaptureQueriesContext(connection) as caught:
            answer = everything.get(address)
        if answer.status_code != 200 or len(caught) > 20:
            wrong.append((name, answer.status_code, len(caught)))
            continue
        queries = [f"sortierung=-{c.name}" for c in answer.context["table"].columns if c.orderable]
        queries += ["seite=999999&je_seite=100&sortierung=password", "export=csv", "export=xlsx"]
        if view.filterset_class is not None:
            keys = list(answer.context["filter"].form.fields)
            queries += ["&".join(f"{key}={value}" for key in keys) for value in ("x", "%00", "2026-13-45")]
            queries += [f"{key}=1" for key in keys]
        for query in queries:
            answer = everything.get(f"{address}?{query}")
            if answer.streaming:
                b"".join(
                    answer.streaming_content
                )  # reading to the end closes it; close() would take the connection along
            if answer.status_code not in (200, 404):
                wrong.append((name, query, answer.status_code))
    assert wrong == []


def test_every_list_has_one_heading_a_count_and_an_empty_state(everything):
    for name in views(ScopedListView):
        html = everything.get(reverse(name)).content.decode()
        assert html.count("<h1") == 1, name
        assert "soe-empty" in html or "<caption" in html, name


def test_every_form_answers_an_empty_post_with_an_error_summary_and_never_with_500(everything):
    wrong = []
    for name in views(FormPage):
        address = reverse(name)
        page = everything.get(address)
        if page.status_code != 200:
            wrong.append((name, "GET", page.status_code))
            continue
        answer = everything.post(address, {})
        if (
            answer.status_code == 200
            and answer.context["form"].errors
            and "soe-errors" not in answer.content.decode()
        ):
            wrong.append((name, "no summary"))
        if answer.status_code not in (200, 302):
            wrong.append((name, "POST", answer.status_code))
    assert wrong == []


def test_hostile_text_in_every_field_of_every_form_is_answered_and_never_with_500(everything):
    wrong, seen = [], 0
    for name in views(FormPage):
        address = reverse(name)
        names = list(everything.get(address).context["form"].fields)
        seen += 1
        for value in HOSTILE:
            data = {
                key: value for field in names for key in (field, f"{field}_text", f"{field}_0", f"{field}_1")
            }
            answer = everything.post(address, data)
            if answer.status_code not in (200, 302, 404, 409):
                wrong.append((name, value[:20], answer.status_code))
            elif "<script>alert" in answer.content.decode():
                wrong.append((name, value[:20], "markup"))
    assert wrong == []
    assert seen > 3
