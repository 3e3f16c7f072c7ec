"""Drafts may hold social data that nobody has released yet: a copy of the database alone does not show them.

The key comes from SECRET_KEY (and its fallbacks, so that keys can be changed) and from the account.
"""

import base64
import hashlib
import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def _fernet(user_id):
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys = [
        hashlib.blake2b(
            f"soe.web.drafts:{user_id}".encode(),
            key=hashlib.sha512(secret.encode()).digest(),
            digest_size=32,
        ).digest()
        for secret in secrets
    ]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


def encrypt(data, user_id) -> bytes:
    return _fernet(user_id).encrypt(json.dumps(data).encode())


def decrypt(content, user_id):
    try:
        return json.loads(_fernet(user_id).decrypt(content))
    except InvalidToken:
        return None
