"""A session that ends in the middle of a form must not cost the input.

The posted fields travel signed through the login page of the same browser and are offered for sending once more.
"""

from django.core import signing
from django.utils.http import url_has_allowed_host_and_scheme

SALT = "soe.accounts.resume"
KEY = "soe_resume"
FIELD = "resume"
MAX_AGE = 60 * 60
NOT_KEPT = {"csrfmiddlewaretoken", "password", "password1", "password2", "oldpassword"}


def pack(request, user_id=None):
    """The form that was posted without a session, as text for a hidden field; "" when there is nothing to keep."""
    fields = [(name, values) for name, values in request.POST.lists() if name not in NOT_KEPT]
    if not fields:
        return ""
    data = {"path": request.get_full_path(), "fields": fields, "user": str(user_id or "")}
    return signing.dumps(data, salt=SALT, compress=True)


def unpack(text, user=None):
    """What `pack` made, or None: too old, changed, or another person's."""
    try:
        data = signing.loads(text or "", salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        return None
    if data["user"] and user is not None and data["user"] != str(user.pk):
        return None
    if not url_has_allowed_host_and_scheme(data["path"], allowed_hosts=None):
        return None
    return data


def keep(request, text):
    if unpack(text) is not None:
        request.session[KEY] = text


def pending(request):
    """The kept form of this person, or None."""
    text = request.session.get(KEY)
    return unpack(text, request.user) if text else None
