"""Verlauf: who changed what on a record, in plain German sentences, only what the reader may see."""

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.views.generic import TemplateView

from soe.audit.models import AuditedModel
from soe.audit.reads import log_read
from soe.departments.scope import may

from ..history import HistoryReader
from ..policy import Policy
from .base import RequestMixin

KINDS = {"angelegt": "+", "geaendert": "~", "entfernt": "-"}


class HistoryView(RequestMixin, TemplateView):
    """/verlauf/<app.model>/<id>/: whoever may view the record (rule "history", if it has one) may read its history."""

    template_name = "web/history.html"
    page_size = 50

    @classmethod
    def policy(cls):
        return Policy(rows=True, methods=("GET",), note="403 and 404 as for the record itself: rule „view“")

    def find_model(self):
        try:
            model = apps.get_model(self.kwargs["label"])
        except (LookupError, ValueError) as error:
            raise Http404 from error
        # Only audited models with rights of their own have a history page.
        if not issubclass(model, AuditedModel) or "view" not in getattr(
            getattr(model, "scope", None), "rules", {}
        ):
            raise Http404
        return model

    def get(self, request, *args, **kwargs):
        self.find_object()
        return self.render_to_response(self.get_context_data())

    def find_object(self):
        """403, 404 and the read log as for the record itself."""
        model, request = self.find_model(), self.request
        # Social data: a consent shows a card, but its history only to the own carrier (rule "history").
        action = "history" if "history" in model.scope.rules else "view"
        if not may(request.user, model, action):
            raise PermissionDenied
        self.object = get_object_or_404(model.objects.restrict(request.user, action), pk=self.kwargs["pk"])
        if model.social_data:
            log_read("history", model, obj=self.object, basis="Verlauf")

    def get_title(self):
        return f"Verlauf von {self.object}"

    def get_crumbs(self):
        if hasattr(self.object, "get_absolute_url"):
            return [(str(self.object), self.object.get_absolute_url())]
        return []

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        asked = self.request.GET
        before = _moment(asked.get("vor"))
        reader = HistoryReader(self.object, self.request, before)
        try:
            page = max(int(asked.get("seite", 1)), 1)
        except ValueError:
            page = 1
        filters = {
            "words": asked.get("text", "").strip()[:100],
            "field": asked.get("feld", ""),
            "person": asked.get("person", ""),
            "kind": KINDS.get(asked.get("art", ""), ""),
            "since": _day(asked.get("von")),
            "until": _day(asked.get("bis")),
        }
        days, more = reader.days(page=page, size=self.page_size, **filters)
        query = asked.copy()
        query.pop("seite", None)
        context.update(
            object=self.object,
            days=days,
            page=page,
            more=more,
            older_query=query.urlencode(),
            fields=reader.field_choices(),
            people=reader.people(),
            total=reader.total(),
            first_change=reader.first_change(),
            asked=asked,
            filtered=any(filters.values()),
            before=before,
            older=reader.older,
            compare_url=reverse("web:history_compare", args=[self.object._meta.label_lower, self.object.pk]),
        )
        if reader.older is not None:
            part = query.copy()
            part["vor"] = reader.older.isoformat()
            context["older_part"] = part.urlencode()
        return context


class CompareView(HistoryView):
    """/verlauf/<app.model>/<id>/vergleich/?links=…&rechts=…: two versions side by side, field by field."""

    template_name = "web/compare.html"

    def get_title(self):
        return f"Fassungen vergleichen: {self.object}"

    def get_crumbs(self):
        url = reverse("web:history", args=[self.object._meta.label_lower, self.object.pk])
        return [*super().get_crumbs(), ("Verlauf", url)]

    def get_context_data(self, **kwargs):
        context = super(HistoryView, self).get_context_data(**kwargs)
        reader = HistoryReader(self.object, self.request)
        versions = reader.versions()
        newest = versions[0][0] if versions else 0
        left = _number(self.request.GET.get("links"), versions[1][0] if len(versions) > 1 else newest)
        right = _number(self.request.GET.get("rechts"), newest)
        found = reader.compare(left, right)
        if found is None:
            raise Http404("Diese Fassung gibt es nicht.")
        known = {pk for pk, *_ in versions}
        for row in found[:2]:
            if row.history_id not in known:
                versions.append((row.history_id, row.history_date, row.actor_name, row.version))
        changed = [change for change in found[2] if change.before != change.after]
        return context | {
            "object": self.object,
            "left": found[0],
            "right": found[1],
            "changed": changed,
            "same": [change for change in found[2] if change.before == change.after],
            "versions": versions,
        }


def _number(value, default):
    return int(value) if value and value.isdecimal() and len(value) < 19 else default


def _moment(value):
    try:
        moment = parse_datetime(value or "")
    except ValueError:
        return None
    return moment if moment is not None and timezone.is_aware(moment) else None


def _day(value):
    try:
        return parse_date(value or "")
    except ValueError:
        return None
