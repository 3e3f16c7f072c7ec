"""A form that arrives twice acts once."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from soe.departments.models import Department
from soe.web.models import SubmittedForm
from soe.web.views import base
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


def test_the_token_cannot_be_left_out(as_member):
    client, _ = as_member("admin.departments")
    data = filled(client)
    for token in ([], ["keine-kennung"]):
        answer = client.post(reverse("t:add"), data | {"form_token": token}, bare=True)
        assert answer.status_code == 200
        assert "noch einmal" in answer.content.decode()
        assert fields(answer)["name"] == ["Einmal"]
        assert not Department.objects.filter(code="einmal").exists()
    assert client.post(reverse("t:add"), fields(answer)).status_code == 302


def test_the_same_token_on_another_form_swallows_nothing(as_member):
    client, _ = as_member("admin.departments")
    data = filled(client)
    client.post(reverse("t:add"), data)
    department = Department.objects.get(code="einmal")
    url = reverse("t:change", args=[department.pk])
    changed = fields(client.get(url)) | {"form_token": data["form_token"], "name": "Anders"}
    assert client.post(url, changed).status_code == 302
    department.refresh_from_db()
    assert department.name == "Anders"


def test_reload_and_back_lead_to_what_was_created(as_member):
    client, _ = as_member("admin.departments")
    data = filled(client)
    first = client.post(reverse("t:add"), data)
    # Back button: the old page is sent again, even with other words in it.
    again = client.post(reverse("t:add"), data | {"name": "Später"})
    assert again["Location"] == first["Location"]
    assert not Department.objects.filter(name="Später").exists()


def test_two_forms_create_two_rows(as_member):
    client, _ = as_member("admin.departments")
    for code in ("eins", "zwei"):
        client.post(reverse("t:add"), filled(client, code))
    assert Department.objects.filter(code__in=["eins", "zwei"]).count() == 2


def test_negative_control_without_the_demand_a_form_without_token_acts(as_member, monkeypatch):
    monkeypatch.setattr(base, "posted_token", lambda request: uuid4())
    client, _ = as_member("admin.departments")
    client.post(reverse("t:add"), filled(client) | {"form_token": []}, bare=True)
    assert Department.objects.filter(code="einmal").exists()


def test_negative_control_without_the_memory_the_second_post_acts_too(as_member, monkeypatch):
    monkeypatch.setattr(base, "once", lambda request, run: run())
    client, _ = as_member("admin.departments")
    data = filled(client)
    client.post(reverse("t:add"), data)
    client.post(reverse("t:add"), data | {"code": "zweimal", "name": "Zweimal", "short_name": "Zwei"})
    assert Department.objects.filter(code__in=["einmal", "zweimal"]).count() == 2
