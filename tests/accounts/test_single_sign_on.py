"""S05: single sign-on against a real provider: who comes in, every bad token refused, groups become memberships."""

import time

import jwt
import pytest
from django.core import mail
from django.test import Client

from soe.accounts import sso
from soe.accounts.models import OpenSession, SignInEvent, SsoIdentity
from soe.departments.groups import GroupMapping
from soe.departments.models import Membership
from tests.factories.core import (
    PASSWORD,
    DepartmentFactory,
    MembershipFactory,
    RoleFactory,
    UserFactory,
    member,
    somebody,
)

from .provider import STRANGER, encode, running

CALLBACK = "/anmelden/stadtkonto/zurueck/"


@pytest.fixture(scope="module")
def servers():
    with running() as first, running() as second:
        yield first, second


@pytest.fixture
def provider(servers, settings):
    for server in servers:
        server.reset()
    settings.SOE_OIDC = servers[0].settings()
    return servers[0]


@pytest.fixture
def visitor():
    """Coming back from the provider is a GET that signs in: the client that forbids writing GETs does not fit."""
    return Client()


@pytest.fixture
def nadine(db, provider):
    user = UserFactory(username="nadine", email="nadine@example.org", password=PASSWORD)
    connect(user, provider.issuer, "sub-nadine")
    provider.person("sub-nadine", preferred_username="nadine", email="nadine@example.org")
    return user


def connect(user, issuer, subject):
    with somebody():
        SsoIdentity(user=user, issuer=issuer, subject=subject).save(reason="Test")


def signed_in(client):
    return client.session.get("_auth_user_id")


def refused(response, client, status=400):
    return response.status_code == status and signed_in(client) is None


# --- the way in -----------------------------------------------------------------------------------------------------
def test_the_button_leads_in_with_state_nonce_and_pkce(visitor, nadine, provider):
    page = visitor.get("/anmelden/").content.decode()
    assert "Mit dem Stadtkonto anmelden" in page
    response = provider.arrive(visitor, "sub-nadine", next_url="/konto/")
    assert response["Location"] == "/konto/"
    assert signed_in(visitor) == str(nadine.pk)
    assert {"state", "nonce"} <= provider.query.keys()
    assert provider.query["code_challenge_method"] == ["S256"]
    assert provider.seen[0]["code_verifier"]
    assert OpenSession.objects.get(user=nadine).by_sso
    assert list(SignInEvent.objects.values_list("kind", flat=True)) == ["sso"]
    assert "über das Stadtkonto" in visitor.get("/konto/").content.decode()


def test_without_configuration_there_is_no_button_and_no_way(visitor, db):
    assert "Stadtkonto" not in visitor.get("/anmelden/").content.decode()
    assert visitor.get("/anmelden/stadtkonto/").status_code == 404
    assert visitor.get(CALLBACK).status_code == 404


def test_the_address_cannot_choose_scope_or_parameters(visitor, nadine):
    start = visitor.get(
        "/anmelden/stadtkonto/?scope=admin&auth_params=prompt%3Dnone&next=https://evil.example/"
    )
    assert "admin" not in start["Location"]
    assert "prompt" not in start["Location"]


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda c: c.update(iss="https://evil.example"), id="issuer"),
        pytest.param(lambda c: c.update(aud="another-application"), id="audience"),
        pytest.param(lambda c: c.update(aud=["soe", "other"], azp="other"), id="authorised-party"),
        pytest.param(lambda c: c.update(nonce="replayed"), id="nonce"),
        pytest.param(lambda c: c.pop("nonce"), id="no-nonce"),
        pytest.param(lambda c: c.update(exp=int(time.time()) - 3600), id="expired"),
        pytest.param(lambda c: c.pop("exp"), id="no-expiry"),
        pytest.param(lambda c: c.pop("sub"), id="no-subject"),
    ],
)
def test_a_well_signed_token_that_says_something_else_is_refused(visitor, nadine, provider, spoil):
    provider.spoil = spoil
    response = provider.arrive(visitor, "sub-nadine")
    assert refused(response, visitor)
    assert "sicherheitshalber nicht angemeldet" in response.content.decode()
    assert list(SignInEvent.objects.values_list("kind", flat=True)) == ["sso_no"]


def _unsigned(claims, header, key):
    return jwt.encode(claims, "", algorithm="none")


def _with_our_secret(claims, header, key):
    return encode(claims, header, "geheim" * 10, algorithm="HS256")


@pytest.mark.parametrize(
    "sign",
    [
        pytest.param(lambda claims, header, key: encode(claims, header, STRANGER), id="foreign-key"),
        pytest.param(lambda claims, header, key: encode(claims, {"kid": "x"}, STRANGER), id="unknown-key"),
        pytest.param(_unsigned, id="none"),
        pytest.param(_with_our_secret, id="hs256"),
        pytest.param(lambda claims, header, key: "kein.token.überhaupt", id="rubbish"),
    ],
)
def test_a_token_that_the_provider_did_not_sign_is_refused(visitor, nadine, provider, sign):
    provider.sign = sign
    assert refused(provider.arrive(visitor, "sub-nadine"), visitor)


def test_negative_control_without_the_signature_check_a_forged_token_opens(
    visitor, nadine, provider, monkeypatch
):
    provider.sign = lambda claims, header, key: encode(claims, header, STRANGER)
    _decode_without(monkeypatch, "verify_signature")
    provider.arrive(visitor, "sub-nadine")
    assert signed_in(visitor) == str(nadine.pk)


def test_negative_control_without_the_issuer_check_a_foreign_token_opens(
    visitor, nadine, provider, monkeypatch
):
    provider.spoil = lambda claims: claims.update(iss="https://evil.example")
    _decode_without(monkeypatch, "verify_iss")
    provider.arrive(visitor, "sub-nadine")
    assert signed_in(visitor) == str(nadine.pk)


def _decode_without(monkeypatch, check):
    decode = jwt.decode

    def weak(token, key, **kwargs):
        return decode(token, key, **kwargs | {"options": {**kwargs["options"], check: False}})

    monkeypatch.setattr(sso.jwt, "decode", weak)


def test_negative_control_the_package_alone_takes_a_forged_token(visitor, nadine, provider, rf):
    """Why we check ourselves: allauth skips the signature of a token that came straight from the provider."""
    from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter

    adapter = OpenIDConnectOAuth2Adapter(rf.get("/"), sso.PROVIDER_ID)
    adapter._openid_config = {"jwks_uri": f"{provider.issuer}/jwks", "issuer": provider.issuer}
    adapter.did_fetch_access_token = True
    forged = jwt.encode(
        {"iss": provider.issuer, "aud": "soe", "sub": "x", "exp": time.time() + 60}, STRANGER, "RS256"
    )
    app = sso.CityProvider(rf.get("/")).app
    assert adapter._decode_id_token(app, forged)["sub"] == "x"


@pytest.mark.parametrize(
    "tamper",
    [
        pytest.param(lambda q: q.replace("state=", "state=x"), id="other-state"),
        pytest.param(lambda q: q.split("&state")[0], id="no-state"),
    ],
)
def test_an_answer_to_a_question_nobody_asked_is_refused(visitor, nadine, provider, tamper):
    response = provider.arrive(visitor, "sub-nadine", tamper=tamper)
    assert refused(response, visitor)
    assert "von vorn" in response.content.decode()


def test_an_answer_counts_once_and_only_in_its_own_browser(visitor, nadine, provider):
    kept = []
    provider.arrive(visitor, "sub-nadine", tamper=lambda q: kept.append(q) or q)
    other = Client()
    assert refused(other.get(f"{CALLBACK}?{kept[0]}"), other)
    visitor.post("/abmelden/")
    assert refused(visitor.get(f"{CALLBACK}?{kept[0]}"), visitor)


def test_a_person_who_turns_back_sees_the_login_again(visitor, nadine):
    state = visitor.get("/anmelden/stadtkonto/")["Location"].split("state=")[1].split("&")[0]
    response = visitor.get(f"{CALLBACK}?error=access_denied&state={state}")
    assert response["Location"] == "/anmelden/"


def test_metadata_that_name_another_issuer_are_not_followed(visitor, nadine, provider, settings):
    settings.SOE_OIDC = provider.settings() | {"issuer": f"{provider.issuer}/"}
    response = visitor.get("/anmelden/stadtkonto/")
    assert response.status_code == 400
    assert "nicht geklappt" in response.content.decode()


@pytest.mark.parametrize(
    ("address", "issuer"),
    [
        ("http://10.0.0.1/token", "https://idp.example"),
        ("http://127.0.0.1/token", "https://idp.example"),
        ("file:///etc/passwd", "http://localhost"),
        ("", "https://idp.example"),
    ],
)
def test_metadata_lead_to_no_unsafe_address(address, issuer):
    assert not sso._safe_address(address, issuer)
    assert sso._safe_address("https://idp.example/token", issuer)


def test_a_provider_that_is_away_has_its_own_page(visitor, db, settings):
    settings.SOE_OIDC = {"issuer": "http://127.0.0.1:9", "client_id": "soe"}
    response = visitor.get("/anmelden/stadtkonto/")
    assert response.status_code == 503
    assert "nicht erreichbar" in response.content.decode()


def test_a_form_whose_session_ended_comes_back_after_the_way_over_the_provider(visitor, nadine, provider):
    provider.arrive(visitor, "sub-nadine")
    OpenSession.objects.filter(user=nadine).end()
    page = visitor.post("/konto/", {"theme": "dark"})
    assert page.status_code == 401
    assert "Mit dem Stadtkonto anmelden und weiter" in page.content.decode()
    assert provider.arrive(visitor, "sub-nadine")["Location"] == "/anmelden/fortsetzen/"
    assert 'name="theme" value="dark"' in visitor.get("/anmelden/fortsetzen/").content.decode()


# --- whose account --------------------------------------------------------------------------------------------------
def test_the_same_mail_and_name_at_a_second_issuer_open_nothing(visitor, nadine, provider, servers, settings):
    second = servers[1]
    second.person("sub-nadine", preferred_username="nadine", email="nadine@example.org", email_verified=True)
    settings.SOE_OIDC = second.settings()
    response = second.arrive(visitor, "sub-nadine")
    assert refused(response, visitor, 403)
    assert "noch nicht bekannt" in response.content.decode()


def test_an_unknown_identity_is_refused_even_with_the_right_mail_and_name(visitor, nadine, provider):
    provider.person("sub-else", preferred_username="nadine", email="nadine@example.org", email_verified=True)
    response = provider.arrive(visitor, "sub-else")
    assert refused(response, visitor, 403)
    assert "sub-else" in response.content.decode()  # what to tell the administration
    assert SsoIdentity.objects.count() == 1


def test_a_ticked_account_connects_once_by_its_name(visitor, db, provider):
    user = UserFactory(username="ole", email="ole@example.org", sso_allowed=True)
    provider.person("sub-ole", preferred_username="OLE")
    provider.arrive(visitor, "sub-ole")
    assert signed_in(visitor) == str(user.pk)
    user.refresh_from_db()
    assert not user.sso_allowed
    assert user.sso_identities.get().history.first().actor_name == str(user)
    assert [m.subject for m in mail.outbox] == ["SOE: Stadtkonto verbunden"]
    provider.person("sub-thief", preferred_username="ole")
    thief = Client()
    assert refused(provider.arrive(thief, "sub-thief"), thief, 403)


def test_first_sign_ins_can_be_forbidden_altogether(visitor, db, provider, settings):
    settings.SOE_OIDC = provider.settings(first_login="refuse")
    UserFactory(username="ole", sso_allowed=True)
    provider.person("sub-ole2", preferred_username="ole")
    assert refused(provider.arrive(visitor, "sub-ole2"), visitor, 403)


def test_a_deactivated_account_stays_shut_at_the_city_door_too(visitor, nadine, provider):
    nadine.is_active = False
    with somebody():
        nadine.save()
    response = provider.arrive(visitor, "sub-nadine")
    assert response["Location"] == "/anmelden/nicht-aktiv/"
    assert signed_in(visitor) is None


# --- the second factor and the emergency door -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("amr", "expected"), [(["pwd"], "/konto/zweiter-faktor/einrichten/"), (["mfa"], None)]
)
def test_the_provider_second_factor_counts_only_where_configured(
    visitor, nadine, provider, settings, amr, expected
):
    settings.SOE_REQUIRE_SECOND_FACTOR = True
    settings.SOE_OIDC = provider.settings(second_factor=("mfa",))
    MembershipFactory(user=nadine, role=RoleFactory(requires_second_factor=True))
    provider.spoil = lambda claims: claims.update(amr=amr)
    provider.arrive(visitor, "sub-nadine")
    assert visitor.get("/konto/").get("Location") == expected


def test_with_single_sign_on_only_passwords_open_the_emergency_account_alone(client, db, settings, provider):
    settings.SOE_SSO_ONLY = True
    UserFactory(username="ole", email="ole@example.org", password=PASSWORD)
    boss = UserFactory(username="notfall", email="not@example.org", password=PASSWORD, emergency=True)
    page = client.get("/anmelden/").content.decode()
    assert "Notfallkonto: mit Kennwort anmelden" in page
    client.post("/anmelden/", {"login": "ole", "password": PASSWORD})
    assert signed_in(client) is None
    client.post("/kennwort/vergessen/", {"email": "ole@example.org"})
    assert mail.outbox == []
    client.post("/anmelden/", {"login": "notfall", "password": PASSWORD})
    assert signed_in(client) == str(boss.pk)


# --- groups -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def mapped(nadine):
    role = RoleFactory(permissions=["register.view"])
    department = DepartmentFactory()
    with somebody():
        mapping = GroupMapping(group="soe-kataster", department=department, role=role)
        mapping.save()
    return mapping


def current(user):
    return set(Membership.objects.current().filter(user=user).values_list("role__name", "source_id"))


def test_groups_give_and_end_memberships_and_leave_those_given_by_hand(visitor, nadine, provider, mapped):
    by_hand = MembershipFactory(user=nadine)
    kept = (by_hand.role.name, None)
    provider.person("sub-nadine", groups=["soe-kataster", "andere"])
    provider.arrive(visitor, "sub-nadine")
    assert current(nadine) == {kept, (mapped.role.name, mapped.pk)}
    assert nadine.may("register.view")
    given = Membership.objects.get(source=mapped)
    assert "soe-kataster" in given.history.first().history_change_reason
    visitor.post("/abmelden/")
    provider.arrive(visitor, "sub-nadine")  # again: nothing twice
    assert Membership.objects.filter(source=mapped).count() == 1
    visitor.post("/abmelden/")
    provider.person("sub-nadine", preferred_username="nadine")  # no groups any more
    provider.arrive(visitor, "sub-nadine")
    assert current(nadine) == {kept}


def test_what_was_given_by_hand_is_not_given_again_and_not_ended(visitor, nadine, provider, mapped):
    MembershipFactory(user=nadine, role=mapped.role, department=mapped.department)
    provider.person("sub-nadine", groups="soe-kataster")
    provider.arrive(visitor, "sub-nadine")
    assert current(nadine) == {(mapped.role.name, None)}


def test_ending_a_mapping_ends_what_it_gave_at_once(visitor, nadine, provider, mapped, client):
    provider.person("sub-nadine", groups=["soe-kataster"])
    provider.arrive(visitor, "sub-nadine")
    client.force_login(member("admin.all", "admin.members"))
    assert "soe-kataster" in client.get("/verwaltung/gruppen/").content.decode()
    response = client.post(f"/verwaltung/gruppen/{mapped.pk}/beenden/", {"reason": "Gruppe aufgelöst"})
    assert response.status_code == 302
    assert current(nadine) == set()


def test_the_last_administrator_keeps_the_key_when_her_group_is_gone(visitor, nadine, provider, db):
    role = RoleFactory(permissions=["admin.all"])
    with somebody():
        mapping = GroupMapping(group="soe-admin", department=DepartmentFactory(), role=role)
        mapping.save()
    provider.person("sub-nadine", groups=["soe-admin"])
    provider.arrive(visitor, "sub-nadine")
    visitor.post("/abmelden/")
    provider.person("sub-nadine")
    provider.arrive(visitor, "sub-nadine")
    assert nadine.may("admin.all")


def test_an_administrator_maps_groups_and_nobody_else(client, db):
    department, role = DepartmentFactory(), RoleFactory(permissions=["register.view"])
    data = {"group": "soe-x", "department": department.pk, "role": role.pk}
    client.force_login(member("admin.members", department=department))
    assert client.post("/verwaltung/gruppen/neu/", data).status_code == 403
    client.force_login(member("admin.all", "admin.members", "admin.departments"))
    response = client.post("/verwaltung/gruppen/neu/", data)
    assert response.status_code == 302, response.content.decode()
    assert GroupMapping.objects.get().history.count() == 1
