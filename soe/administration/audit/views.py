"""For those who check: changes, security events, striking readers, seals. Each look leaves an event of its own."""

from datetime import timedelta
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from soe.audit.events import log_security
from soe.audit.models import AuditedModel, SecurityEvent
from soe.audit.sealing import chain
from soe.web import export, rights
from soe.web.filters import Chip
from soe.web.views import PageView, ScopedListView

from ..retention.models import SecurityEntry
from ..views.overview import CRUMB
from . import anomalies, changes, filters, forms, tables

SIZE = 50


class LoggedLook:
    """A look into the logs is an event; which fields were filtered is said, not for what."""

    look = ""

    def get(self, request, *args, **kwargs):
        asked = sorted(name for name, value in request.GET.items() if value and name.isidentifier())[:12]
        log_security("audit", detail=f"{self.look}{': ' if asked else ''}{', '.join(asked)}")
        return super().get(request, *args, **kwargs)


class ChangesView(LoggedLook, PageView):
    """Changes by person, record, department and time, over all kinds of records."""

    title = "Änderungen"
    look = "Änderungen"
    template_name = "administration/audit/changes.html"
    permission = ("audit.view", "privacy.view")
    crumbs = (CRUMB,)

    def get(self, request, *args, **kwargs):
        response = super().get(request, *args, **kwargs)
        if request.GET.get("export") == "csv":
            return self.export()
        return response

    def asked(self):
        """What the form says; None when a value is broken: then nothing is shown."""
        form = forms.ChangesForm(self.request.GET, user=self.request.user)
        self.form = form
        if not form.is_valid():
            return None
        data = form.cleaned_data
        asked = changes.Asked(
            label=data["label"],
            kind=data["kind"],
            department=str(data["department"]) if data["department"] else "",
            since=data["since"],
            until=data["until"],
        )
        if data["person"]:
            asked.users = self.people(data["person"])
        if record := data["record"].strip():
            try:
                asked.pk = UUID(record)
            except ValueError:
                asked.number = record
        return asked

    def people(self, words):
        """Ids of accounts whose name, user name or id says this."""
        rows = get_user_model().objects.all()
        try:
            return [UUID(words)]
        except ValueError:
            pass
        for word in words.split()[:4]:
            rows = rows.filter(
                Q(last_name__icontains=word) | Q(first_name__icontains=word) | Q(username__icontains=word)
            )
        return list(rows.values_list("pk", flat=True)[:50])

    def get_context_data(self, **kwargs):
        asked = self.asked()
        rows = []
        if asked is not None:
            asked.after = changes.cursor_of(self.request.GET.get("nach", ""))
            rows = changes.find(asked, SIZE + 1)
        query = self.request.GET.copy()
        for name in ("nach", "export"):
            query.pop(name, None)
        more = rows[SIZE - 1].cursor if len(rows) > SIZE else ""
        next_query = query.copy()
        next_query["nach"] = more
        return super().get_context_data(**kwargs) | {
            "rows": [(row, self.history_url(row)) for row in rows[:SIZE]],
            "form": self.form,
            "chips": self.chips(),
            "next_query": next_query.urlencode() if more else "",
            "first_query": query.urlencode() if "nach" in self.request.GET else "",
            "export_query": query.urlencode(),
            "look_back": asked is not None and asked.start and not asked.since,
        }

    def history_url(self, row):
        """The record's own history page, when this reader has any right to that kind of record."""
        model = row.model
        rules = getattr(getattr(model, "scope", None), "rules", {})
        if not issubclass(model, AuditedModel) or "view" not in rules:
            return ""
        action = "history" if "history" in rules else "view"
        held = rights.codes(self.request)
        if model.scope.rule(action).permissions & held:
            return reverse("web:history", args=[row.label, row.pk])
        return ""

    def chips(self):
        found = []
        for name in self.form.fields:
            value = self.form.data.get(name)
            if value and name not in self.form.errors:
                query = self.request.GET.copy()
                for gone in (name, "nach"):
                    query.pop(gone, None)
                field = self.form.fields[name]
                shown = self.form.cleaned_data.get(name)
                if hasattr(field, "choices") and not hasattr(shown, "pk"):
                    shown = dict(field.choices).get(value, value)
                found.append(
                    Chip(str(self.form[name].label), export.csv_cell(shown).lstrip("'"), query.urlencode())
                )
        return found

    def export(self):
        asked = self.asked()
        log_security("export", detail="Änderungen csv")
        header = [
            "wann",
            "wer",
            "in welcher Rolle",
            "was",
            "Datenart",
            "Nummer",
            "Kennung des Datensatzes",
            "Anfrage",
        ]
        rows = (
            [c.at, c.actor, c.role, c.verb, c.what, c.number, str(c.pk), c.request_id]
            for c in (changes.every(asked) if asked is not None else ())
        )
        return export.csv_response(header, rows, "Aenderungen")


class SecurityListView(LoggedLook, ScopedListView):
    queryset = SecurityEntry.objects.all()
    title = "Sicherheitsereignisse"
    look = "Sicherheitsereignisse"
    noun = "Ereignisse"
    singular = "Ereignis"
    lead = "Verweigerte Zugriffe, geänderte Rechte, Exporte, Löschungen, Blicke in die Protokolle."
    crumbs = (CRUMB,)
    filterset_class = filters.SecurityFilter
    table_class = tables.SecurityTable


class AnomaliesView(LoggedLook, PageView):
    """People whose reads differ from those of their peers."""

    title = "Auffällige Zugriffe"
    look = "Auffällige Zugriffe"
    template_name = "administration/audit/anomalies.html"
    permission = "privacy.view"
    crumbs = (CRUMB,)

    def get_context_data(self, **kwargs):
        form = forms.PeriodForm(self.request.GET, user=self.request.user)
        days = (form.cleaned_data.get("days") if form.is_valid() else None) or 30
        until = timezone.now()
        since = until - timedelta(days=days)
        return super().get_context_data(**kwargs) | {
            "form": form,
            "days": days,
            "since": timezone.localdate(since),
            "readers": anomalies.striking(since, until),
            "rules": anomalies,
        }


class SealsView(LoggedLook, PageView):
    """The newest seal, to be kept elsewhere, and what the last check found."""

    title = "Siegel"
    look = "Siegel"
    template_name = "administration/audit/seals.html"
    permission = ("audit.view", "privacy.view")
    crumbs = (CRUMB,)

    def get_context_data(self, **kwargs):
        checks = SecurityEvent.objects.filter(kind=SecurityEvent.Kind.SEAL).order_by("-id")[:10]
        return super().get_context_data(**kwargs) | {"newest": chain.newest_seal(), "checks": checks}
