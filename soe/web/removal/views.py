"""/entfernen/…, /konto/papierkorb/: remove with a reason, see what I removed, bring it back."""

from collections import Counter

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils.html import format_html

from soe.audit.reads import log_read

from .. import rights
from ..forms import Form
from ..policy import Policy
from ..views.base import PageView
from ..views.edit import ActionView
from . import registry, services, soft

INSTEAD = "Entfernen ist für Falsches gedacht. "


class RemoveForm(Form):
    reason = forms.CharField(
        label="Warum wird der Eintrag entfernt?",
        max_length=500,
        help_text="Steht im Verlauf, zum Beispiel „doppelt eingetragen“.",
        error_messages={"required": "Bitte sagen Sie in wenigen Worten, warum."},
    )


class RestoreForm(Form):
    reason = forms.CharField(
        label="Warum kommt der Eintrag zurück?",
        max_length=500,
        help_text="Steht im Verlauf, zum Beispiel „versehentlich entfernt“.",
        initial="versehentlich entfernt",
        error_messages={"required": "Bitte sagen Sie in wenigen Worten, warum."},
    )


def offer_undo(request, text, label, pk):
    undo = reverse("web:restore", args=[label, pk])
    messages.success(request, format_html('{} <a href="{}">Rückgängig machen</a>', text, undo))


class ScopedDeleteView(ActionView):
    """Remove one row. `perform` names what hangs on it; the message afterwards offers to undo."""

    form_class = RemoveForm
    submit_label = "Entfernen"
    success_message = ""
    danger = True
    keep_in_scope = None
    hint = ""

    def get_title(self):
        name = f"{self.object._meta.verbose_name} entfernen"
        # Titles stand in the browser's history: none of social data.
        return name if self.model.social_data else f"{name}: {self.object}"

    def get_target(self):
        """Where the person comes back to."""
        return self.object.get_absolute_url()

    def perform(self, obj, form):
        target, name, pk = self.get_target(), obj._meta.verbose_name, obj.pk
        services.remove(obj, by=self.request.user, reason=form.cleaned_data["reason"])
        offer_undo(self.request, f"{name} entfernt.", obj._meta.label_lower, pk)
        return target

    def get_context_data(self, **kwargs):
        about = f"„{self.object}“." if self.model.social_data else ""
        undo = f"{services.DAYS} Tage lang lässt sich das rückgängig machen."
        self.lead = " ".join(part for part in (about, self.hint, undo) if part)
        return super().get_context_data(**kwargs)


class KindMixin:
    """The kind of record comes from the address; only registered kinds have one."""

    @classmethod
    def policy(cls):
        return Policy(
            rows=True,
            methods=cls.offered_methods(),
            note="403 and 404 as for changing the record: rule named in removal.register()",
        )

    @property
    def kind(self):
        found = registry.find(self.kwargs["label"])
        if found is None:
            raise Http404
        return found

    def check_access(self):
        if not rights.may(self.request, self.kind.model, self.kind.action):
            raise PermissionDenied


class RemoveView(KindMixin, ScopedDeleteView):
    """/entfernen/<kind>/<id>/ for every registered kind."""

    @property
    def queryset(self):
        return self.kind.model.objects.all()

    @property
    def action(self):
        return self.kind.action

    @property
    def hint(self):
        return self.kind.hint

    def get_target(self):
        kind = self.kind
        owner = getattr(self.object, kind.parent) if kind.parent else self.object
        return owner.get_absolute_url()

    def get_crumbs(self):
        owner = getattr(self.object, self.kind.parent) if self.kind.parent else self.object
        return [(str(owner), owner.get_absolute_url())]

    def get_cancel_url(self):
        return self.get_target()


class RestoreView(KindMixin, ActionView):
    """What I removed myself, or what others removed from a record I may change, comes back as it was.

    Whether I still may is asked when it stands there again.
    """

    form_class = RestoreForm
    submit_label = "Wiederherstellen"
    success_message = "Der Eintrag ist wiederhergestellt."
    keep_in_scope = None
    action = "view"

    @property
    def queryset(self):
        return self.kind.model.objects.all()

    def prepare(self):
        self.row = services.newest(self.kind.model, self.kwargs["pk"])
        if self.row is None or self.row.history_type != "-":
            raise Http404
        reach = services.reachable(self.kind, self.request.user)
        if not reach.filter(history_id=self.row.history_id).exists():
            raise Http404
        self.object = services.rebuilt(self.kind.model, self.row)
        parent = self.kind.parent
        if parent:  # no look at a record that may not be seen any more, not even through what was removed
            owner = self.kind.model._meta.get_field(parent).related_model
            key = getattr(self.object, self.kind.model._meta.get_field(parent).attname)
            if not owner.objects.restrict(self.request.user, "view").filter(pk=key).exists():
                raise Http404
        if self.model.social_data and self.request.method == "GET":
            log_read("view", self.model, obj=self.object, basis="Papierkorb")

    def get_title(self):
        return f"{self.kind.model._meta.verbose_name} wiederherstellen"

    def get_crumbs(self):
        return [("Mein Konto", reverse("account")), ("Papierkorb", reverse("web:bin"))]

    def get_cancel_url(self):
        return reverse("web:bin")

    def perform(self, obj, form):
        try:
            self.restored = services.restore(
                self.kind.model, self.kwargs["pk"], user=self.request.user, reason=form.cleaned_data["reason"]
            )
        except PermissionDenied:
            raise Http404 from None
        parent = self.kind.parent
        return getattr(self.restored, parent) if parent else self.restored

    def refuse_if_overtaken(self, row):
        """Restoring twice is refused by `restore` itself."""

    def get_context_data(self, **kwargs):
        self.lead = f"„{self.object}“ kommt mit allen Angaben zurück, die beim Entfernen dastanden."
        return super().get_context_data(**kwargs)


class BinView(PageView):
    """/konto/papierkorb/: what was removed within thirty days and I may still bring back."""

    title = "Papierkorb"
    template_name = "web/bin.html"

    def get_crumbs(self):
        return [("Mein Konto", reverse("account"))]

    def get_context_data(self, **kwargs):
        pairs = [
            (kind, row)
            for kind, row in services.removed(self.request.user)
            if rights.may(self.request, kind.model, kind.action)
        ]
        owners = self.owners(pairs)
        rows = []
        for kind, row in pairs:
            owner = None
            if kind.parent:
                owner = owners.get(
                    (kind.model, getattr(row, kind.model._meta.get_field(kind.parent).attname))
                )
                if owner is None:  # the record it belongs to is out of reach by now
                    continue
            rows.append(
                {
                    "kind": kind.model._meta.verbose_name,
                    "model": kind.model,
                    "name": str(services.rebuilt(kind.model, row)),
                    "at": row.history_date,
                    "by": "" if row.history_user_id == self.request.user.pk else row.actor_name,
                    "reason": row.history_change_reason,
                    "url": reverse("web:restore", args=[kind.model._meta.label_lower, row.id]),
                    "owner": owner,
                }
            )
        self.log_social(rows)
        rows += soft.rows(self.request, services.DAYS)
        rows.sort(key=lambda row: row["at"], reverse=True)
        return super().get_context_data(**kwargs) | {"rows": rows, "days": services.DAYS}

    def log_social(self, rows):
        for model, hits in Counter(row["model"] for row in rows if row["model"].social_data).items():
            log_read("list", model, basis="Papierkorb", hits=hits)

    def owners(self, pairs):
        """{(kind, id): the record it belonged to}, as far as the reader may see it; one query per kind."""
        wanted = {}
        for kind, row in pairs:
            if kind.parent:
                field = kind.model._meta.get_field(kind.parent)
                wanted.setdefault((kind.model, field.related_model), set()).add(getattr(row, field.attname))
        return {
            (model, obj.pk): obj
            for (model, target), pks in wanted.items()
            for obj in target.objects.restrict(self.request.user, "view").filter(pk__in=pks)
        }
