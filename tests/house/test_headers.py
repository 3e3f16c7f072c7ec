"""What every answer carries."""

import pytest

from tests.factories.core import PASSWORD, UserFactory

PUBLIC = ["/anmelden/", "/barrierefreiheit/", "/datenschutz/", "/kennwort/vergessen/"]


@pytest.mark.parametrize("path", PUBLIC)
def test_every_answer_is_hardened(client, db, path, settings):
    response = client.get(path)
    assert response.status_code == 200
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    for part in (
        "default-src 'self'",
        "img-src 'self' data:",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ):
        assert part in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "microphone=()" in response["Permissions-Policy"]
    # Negative control: each of them comes from its middleware.
    settings.MIDDLEWARE = [
        name
        for name in settings.MIDDLEWARE
        if not name.endswith(("HeadersMiddleware", "ContentSecurityPolicyMiddleware"))
    ]
    bare = type(client)().get(path)
    assert "Content-Security-Policy" not in bare
    assert "Permissions-Policy" not in bare


def test_what_a_signed_in_person_saw_stays_in_no_cache(as_member):
    client, _ = as_member("register.view")
    assert client.get("/konto/")["Cache-Control"] == "no-store"


def test_the_statement_of_accessibility_is_linked_from_every_page(client, as_member):
    for path in PUBLIC:
        assert 'href="/barrierefreiheit/"' in client.get(path).content.decode()
    client, _ = as_member("register.view")
    for path in ("/", "/konto/", "/hilfe/", "/gibtsnicht/"):
        assert 'href="/barrierefreiheit/"' in client.get(path).content.decode()


def test_cookies_are_out_of_reach_of_scripts(client, db):
    UserFactory(username="nadine", password=PASSWORD)
    client.get("/anmelden/")
    client.post("/anmelden/", {"login": "nadine", "password": PASSWORD})
    for name in ("csrftoken", "sessionid"):
        assert client.cookies[name]["httponly"]
        assert client.cookies[name]["samesite"] == "Lax"


def test_pages_about_the_product_need_no_login_and_help_does(client, db):
    assert client.get("/hilfe/").status_code == 302


def test_negative_control_the_client_finds_inline_code():
    from django.http import HttpResponse

    from tests.clients import InlineCode, WatchingClient

    for html in ("<script>1</script>", '<p style="color:red">', '<p onclick="x()">', "<style>p{}</style>"):
        with pytest.raises(InlineCode):
            WatchingClient().look_at(HttpResponse(html))


def test_negative_control_the_client_finds_a_get_that_writes(client, user):
    from unittest.mock import patch

    from soe.audit.context import acting_as
    from soe.web.about import HelpView
    from tests.clients import ImpureGet

    def writes(self, **kwargs):
        with acting_as(user):
            user.save()
        return {}

    client.force_login(user)
    with patch.object(HelpView, "get_context_data", writes), pytest.raises(ImpureGet):
        client.get("/hilfe/")
