"""What every list and every form of the application promises, whoever wrote it. New pages are found by themselves."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, resolve, reverse

from soe.departments.catalogue import PERMISSIONS
from soe.web.routes import routes
from soe.web.views import ScopedListView
from soe.web.views.edit import FormPage
from tests.clients import without_templates
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


def questions(view, answer):
    """Query strings for a list: every order, every filter with sense and nonsense, pages and exports."""
    found = [f"sortierung=-{c.name}" for c in answer.context["table"].columns if c.orderable]
    found += ["seite=999999&je_seite=100&sortierung=password", "export=csv", "export=xlsx"]
    if view.filterset_class is not None:
        keys = list(answer.context["filter"].form.fields)
        found += ["&".join(f"{key}={value}" for key in keys) for value in ("x", "%00", "2026-13-45")]
        found += [f"{key}=1" for key in keys]
    return found


def test_every_list_sorts_filters_exports_and_stays_under_twenty_queries(everything):
    wrong = []
    for name, view in views(ScopedListView).items():
        address = reverse(name)
        with CaptureQueriesContext(connection) as caught:
            answer = everything.get(address)
        if answer.status_code != 200 or len(caught) > 20:
            wrong.append((name, answer.status_code, len(caught)))
            continue
        html = answer.content.decode()
        if html.count("<h1") != 1 or not ("soe-empty" in html or "<caption" in html):
            wrong.append((name, "one heading, a table with a caption or an empty state"))
        asked = questions(view, answer)
        for broken in [
            query for query in asked if "2026-13-45" in query
        ]:  # a refused filter, the page in full
            asked.remove(broken)
            if everything.get(f"{address}?{broken}").status_code != 200:
                wrong.append((name, broken))
        with without_templates():
            for query in asked:
                answer = everything.get(f"{address}?{query}")
                if answer.streaming:  # reading to the end closes it; close() would take the connection along
                    b"".join(answer.streaming_content)
                if answer.status_code not in (200, 404):
                    wrong.append((name, query, answer.status_code))
    assert wrong == []


def test_every_form_answers_nothing_and_nonsense_with_an_error_summary_and_never_with_500(everything):
    wrong, seen = [], 0
    for name in views(FormPage):
        address = reverse(name)
        page = everything.get(address)
        if page.status_code != 200:
            wrong.append((name, "GET", page.status_code))
            continue
        seen += 1
        fields = list(page.context["form"].fields)
        names = [key for field in fields for key in (field, f"{field}_text", f"{field}_0", f"{field}_1")]
        with without_templates():
            for value in ("", *HOSTILE[1:]):
                answer = everything.post(address, dict.fromkeys(names, value) if value else {})
                if answer.status_code not in (200, 302, 404, 409):
                    wrong.append((name, value[:20], answer.status_code))
        answer = everything.post(address, dict.fromkeys(names, HOSTILE[0]))
        html = answer.content.decode()
        if answer.status_code not in (200, 302, 404, 409):
            wrong.append((name, HOSTILE[0], answer.status_code))
        elif "<script>alert" in html:
            wrong.append((name, "markup"))
        elif answer.status_code == 200 and answer.context["form"].errors and "soe-errors" not in html:
            wrong.append((name, "no summary"))
    assert wrong == []
    assert seen > 20


def test_negative_control_without_templates_errors_of_rows_are_found(everything, monkeypatch):
    from objects.register.views.lists import PropertyListView

    monkeypatch.setattr(PropertyListView, "make_table", lambda self, rows: 1 / 0)
    with without_templates(), pytest.raises(ZeroDivisionError):
        everything.get(reverse("objects:property_list"))
