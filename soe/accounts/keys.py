"""Keys for single purposes, derived from the installation's secret."""

from base64 import urlsafe_b64encode
from hashlib import sha256


def fernet_keys(*secrets):
    return [urlsafe_b64encode(sha256(b"soe second factor:" + secret.encode()).digest()) for secret in secrets]
