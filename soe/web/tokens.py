"""A retried POST acts once: same token, same redirect; while the first still runs, 409.

A token counts for one person and one address. Form pages refuse a POST without one (see views/edit.py).
"""

import hashlib
import uuid

from django.db import connection, transaction
from django.shortcuts import render

from .models import Draft, SubmittedForm

FIELD = "form_token"


def new_token() -> str:
    return str(uuid.uuid4())


def posted_token(request):
    """The token of a posted form, or None when there is none."""
    try:
        return uuid.UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None


def once(request, run):
    """Call `run()` unless this very form was already carried out. Must be called inside a transaction."""
    token = posted_token(request)
    if token is None or not request.user.is_authenticated:
        return run()
    if not lock(request, token):
        return still_running(request)
    earlier = carried_out(request, token)
    if earlier is not None:
        from django.http import HttpResponseRedirect

        return HttpResponseRedirect(earlier.location)
    response = run()
    if response.status_code == 302:
        SubmittedForm.objects.create(
            token=token, user_id=request.user.pk, path=request.path[:300], location=response["Location"][:500]
        )
        # What was carried out needs no draft any more: gone in the same transaction.
        _drop_draft(request, token)
        if connection.vendor == "postgresql":  # one that was just being written beside us
            transaction.on_commit(lambda: _drop_draft(request, token))
    return response


def still_running(request):
    response = render(request, "web/running.html", status=409)
    response["Retry-After"] = "5"
    return response


def _drop_draft(request, token):
    Draft.objects.of(request.user).filter(token=token, path=request.path).delete()


def carried_out(request, token):
    """The record of this very form, when this person has sent it before."""
    return SubmittedForm.objects.filter(token=token, user_id=request.user.pk, path=request.path[:300]).first()


def lock(request, token) -> bool:
    """Take the form for the rest of the transaction; False while another request holds it."""
    # SQLite: the transaction itself is the lock (BEGIN IMMEDIATE), so the second one waits and then finds the answer.
    if connection.vendor != "postgresql":
        return True
    name = f"{request.user.pk}:{token}:{request.path}"
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(digest, "big", signed=True)])
        return cursor.fetchone()[0]
