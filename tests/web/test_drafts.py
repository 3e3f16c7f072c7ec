"""Drafts: kept on the server, the author's alone, gone when sent or after thirty days, never with secrets."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from soe.departments.models import Department
from soe.web.drafts import services
from soe.web.drafts.models import Draft
from soe.web.models import SubmittedForm
from tests.clients import WatchingClient
from tests.factories.core import DepartmentFactory, member

from .forms import fields

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.pages")]
SCRIPT = {"Accept": "application/json"}
WORDS = "Herr Kowalczyk sagt, das Dach ist undicht"


def page(client, name="t:add", *args):
    return reverse(name, args=args), fields(client.get(reverse(name, args=args)))


def keep(client, url, data, **changes):
    return client.post(url, data | changes, headers=SCRIPT, bare=True)


@pytest.fixture
def clerk(as_member):
    return as_member("admin.departments")


def begun(client, user, **changes):
    url, data = page(client)
    data |= {"entwurf": str(user.pk), "competences": WORDS, "kind": "unit"} | changes
    answer = keep(client, url, data)
    assert answer.status_code == 200, answer.content
    return url, data, Draft.objects.get(token=data["form_token"][0])


def test_a_draft_is_kept_offered_used_and_vanishes_when_the_form_is_sent(clerk):
    client, user = clerk
    url, data, draft = begun(client, user, name="Halb")
    assert client.get(url).content.decode().count("Entwurf verwenden") == 1
    again = fields(client.get(f"{url}?entwurf={draft.pk}"))
    assert (again["name"], again["competences"], again["kind"]) == (["Halb"], [WORDS], ["unit"])
    assert again["form_token"] == data["form_token"]  # the same form goes on, so it still acts once
    assert "soe-field--error" not in client.get(f"{url}?entwurf={draft.pk}").content.decode()
    keep(client, url, data, name="Halb und halb")
    assert Draft.objects.count() == 1
    sent = client.post(url, again | {"code": "neu", "short_name": "N"})
    assert sent.status_code == 302
    assert Draft.objects.count() == 0
    # A late autosave of a form that is carried out keeps nothing.
    assert keep(client, url, data).status_code == 409
    assert Draft.objects.count() == 0


def test_a_refused_form_keeps_its_draft(clerk):
    client, user = clerk
    url, data, draft = begun(client, user)
    assert client.post(url, data | {"entwurf": []}).status_code == 200
    assert Draft.objects.filter(pk=draft.pk).exists()


def test_nobody_else_sees_opens_or_drops_it(clerk):
    client, user = clerk
    url, _, draft = begun(client, user)
    chief = WatchingClient()
    chief.force_login(member("admin.departments", "system.manage", "audit.view", "privacy.view"))
    assert "Entwurf verwenden" not in chief.get(url).content.decode()
    assert chief.get(f"{url}?entwurf={draft.pk}").status_code == 404
    assert WORDS not in chief.get(reverse("web:drafts")).content.decode()
    drop = reverse("web:draft_drop", args=[draft.pk])
    assert chief.post(drop).status_code == 404
    assert WORDS in client.get(reverse("web:drafts")).content.decode()
    assert client.post(drop).status_code == 302
    assert not Draft.objects.exists()


def test_negative_control_without_the_filter_by_person_others_would_read_it(clerk, monkeypatch):
    client, user = clerk
    url, _, draft = begun(client, user)
    monkeypatch.setattr(services, "mine", lambda reader: Draft.objects.all())
    monkeypatch.setattr(Draft, "open", lambda self: services_open(self, user))
    other = WatchingClient()
    other.force_login(member("admin.departments"))
    assert WORDS in other.get(f"{url}?entwurf={draft.pk}").content.decode()


def services_open(draft, author):
    from soe.web.drafts import crypt

    return crypt.decrypt(bytes(draft.content), author.pk)


def test_an_account_that_took_over_the_browser_keeps_nothing_of_the_first(clerk):
    client, user = clerk
    url, data = page(client)
    client.force_login(member("admin.departments"))
    assert keep(client, url, data, entwurf=str(user.pk)).status_code == 409
    assert not Draft.objects.exists()


def test_rights_are_asked_again(clerk):
    client, user = clerk
    url, data, draft = begun(client, user)
    for membership in user.memberships.all():
        from soe.audit.context import acting_as

        with acting_as(user):
            membership.end(reason="geht")
    assert client.get(f"{url}?entwurf={draft.pk}").status_code == 403
    assert keep(client, url, data).status_code == 403


def test_a_draft_opens_only_on_its_own_form(clerk):
    client, user = clerk
    _, _, draft = begun(client, user)
    department = DepartmentFactory()
    for wanted in (draft.pk, "quatsch"):
        assert client.get(f"{reverse('t:change', args=[department.pk])}?entwurf={wanted}").status_code == 404


def test_the_list_names_a_record_only_while_it_may_be_seen(clerk):
    client, user = clerk
    department = DepartmentFactory(name="Amt für Geheimes")
    url, data = page(client, "t:change", department.pk)
    assert keep(client, url, data, entwurf=str(user.pk), name="Neuer Name hier").status_code == 200
    assert department.short_name in client.get(reverse("web:drafts")).content.decode()
    draft = Draft.objects.get()
    content = draft.open()
    draft.close(content | {"about": ["departments.department", str(user.pk)]})
    draft.save()
    assert "nicht mehr zugänglich" in client.get(reverse("web:drafts")).content.decode()


def test_a_draft_on_an_older_version_leads_to_the_conflict_page(clerk):
    client, user = clerk
    department = DepartmentFactory(name="Alt")
    url, data = page(client, "t:change", department.pk)
    keep(client, url, data, entwurf=str(user.pk), name="Mein Name")
    from soe.audit.context import acting_as

    with acting_as(user):
        department.refresh_from_db()
        department.name = "Von anderen"
        department.save()
    again = fields(client.get(f"{url}?entwurf={Draft.objects.get().pk}"))
    answer = client.post(url, again)
    assert answer.status_code == 409
    assert "Mein Name" in answer.content.decode()
    assert Draft.objects.exists()  # nothing was carried out yet


def test_what_lies_in_the_database_is_not_readable_and_holds_no_secrets(clerk):
    client, user = clerk
    begun(client, user, csrfmiddlewaretoken="geheim")
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM web_draft")
        stored = bytes(cursor.fetchone()[0])
    assert b"Kowalczyk" not in stored
    names = [name for name, _ in Draft.objects.get().open()["fields"]]
    assert not {"csrfmiddlewaretoken", "form_token", "entwurf"} & set(names)


def test_password_and_file_fields_are_left_out(rf):
    from django import forms

    class Secret(forms.Form):
        code = forms.CharField(widget=forms.PasswordInput)
        photo = forms.FileField()
        text = forms.CharField()

    request = rf.post("/", {"code": "1234", "photo": "a.jpg", "text": "bleibt"})
    assert services.typed(request, Secret()) == [["text", ["bleibt"]]]


def test_another_key_opens_nothing(clerk, settings):
    client, user = clerk
    _, _, draft = begun(client, user)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "ein ganz anderer Schlüssel"
    assert draft.open() is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert dict(draft.open()["fields"])["competences"] == [WORDS]
    draft.user_id = get_user_model().objects.exclude(pk=user.pk).first().pk
    assert draft.open() is None


def test_limits(clerk, monkeypatch):
    client, user = clerk
    url, data, _ = begun(client, user)
    assert keep(client, url, data, competences="x" * (services.MAX_BYTES + 1)).status_code == 413
    monkeypatch.setattr(services, "PER_MINUTE", 3)
    statuses = [keep(client, url, data).status_code for _ in range(3)]
    assert statuses[-1] == 429
    monkeypatch.setattr(services, "PER_MINUTE", 1000)
    monkeypatch.setattr(services, "MAX_DRAFTS", 1)
    url, data = page(client)
    answer = keep(client, url, data, entwurf=str(user.pk), name="zweiter")
    assert answer.status_code == 409
    assert "verwerfen" in json.loads(answer.content)["error"]


def test_negative_control_without_the_limits_everything_is_kept(clerk, monkeypatch):
    client, user = clerk
    url, data, _ = begun(client, user)
    for name in ("MAX_BYTES", "PER_MINUTE", "MAX_DRAFTS"):
        monkeypatch.setattr(services, name, 10**9)
    long = "x" * 200_001
    assert {keep(client, url, data, competences=long).status_code for _ in range(4)} == {200}


def test_after_thirty_days_it_is_neither_shown_nor_kept(clerk):
    client, user = clerk
    url, _, draft = begun(client, user)
    Draft.objects.update(saved_at=timezone.now() - timedelta(days=30, minutes=1))
    assert "Entwurf verwenden" not in client.get(url).content.decode()
    assert client.get(f"{url}?entwurf={draft.pk}").status_code == 404
    begun(client, user)
    assert not Draft.objects.filter(pk=draft.pk).exists()


def test_without_script_a_button_keeps_the_draft(clerk):
    client, user = clerk
    url, data = page(client)
    response = client.post(url, data | {"entwurf": str(user.pk), "name": "Von Hand"}, follow=True)
    assert "Entwurf gespeichert" in response.content.decode()
    assert fields(response)["name"] == ["Von Hand"]
    assert not Department.objects.filter(name="Von Hand").exists()
    assert not SubmittedForm.objects.exists()


def test_a_draft_without_the_csrf_token_is_refused(clerk):
    client, user = clerk
    url, data = page(client)
    strict = WatchingClient(enforce_csrf_checks=True)
    strict.force_login(user)
    assert keep(strict, url, data, entwurf=str(user.pk)).status_code == 403
    assert not Draft.objects.exists()
    # Negative control: the same request passes where nobody asks for the token.
    lax = WatchingClient()
    lax.force_login(user)
    assert keep(lax, url, data, entwurf=str(user.pk)).status_code == 200
