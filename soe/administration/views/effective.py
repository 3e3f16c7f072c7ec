"""Wer darf diesen Datensatz sehen?: the accounts, and why. For those who check rights, not for everybody."""

from django.apps import apps
from django.http import Http404
from django.urls import reverse

from soe.departments import effective
from soe.departments.scope import Scope
from soe.web import rights
from soe.web.views import PageView

from .overview import CRUMB

CHECKS = ("privacy.view", "audit.view", "admin.all")
SHOWN = 100


def viewers_link(view):
    """For every record page: the address of „Wer darf diesen Datensatz sehen?“, for those who check rights."""
    if not set(CHECKS) & rights.codes(view.request) or view.model._meta.proxy:
        return {}
    return {
        "viewers_url": reverse("administration:viewers", args=[view.model._meta.label_lower, view.object.pk])
    }


class ViewersView(PageView):
    """Asks restrict() for each account that could be able. Names the record only to those who may see it themselves."""

    permission = CHECKS
    template_name = "administration/viewers.html"

    def get_context_data(self, **kwargs):
        row = self.find()
        users = effective.viewers(row)
        readable = type(row).objects.restrict(self.request.user).filter(pk=row.pk).exists()
        kind = str(type(row)._meta.verbose_name)
        reasons = effective.reasons(row, users[:SHOWN])
        return super().get_context_data(**kwargs) | {
            "title": "Wer darf diesen Datensatz sehen?",
            "crumbs": [CRUMB],
            "kind": kind,
            "name": str(row) if readable else "",
            "url": row.get_absolute_url() if readable and hasattr(row, "get_absolute_url") else "",
            "viewers": [effective.Viewer(user, reasons[user.pk]) for user in users[:SHOWN]],
            "count": len(users),
            "more": max(0, len(users) - SHOWN),
            "denies": bool(type(row).scope.deny),
        }

    def find(self):
        try:
            model = apps.get_model(self.kwargs["label"])
        except (LookupError, ValueError) as error:
            raise Http404 from error
        scope = getattr(model, "scope", None)
        if not isinstance(scope, Scope) or "view" not in scope.rules or model._meta.proxy:
            raise Http404
        row = model._base_manager.filter(pk=self.kwargs["pk"]).first()
        if row is None:
            raise Http404
        return row
