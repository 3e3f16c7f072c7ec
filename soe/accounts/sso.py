"""Single sign-on by OpenID Connect: what allauth brings, plus the checks it leaves out, plus whose account it is.

allauth gives state, PKCE and the exchange of the code. It sends no nonce, does not look at the signature of a token
that came straight from the provider, and would match accounts by e-mail address. Here every identity token is checked
in full, and an identity is issuer and subject, nothing else.
"""

import logging
from dataclasses import dataclass
from hmac import compare_digest
from secrets import token_urlsafe
from urllib.parse import urlsplit

import jwt
import requests
from allauth.account.internal.flows.login import get_authentication_records
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from soe.audit.context import acting_as

from . import events, sessions
from .mails import tell
from .models import SignInEvent, SsoIdentity, User

log = logging.getLogger("soe.accounts.sso")

PROVIDER_ID = "stadtkonto"
METHOD = "socialaccount"
# Only signatures that need the provider's private key: with HS256 our own client secret would make tokens.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
LEEWAY = 60  # seconds of clock difference


class Refused(Exception):
    """The provider's answer is not good enough. `code` picks the sentence on the page, the text goes to the log."""

    def __init__(self, code, detail="", subject=""):
        super().__init__(detail or code)
        self.code, self.subject = code, subject


@dataclass(frozen=True)
class Config:
    """How to reach the city's identity provider (variables OIDC_… of the README)."""

    issuer: str
    client_id: str
    client_secret: str = ""
    name: str = "Stadtkonto"
    scopes: tuple = ("openid", "profile")
    groups_claim: str = "groups"
    username_claim: str = "preferred_username"
    first_login: str = "ticked"  # or "refuse": only identities that an administrator entered
    second_factor: tuple = ()  # values of `amr` or `acr` that count as a second factor


def config():
    """The configuration, or None while no provider is set."""
    values = settings.SOE_OIDC
    return Config(**values) if values.get("issuer") and values.get("client_id") else None


# --- to the provider and back: allauth's state, PKCE and exchange -----------------------------------------------------
class CityAdapter(OpenIDConnectOAuth2Adapter):
    def get_provider(self):
        return CityProvider(self.request)

    @property
    def openid_config(self):
        if not hasattr(self, "_openid_config"):
            found = _get_json(self.get_provider().server_url)
            issuer = self.get_provider().conf.issuer
            if found.get("issuer") != issuer:
                raise Refused("failed", "metadata name another issuer")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if not _safe_address(found.get(name, ""), issuer):
                    raise Refused("failed", f"{name} is missing or not https")
            self._openid_config = found
        return self._openid_config

    def get_callback_url(self, request, app):
        return request.build_absolute_uri(reverse("sso_callback"))


class CityProvider(OpenIDConnectProvider):
    pkce_enabled_default = True
    oauth2_adapter_class = CityAdapter

    def __init__(self, request):
        self.conf = config()
        app = SocialApp(
            provider="openid_connect",
            provider_id=PROVIDER_ID,
            name=self.conf.name,
            client_id=self.conf.client_id,
            secret=self.conf.client_secret,
            settings={"server_url": self.conf.issuer.rstrip("/"), "oauth_pkce_enabled": True},
        )
        super().__init__(request, app=app)

    def start(self, request, next_url):
        """To the provider, with state, nonce and PKCE. Nothing of it can be chosen by the address."""
        nonce = token_urlsafe(32)
        return self.redirect(
            request,
            "login",
            next_url=next_url,
            auth_params={"nonce": nonce},
            scope=list(self.conf.scopes),
            nonce=nonce,
        )

    def claims(self, request, state):
        """The checked claims behind the code in the address. Raises Refused."""
        adapter = self.get_oauth2_adapter(request)
        try:
            client = adapter.get_client(request, self.app)
            answer = adapter.get_access_token_data(
                request, self.app, client, pkce_code_verifier=state.get("pkce_code_verifier")
            )
            metadata = adapter.openid_config
            claims = verify(
                answer.get("id_token"), conf=self.conf, metadata=metadata, nonce=state.get("nonce", "")
            )
            return self._with_userinfo(claims, answer["access_token"], metadata)
        except (OAuth2Error, requests.RequestException, ValueError, KeyError) as error:
            raise Refused("failed", type(error).__name__) from error

    def _with_userinfo(self, claims, access_token, metadata):
        """Some providers keep groups and names out of the token. What the signed token says wins."""
        wanted = {self.conf.groups_claim, self.conf.username_claim}
        address = metadata.get("userinfo_endpoint", "")
        if wanted <= claims.keys() or not _safe_address(address, self.conf.issuer):
            return claims
        more = _get_json(address, headers={"Authorization": f"Bearer {access_token}"})
        if more.get("sub") != claims["sub"]:
            raise Refused("failed", "userinfo is about somebody else")
        return {**more, **claims}


def _get_json(address, **kwargs):
    with get_adapter().get_requests_session() as session:
        answer = session.request("GET", address, allow_redirects=False, **kwargs)
        answer.raise_for_status()
        found = answer.json()
    if not isinstance(found, dict):
        raise Refused("failed", "no object in the answer")
    return found


def _safe_address(address, issuer):
    parts = urlsplit(address)
    if parts.scheme == "https" and parts.hostname:
        return True
    # Plain HTTP for a provider on this very machine only (trying out, tests).
    here = {"localhost", "127.0.0.1", "::1"}
    return parts.scheme == "http" and parts.hostname in here and urlsplit(issuer).hostname in here


# --- the identity token -----------------------------------------------------------------------------------------------
def signing_key(token, keys_url):
    header = jwt.get_unverified_header(token)
    if header.get("alg") not in ALGORITHMS:
        raise jwt.InvalidAlgorithmError(header.get("alg"))
    keys = jwt.PyJWKSet.from_dict(_get_json(keys_url)).keys
    if kid := header.get("kid"):
        keys = [key for key in keys if key.key_id == kid]
    if len(keys) != 1:
        raise jwt.InvalidKeyError("no single key fits")
    return keys[0].key


def verify(token, *, conf, metadata, nonce):
    """OpenID Connect Core 3.1.3.7: signature, issuer, audience, expiry, nonce. Raises Refused."""
    try:
        claims = jwt.decode(
            token or "",
            signing_key(token or "", metadata["jwks_uri"]),
            algorithms=ALGORITHMS,
            audience=conf.client_id,
            issuer=conf.issuer,
            leeway=LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except jwt.PyJWTError as error:
        raise Refused("failed", f"identity token: {type(error).__name__}") from error
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != conf.client_id:
        raise Refused("failed", "identity token: issued for another application")
    if not nonce or not compare_digest(str(claims.get("nonce", "")), nonce):
        raise Refused("failed", "identity token: nonce")
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise Refused("failed", "identity token: subject")
    return claims


# --- whose account it is ----------------------------------------------------------------------------------------------
def account_of(claims, *, conf, request=None):
    """The account of this issuer and subject. Raises Refused for an identity nobody connected.

    An unknown identity opens an account only when the administration ticked it for exactly one first sign-in and the
    account's name is the one the provider says. E-mail addresses are never compared.
    """
    subject = claims["sub"]
    known = SsoIdentity.objects.filter(issuer=conf.issuer, subject=subject).select_related("user").first()
    if known is not None:
        return known.user
    name = claims.get(conf.username_claim)
    if conf.first_login != "ticked" or not isinstance(name, str) or not name.strip():
        raise Refused("unknown", subject=subject)
    with transaction.atomic():
        user = (
            User.objects.select_for_update()
            .filter(username__iexact=name.strip(), is_active=True, sso_allowed=True)
            .first()
        )
        if user is None or user.sso_identities.filter(issuer=conf.issuer).exists():
            raise Refused("unknown", subject=subject)
        with acting_as(user):
            user.sso_allowed = False  # used up
            user.save(update_fields=["sso_allowed"], reason="Stadtkonto verbunden")
            link(user, conf.issuer, subject, request, reason="Erste Anmeldung über das Stadtkonto")
    return user


@transaction.atomic
def link(user, issuer, subject, request, *, reason):
    identity = SsoIdentity(user_id=user.pk, issuer=issuer, subject=subject)
    identity.save(reason=reason)
    events.record(request, SignInEvent.Kind.SSO_LINKED, user=user)
    tell(user, "sso_linked")
    return identity


@transaction.atomic
def unlink(identity, request, *, reason):
    """The connection ends, and with it every session of the account."""
    user = identity.user
    identity.delete(reason=reason)
    sessions.end_all(user)
    events.record(request, SignInEvent.Kind.SSO_UNLINKED, user=user)


def groups_of(claims, conf):
    """Names of the groups; no claim is no group, so that rights end when the provider stops saying so."""
    found = claims.get(conf.groups_claim) or ()
    found = [found] if isinstance(found, str) else found
    return {name for name in found if isinstance(name, str)} if isinstance(found, (list, tuple)) else set()


def did_second_factor(claims, conf):
    said = claims.get("amr") or ()
    said = {said} if isinstance(said, str) else {value for value in said if isinstance(value, str)}
    return bool((said | {claims.get("acr")}) & set(conf.second_factor))


# --- what the session knows -------------------------------------------------------------------------------------------
def _records(request, user):
    return [row for row in get_authentication_records(request, user) if row.get("method") == METHOD]


def signed_in_by_sso(request, user):
    return bool(_records(request, user))


def second_factor_at_provider(request, user):
    return any(row.get("second_factor") for row in _records(request, user))
