"""A real OpenID Connect provider on this machine (oidc-provider-mock), whose tokens a test may spoil."""

import os
import threading
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import flask
import jwt
import oidc_provider_mock
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from werkzeug.serving import make_server

DECODE = jwt.decode  # tests replace the application's
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # loopback only


class Provider:
    """`spoil(claims)` changes what the token says; `sign(claims, header, key)` makes it; both None: as the provider
    made it."""

    client_id = "soe"

    def __init__(self, server):
        self.issuer = f"http://127.0.0.1:{server.server_port}"
        self.reset()

    def reset(self):
        self.spoil = self.sign = None
        self.seen = []

    def person(self, sub, **claims):
        requests.put(f"{self.issuer}/users/{sub}", json=claims, timeout=5).raise_for_status()

    def settings(self, **more):
        return {"issuer": self.issuer, "client_id": self.client_id, "client_secret": "geheim", **more}

    def rewrite(self, response):
        if flask.request.path == "/oauth2/token" and response.status_code == 200:
            self.seen.append(flask.request.form.to_dict())
            if self.spoil or self.sign:
                body = response.get_json()
                header = jwt.get_unverified_header(body["id_token"])
                claims = DECODE(body["id_token"], options={"verify_signature": False})
                if self.spoil:
                    self.spoil(claims)
                own = flask.g.oidc_provider_mock_storage.jwk.private_key
                make = self.sign or (lambda claims, header, key: encode(claims, header, key))
                body["id_token"] = make(claims, header, own)
                response.set_data(flask.json.dumps(body))
        return response

    def arrive(self, client, sub, *, next_url="", tamper=None):
        """The whole way: button, provider, back. Returns the answer of our callback."""
        start = client.get("/anmelden/stadtkonto/", {"next": next_url} if next_url else {})
        assert start.status_code == 302, start.content.decode()
        self.query = parse_qs(urlsplit(start["Location"]).query)
        answer = requests.post(start["Location"], data={"sub": sub}, allow_redirects=False, timeout=5)
        back = urlsplit(answer.headers["Location"])
        query = tamper(back.query) if tamper else back.query
        return client.get(f"{back.path}?{query}")


def encode(claims, header, key, algorithm="RS256"):
    headers = {"kid": header["kid"]} if "kid" in header else {}
    return jwt.encode(claims, key, algorithm=algorithm, headers=headers)


STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@contextmanager
def running():
    app = oidc_provider_mock.app()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    provider = Provider(server)
    app.after_request(lambda response: provider.rewrite(response))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join(2)
        server.server_close()
