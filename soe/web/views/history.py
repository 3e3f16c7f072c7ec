"""Verlauf: who changed what on a record, in plain German sentences, only what the reader may see."""

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.dateparse import parse_date
from django.views.generic import TemplateView

from soe.audit.models import AuditedModel
from soe.audit.reads import log_read
from soe.departments.scope import may

from ..history import HistoryReader
from ..policy import Policy
from .base import RequestMixin


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
        model = self.find_model()
        # Social data: a consent shows a card, but its history only to the own carrier (rule "history").
        action = "history" if "history" in model.scope.rules else "view"
        if not may(request.user, model, action):
            raise PermissionDenied
        self.object = get_object_or_404(model.objects.restrict(request.user, action), pk=kwargs["pk"])
        if model.social_data:
            log_read("history", model, obj=self.object, basis="Verlauf")
        return self.render_to_response(self.get_context_data())

    def get_title(self):
        return f"Verlauf von {self.object}"

    def get_crumbs(self):
        if hasattr(self.object, "get_absolute_url"):
            return [(str(self.object), self.object.get_absolute_url())]
        return []

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        reader = HistoryReader(self.object, self.request)
        asked = self.request.GET
        try:
            page = max(int(asked.get("seite", 1)), 1)
        except ValueError:
            page = 1
        filters = {
            "words": asked.get("text", "").strip()[:100],
            "field": asked.get("feld", ""),
            "person": asked.get("person", ""),
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
        )
        return context


def _day(value):
    try:
        return parse_date(value or "")
    except ValueError:
        return None
