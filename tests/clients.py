"""A test client that looks at what every page must keep to."""

import re
from contextlib import ExitStack, contextmanager, nullcontext, suppress

import pytest
from django.conf import settings
from django.contrib.auth import get_user
from django.db import connections
from django.template.response import TemplateResponse
from django.test import Client, RequestFactory
from django.urls import Resolver404, resolve

from soe.web import seen
from soe.web.tokens import new_token
from soe.web.views import ActionView
from soe.web.views.edit import FormPage

# What a GET may write: the session and when it was last used, the read log, security events, counters in the cache,
# events at the door, and allauth's mark
# that recovery codes were shown.
MAY_BE_WRITTEN = (
    "django_session",
    "audit_readlog",
    "audit_securityevent",
    "soe_cache",
    "accounts_signinevent",
    "accounts_opensession",
    "axes_",
    "mfa_authenticator",
)
WRITE = re.compile(r"^\s*(INSERT INTO|UPDATE|DELETE FROM)\s+\"?([a-z_]+)", re.IGNORECASE)
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|<style\b|<[^>]+\s(?:style|on[a-z]+)=[\"']",
    re.I,
)


class ImpureGet(AssertionError):
    """A GET request wrote to a table that only an unsafe request may write to."""


class InlineCode(AssertionError):
    """A page holds a script or style that the content security policy refuses."""


def refuse_writes(execute, sql, params, many, context):
    found = WRITE.match(sql)
    if found and not found.group(2).lower().startswith(MAY_BE_WRITTEN):
        raise ImpureGet(f"GET wrote: {sql[:200]}")
    return execute(sql, params, many, context)


def as_on_the_page(client, path, data):
    """The posted fields with what a form page carries unseen: its one-time token, and the version it shows."""
    try:
        match = resolve(str(path).partition("?")[0])
    except Resolver404:
        return data
    view = getattr(match.func, "view_class", None)
    wants = view is not None and (issubclass(view, FormPage) or getattr(view, "token_required", False))
    if not wants or not isinstance(data, dict | None):
        return data
    marks = {"form_token": new_token()}
    if issubclass(view, ActionView):
        page = view(**match.func.view_initkwargs)
        page.kwargs, page.request = match.kwargs, RequestFactory().post(path)
        page.request.session = client.session
        page.request.user = get_user(page.request)
        page.get_queryset = lambda: page.queryset.all()
        with suppress(Exception):  # no such row: the request itself will say so
            page.prepare()
            marks["seen"] = seen.mark(page.seen_rows())
    return marks | (data or {})


class WatchingClient(Client):
    """`bare=True`: post exactly these fields, without what a page would have carried."""

    def post(self, path, data=None, *args, bare=False, **kwargs):
        if not bare and "content_type" not in kwargs and not args:
            data = as_on_the_page(self, path, data)
        return super().post(path, data, *args, **kwargs)

    def request(self, **request):
        safe = request.get("REQUEST_METHOD", "GET") in ("GET", "HEAD")
        with ExitStack() as stack:
            for connection in connections.all():
                stack.enter_context(connection.execute_wrapper(refuse_writes) if safe else nullcontext())
            response = super().request(**request)
        if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
            self.look_at(response)
        return response

    def look_at(self, response):
        html = response.content.decode(response.charset)
        if inline := INLINE.search(html):
            raise InlineCode(html[max(inline.start() - 80, 0) : inline.end() + 80])
        if "<html" in html and f'lang="{settings.LANGUAGE_CODE}"' not in html:
            raise AssertionError("page without language")


@contextmanager
def without_templates():
    """Whole requests through every layer, of which only the template is left out: rows, columns and errors are
    worked out as it would. What a template makes of them is looked at once per page."""

    def worked_out(response):
        context = response.context_data or {}
        if table := context.get("table"):
            for row in table.rows:
                list(row.cells)
        if form := context.get("form"):
            str(form.errors)
        return ""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TemplateResponse, "rendered_content", property(worked_out))
        yield
