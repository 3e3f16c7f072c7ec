"""„Neu anlegen“ beside a field: the record is created by its own page, in a dialog or on the page itself, and comes
back into the field. What was typed so far waits in the session, so that nothing is lost without script either.
"""

import uuid
from dataclasses import dataclass

from django.apps import apps
from django.http import Http404, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import View

from soe.departments import scope

from .policy import Policy
from .tokens import FIELD
from .views.base import RequestMixin

KEY = "neu"  # in the address and in the session
BUTTON = "neu_anlegen"
KEPT = 3  # forms that wait at the same time


@dataclass(frozen=True)
class QuickCreate:
    """`url_name`: a ScopedCreateView without arguments. `dialog`: its page is the plain form (web/form.html)."""

    model: type
    url_name: str
    label: str
    dialog: bool = True

    def offered_to(self, user):
        return user is not None and scope.may(user, self.model, "add")

    @property
    def dialog_url(self):
        return f"{reverse(self.url_name)}?dialog=1" if self.dialog else ""


def leave(view, name):
    """Keep what was typed and go to the page that creates the record for field `name`."""
    field = view.get_form().fields.get(name)
    quick = getattr(field, "quick", None)
    if quick is None or not quick.offered_to(view.request.user):
        raise Http404
    data = view.request.POST.copy()
    for key in ("csrfmiddlewaretoken", FIELD, BUTTON):
        data.pop(key, None)
    token = uuid.uuid4().hex
    query = view.request.GET.copy()
    query.pop(KEY, None)
    waiting = dict(list((view.request.session.get(KEY) or {}).items())[-KEPT + 1 :])
    waiting[token] = {
        "path": view.request.path,
        "query": query.urlencode(),
        "field": name,
        "model": quick.model._meta.label_lower,
        "data": data.urlencode(),
    }
    view.request.session[KEY] = waiting
    return HttpResponseRedirect(f"{reverse(quick.url_name)}?{KEY}={token}")


def _entry(request):
    token = request.GET.get(KEY, "")
    return token, (request.session.get(KEY) or {}).get(token) if token else None


def back_url(request):
    """From the page that creates: back to the form that waits."""
    token, entry = _entry(request)
    if entry is None or entry["path"] == request.path:
        return ""
    query = f"{entry['query']}&" if entry["query"] else ""
    return f"{entry['path']}?{query}{KEY}={token}"


def after_creating(view):
    """Where a saved create page leads when it was opened from a field; empty otherwise."""
    request, made = view.request, view.object
    if made is None:
        return ""
    label = made._meta.label_lower
    if "dialog" in request.GET and not made.social_data:
        return reverse("web:made", args=[label, made.pk])
    _, entry = _entry(request)
    if entry is not None and entry["model"] == label:
        entry["made"] = str(made.pk)
        request.session.modified = True
        return back_url(request)
    return ""


def restore(view, form):
    """Back at the form: everything stands as it was typed, and the new record is chosen."""
    _, entry = _entry(view.request)
    if entry is None or entry["path"] != view.request.path or form.is_bound:
        return
    data = QueryDict(entry["data"])
    for name, field in form.fields.items():
        key = form.add_prefix(name)
        if name != "version" and not field.widget.value_omitted_from_data(data, {}, key):
            form.initial[name] = field.widget.value_from_datadict(data, {}, key)
    if made := entry.get("made"):
        form.initial[entry["field"]] = made


def forget(request):
    """The form was sent: nothing of it waits any longer."""
    token, entry = _entry(request)
    if entry is not None and entry["path"] == request.path:
        del request.session[KEY][token]
        request.session.modified = True


class MadeView(RequestMixin, View):
    """What the dialog puts into the field: id and name of a record the person may see. Never social data."""

    @classmethod
    def policy(cls):
        return Policy(rows=True, note="restricted to what the person may see")

    def get(self, request, label, pk):
        try:
            model = apps.get_model(label)
        except (LookupError, ValueError):
            raise Http404 from None
        if not hasattr(model, "scope") or "view" not in model.scope.rules or model.social_data:
            raise Http404
        row = get_object_or_404(model.objects.restrict(request.user, "view"), pk=pk)
        return JsonResponse({"id": str(row.pk), "text": str(row)})
