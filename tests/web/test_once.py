"""Every address that takes a POST acts once: it demands the one-time token, or stands below with its reason."""

from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from soe.web.jobs import schedule
from soe.web.tokens import new_token
from soe.web.views import base

WITHOUT = {
    "web:theme": "sets what was posted",
    "web:tour_done": "sets one mark; also sent by a script while the page closes",
    "web:list_columns": "the whole order comes with each POST; the answer is an address",
    "web:feed_page": "shows a secret that is kept nowhere: a retry revokes the one before and shows the one that counts",
    "account_login": "the door: a new session each time, counted by the lock after wrong passwords",
    "account_logout": "ends a session that a second POST no longer has",
    "account_reauthenticate": "asks for the password again and changes nothing",
    "account_reset_password": "mails a link that counts once; limited per hour",
    "account_reset_password_from_key": "the link counts once",
    "account_change_password": "asks for the old password, which no longer counts the second time",
    "account_set_password": "sets what was posted; refused where there is a password already",
    "mfa_authenticate": "the door: a code counts once",
    "mfa_reauthenticate": "a code counts once",
    "mfa_activate_totp": "the code counts once; refused where a second factor stands",
    "mfa_deactivate_totp": "removes what a second POST no longer finds",
    "mfa_generate_recovery_codes": "shows codes that are kept nowhere in clear: a retry replaces them",
}


class Person:
    is_authenticated, pk = True, None


def posting(resolver=None, namespace=""):
    """(route name, callback) of everything that takes a POST."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from posting(
                pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            )
        elif isinstance(pattern, URLPattern):
            view = getattr(pattern.callback, "view_class", None)
            offered = getattr(view, "offered_methods", None)
            methods = [m.upper() for m in getattr(view, "http_method_names", []) if hasattr(view, m)]
            if "POST" in (offered() if offered and "POST" in methods else methods):
                yield f"{namespace}{pattern.name}", pattern.callback


def acts_without_token(callback) -> bool:
    """Whether `post` of the view is reached by a POST that carries no token."""
    view, stopped = callback.view_class(**callback.view_initkwargs), HttpResponse(status=400)
    if not isinstance(view, base.RequestMixin):
        return True
    request = RequestFactory().post("/")
    request.user = Person()
    view.setup(request)
    view.check_access = lambda: None
    view.without_token = lambda: stopped
    view.post = lambda *args, **kwargs: HttpResponse()
    return view.dispatch(request) is not stopped


def open_ones():
    return {name for name, callback in posting() if acts_without_token(callback)}


def test_every_post_demands_its_token_or_says_why_not(db):
    assert len(list(posting())) > 150
    assert open_ones() == set(WITHOUT)


def test_negative_control_without_the_demand_every_view_acts(db, monkeypatch):
    monkeypatch.setattr(base, "posted_token", lambda request: new_token())
    assert len(open_ones()) > 150


def test_a_button_without_its_token_does_nothing_and_a_retry_gets_the_first_answer(as_member, monkeypatch):
    started = []
    monkeypatch.setattr(schedule, "run_now", started.append)
    client, _ = as_member("system.manage")
    address = reverse("web:job_run_now", args=[next(iter(schedule.entries))])
    refused = client.post(address, {}, bare=True)
    assert refused.status_code == 400
    assert "Es ist nichts geschehen" in refused.content.decode()
    assert not started
    assert client.post("/hilfe/rundgang/", {}, bare=True).status_code == 405
    token = {"form_token": new_token()}
    first, again = (client.post(address, token) for _ in range(2))
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    assert len(started) == 1
