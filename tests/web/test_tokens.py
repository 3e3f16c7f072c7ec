"""A form that arrives twice acts once."""

import threading

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from soe.departments.models import Department
from soe.web.models import SubmittedForm
from tests.factories.core import member

from .forms import fields

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.pages")]


def filled(client, code="einmal"):
    data = fields(client.get(reverse("t:add")))
    return data | {"code": code, "name": "Einmal", "short_name": "Einmal", "kind": "unit"}


def test_the_same_form_ten_times_creates_one_row_and_leads_to_the_same_place(as_member):
    client, _ = as_member("admin.departments")
    data = filled(client)
    answers = [client.post(reverse("t:add"), data) for _ in range(10)]
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer["Location"] for answer in answers}) == 1
    department = Department.objects.get(code="einmal")
    assert department.history.count() == 1
    assert SubmittedForm.objects.count() == 1


def test_a_form_with_errors_can_be_sent_again_with_the_same_token(as_member):
    client, _ = as_member("admin.departments")
    data = filled(client)
    first = client.post(reverse("t:add"), data | {"name": ""})
    assert fields(first)["form_token"] == data["form_token"]
    assert client.post(reverse("t:add"), data).status_code == 302


def test_a_token_belongs_to_one_person(as_member, client):
    one, _ = as_member("admin.departments")
    data = filled(one)
    assert one.post(reverse("t:add"), data).status_code == 302
    other = Client()
    other.force_login(member("admin.departments"))
    response = other.post(reverse("t:add"), data | {"code": "zweimal"})
    assert response.status_code == 302
    assert Department.objects.filter(code="zweimal").exists()


def test_two_forms_create_two_rows(as_member):
    client, _ = as_member("admin.departments")
    for code in ("eins", "zwei"):
        client.post(reverse("t:add"), filled(client, code))
    assert Department.objects.filter(code__in=["eins", "zwei"]).count() == 2


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_ten_parallel_posts_create_one_row():
    person = member("admin.departments")
    client = Client()
    client.force_login(person)
    data, answers, start = filled(client), [], threading.Barrier(10)

    def post():
        try:
            own = Client()
            own.cookies = client.cookies
            start.wait()
            answers.append(own.post(reverse("t:add"), data).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert connection.vendor == "postgresql"
    assert set(answers) <= {302, 409}
    assert 302 in answers
    assert Department.objects.get(code="einmal").history.count() == 1
