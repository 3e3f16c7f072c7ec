"""One record: read log first, then the page; what the reader may do next."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.urls import reverse
from django.views.generic import DetailView

from soe.audit.reads import log_read

from .. import registry, rights
from .base import ScopedMixin


@dataclass(frozen=True)
class Action:
    """A button in the page head. Shown when the reader may do `action` on the row and `when(obj)` holds."""

    label: str
    url_name: str = ""
    action: str = "change"
    primary: bool = False
    icon: str = ""
    when: Callable | None = None
    url: str = ""
    post: bool = False  # acts at once (a form with one button) instead of leading to a page
    model: type | None = None  # ask `may` for this model (creating a child) instead of the row itself
    query: str = ""  # appended to the URL, may contain {pk}


class ScopedDetailView(ScopedMixin, DetailView):
    """`template_name` extends web/detail.html. Social data leaves a read-log row before anything is rendered."""

    template_name = "web/detail.html"
    read_basis = "Sachbearbeitung"
    actions: tuple[Action, ...] = ()
    timeline = False

    def get(self, request, *args, **kwargs):
        self.object = self.get_object()
        self.log_view()
        return self.render_to_response(self.get_context_data(object=self.object))

    def log_view(self):
        if self.model.social_data:
            kind = "print" if "drucken" in self.request.GET else "view"
            log_read(kind, self.model, obj=self.object, basis=self.get_read_basis())

    def get_read_basis(self):
        return self.read_basis

    def get_title(self):
        return self.title or str(self.object)

    def get_actions(self) -> list[Action]:
        return list(self.actions)

    def allowed_actions(self) -> list[Action]:
        """The actions of this page the reader may take now, each with its address."""
        allowed = []
        entries = [entry for entry in self.get_actions() if entry.when is None or entry.when(self.object)]
        asked = {entry.action for entry in entries if entry.model is None}
        rights.ask_each(self.request, asked | ({"history"} & set(self.model.scope.rules)), self.object)
        for entry in entries:
            if entry.model is not None:
                if not rights.may(self.request, entry.model, entry.action):
                    continue
            elif not self.can(entry.action, self.object):
                continue
            url = entry.url or reverse(entry.url_name, args=[] if entry.query else [self.object.pk])
            allowed.append(replace(entry, url=url + entry.query.format(pk=self.object.pk)))
        return allowed

    def history_url(self):
        """Where „Verlauf“ leads; empty when the record's own rule for it says no."""
        if "history" in self.model.scope.rules and not self.can("history", self.object):
            return ""
        return reverse("web:history", args=[self.model._meta.label_lower, self.object.pk])

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["actions"] = self.allowed_actions()
        context["hidden"] = self.hidden
        context["history_url"] = self.history_url()
        context |= registry.details.context(self)
        if self.timeline:
            context["timeline"] = registry.timeline.entries(self.model, self.request.user, self.object)
        return context
