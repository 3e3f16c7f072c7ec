"""/konto/entwuerfe/: what I began and did not send."""

from django.apps import apps
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import View

from ..policy import Policy
from ..views.base import PageView, RequestMixin
from . import services
from .models import DAYS, Draft
from .pages import address

TECHNICAL = {"version", "seen"}
SHOWN = 90


class DraftListView(PageView):
    """My own drafts; nobody has a page that shows another person's."""

    title = "Meine Entwürfe"
    template_name = "web/drafts.html"

    def get_crumbs(self):
        return [("Mein Konto", reverse("account"))]

    def get_context_data(self, **kwargs):
        rows = []
        for draft in services.mine(self.request.user):
            if (content := draft.open()) is not None:
                rows.append({"draft": draft, "content": content, "url": address(draft, content)})
        names = self.names([row["content"]["about"] for row in rows if row["content"]["about"]])
        for row in rows:
            about = row["content"]["about"]
            row["about"] = names.get(tuple(about), "nicht mehr zugänglich") if about else ""
            row["words"] = words(row["content"]["fields"])
        return super().get_context_data(**kwargs) | {"rows": rows, "days": DAYS}

    def names(self, about):
        """{(label, id): name} of the records the reader may still see; one query per kind of record."""
        wanted = {}
        for label, pk in about:
            wanted.setdefault(label, set()).add(pk)
        found = {}
        for label, pks in wanted.items():
            model = apps.get_model(label)
            for row in model.objects.restrict(self.request.user, "view").filter(pk__in=pks):
                found[label, str(row.pk)] = str(row)
        return found


class DraftDropView(RequestMixin, View):
    """Only the author's own; anything else is unknown."""

    @classmethod
    def policy(cls):
        return Policy(methods=("POST",), rows=True, note="own drafts only")

    def post(self, request, *args, **kwargs):
        draft = get_object_or_404(Draft.objects.of(request.user), pk=kwargs["pk"])
        draft.delete()
        messages.success(request, "Der Entwurf ist verworfen.")
        target = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
        return HttpResponseRedirect(target if safe else reverse("web:drafts"))


def words(fields):
    """The longest thing that was typed, shortened: by it the person knows her draft again."""
    texts = [value for name, values in fields if name not in TECHNICAL for value in values if " " in value]
    longest = max(texts, key=len, default="")
    return f"{longest[:SHOWN].rstrip()} …" if len(longest) > SHOWN else longest
