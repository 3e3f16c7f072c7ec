"""Creating, changing, acting: once per form, never silently over somebody else's change, never out of scope."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView
from django.views.generic.edit import FormMixin as DjangoFormMixin
from django.views.generic.edit import ProcessFormView

from soe.audit.errors import ConcurrentChange
from soe.audit.reads import log_read

from .. import quick, seen
from ..conflicts import Conflict, changes_since
from ..drafts.pages import DraftMixin
from ..drafts.services import FIELD as DRAFT
from ..forms import Form
from ..guidance.texts import page_texts
from ..restoring import RestoreMixin
from ..tokens import new_token, posted_token
from .base import ScopedMixin

OUT_OF_SCOPE = (
    "So läge der Datensatz außerhalb Ihrer Zuständigkeit und Sie könnten ihn nicht mehr bearbeiten. "
    "Bitte wählen Sie eine Stelle, für die Sie arbeiten."
)


NOT_ONCE = "Bitte senden Sie noch einmal ab. Dem Formular fehlte die Kennung, mit der es nur einmal wirkt."
UNSEEN = "Bitte prüfen Sie den jetzigen Stand und senden Sie dann noch einmal ab."
CHANGED = "Inzwischen hat jemand anderes gespeichert. Bitte prüfen Sie den neuen Stand und senden Sie noch einmal ab."


class FormPage(DraftMixin, ScopedMixin, DjangoFormMixin, ProcessFormView, TemplateView):
    """Shared by all form pages. Class attributes: queryset, action, form_class, title, submit_label, lead."""

    form_class = Form
    template_name = "web/form.html"
    submit_label = "Speichern"
    lead = ""  # one line under the title, e.g. which fields are mandatory
    success_message = "„{object}“ ist gespeichert."
    success_url = ""
    # The action under which the row must still be reachable after saving; None switches the check off.
    keep_in_scope: str | None = None
    object = None

    def get(self, request, *args, **kwargs):
        self.prepare()
        if DRAFT in request.GET and self.keeps_drafts:
            self.open_draft(request)
        return self.render_to_response(self.get_context_data())

    def post(self, request, *args, **kwargs):
        self.prepare()
        if wanted := request.POST.get(quick.BUTTON):
            return quick.leave(self, wanted)
        form = self.get_form()
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)

    def without_token(self):
        """Ask again, with everything typed kept."""
        self.prepare()
        form = self.get_form()
        form.add_error(None, NOT_ONCE)
        return self.form_invalid(form)

    def get_template_names(self):
        if "dialog" in self.request.GET and self.template_name == "web/form.html":
            return ["web/quick/form.html"]
        return super().get_template_names()

    def prepare(self):
        """Load what the form is about, or answer 404."""

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def get_form(self, form_class=None):
        """Help texts that administrators wrote for single fields of this page stand beside them."""
        form = super().get_form(form_class)
        for name, text in page_texts(self.request).items():
            if name in form.fields:
                form.fields[name].help_text = text
        quick.restore(self, form)
        return form

    def form_valid(self, form):
        try:
            # A savepoint: what is refused leaves nothing behind, and the form comes back with its input.
            with transaction.atomic():
                self.object = self.save(form)
                self.check_scope(self.object)
        except ConcurrentChange:
            return self.conflict(form)
        except ValidationError as error:
            form.add_error(None, _for_form(form, error))
            return self.form_invalid(form)
        self.after_save(form)
        quick.forget(self.request)
        return HttpResponseRedirect(quick.after_creating(self) or self.get_success_url())

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form))

    def conflict(self, form):
        form.add_error(
            None,
            "Inzwischen hat jemand anderes diesen Vorgang geändert. Bitte prüfen und noch einmal speichern.",
        )
        return self.render_to_response(self.get_context_data(form=form), status=409)

    def save(self, form):
        return form.save()

    def check_scope(self, obj):
        if self.keep_in_scope is None or obj is None:
            return
        if not type(obj).objects.restrict(self.request.user, self.keep_in_scope).filter(pk=obj.pk).exists():
            raise ValidationError(OUT_OF_SCOPE, code="scope")

    def after_save(self, form):
        if text := self.get_success_message(form):
            messages.success(self.request, text)
        for note in form.wording_notes():
            messages.warning(self.request, note)

    def get_success_message(self, form):
        return self.success_message.format(object=self.object) if self.success_message else ""

    def get_success_url(self):
        return self.success_url or self.object.get_absolute_url()

    def get_cancel_url(self):
        return ""

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context.update(
            form_token=posted_token(self.request) or (self.draft and self.draft.token) or new_token(),
            submit_label=self.submit_label,
            lead=self.lead,
            cancel_url=quick.back_url(self.request) or self.get_cancel_url(),
            object=self.object,
        )
        return context


class ScopedCreateView(FormPage):
    """A new row. With `parent_queryset` the URL names the parent (kwarg `parent_kwarg`), which must be in reach.

    `prefill`: form fields that may be set by the address (`?property=<id>`); choices stay restricted.
    """

    action = "add"
    keep_in_scope = "view"
    prefill: tuple[str, ...] = ()
    parent_queryset = None
    parent_action = "view"
    parent_field = ""
    parent_kwarg = "pk"
    parent = None
    success_message = "„{object}“ ist angelegt."

    @classmethod
    def policy_rows(cls):
        return cls.parent_queryset is not None

    def prepare(self):
        if self.parent_queryset is not None:
            allowed = self.parent_queryset.all().restrict(self.request.user, self.parent_action)
            self.parent = get_object_or_404(allowed, pk=self.kwargs[self.parent_kwarg])

    def get_initial(self):
        initial = super().get_initial()
        for name in self.prefill:
            if value := self.request.GET.get(name):
                initial[name] = value[:200]
        return initial

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        instance = self.queryset.model()
        if self.parent is not None and self.parent_field:
            setattr(instance, self.parent_field, self.parent)
        kwargs["instance"] = instance
        return kwargs

    def get_crumbs(self):
        crumbs = super().get_crumbs()
        if not crumbs and self.parent is not None and hasattr(self.parent, "get_absolute_url"):
            return [(str(self.parent), self.parent.get_absolute_url())]
        return crumbs

    def get_cancel_url(self):
        if self.parent is not None and hasattr(self.parent, "get_absolute_url"):
            return self.parent.get_absolute_url()
        return ""

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"parent": self.parent}


class KeptInList:
    """For rows that live in a list and have no page of their own: back there after saving and cancelling."""

    list_name = ""  # of the list's address

    def get_success_url(self):
        return reverse(self.list_name)

    get_cancel_url = get_success_url


class ObjectFormPage(FormPage):
    """A form about an existing row."""

    read_basis = "Sachbearbeitung"

    def prepare(self):
        self.object = self.get_object()
        if self.model.social_data and self.request.method == "GET":
            log_read("view", self.model, obj=self.object, basis=self.read_basis)

    def get_crumbs(self):
        crumbs = super().get_crumbs()
        if hasattr(self.object, "get_absolute_url"):
            crumbs.append((str(self.object), self.object.get_absolute_url()))
        return crumbs

    def get_cancel_url(self):
        return self.object.get_absolute_url() if hasattr(self.object, "get_absolute_url") else ""


class ScopedUpdateView(RestoreMixin, ObjectFormPage):
    """Change a row. The form carries the version it was read in; a newer row leads to the conflict page (409)."""

    action = "change"
    conflict_template_name = "web/conflict.html"

    @property
    def keep_in_scope(self):
        return self.action

    def get_title(self):
        return self.title or f"{self.object} ändern"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"instance": self.object}

    def form_valid(self, form):
        if form.posted_version is None:
            form.add_error(
                None, "Bitte laden Sie die Seite neu: Es fehlt die Angabe, welche Fassung Sie ändern."
            )
            return self.form_invalid(form)
        if form.posted_version != form.stored_version:
            return self.conflict(form)
        return super().form_valid(form)

    def conflict(self, form):
        """Somebody saved first: show both, keep the input, let the person decide. Nothing is overwritten."""
        current = self.get_object()
        conflict = Conflict(form, current, hidden=self.hidden)
        kwargs = super().get_form_kwargs() | {"instance": current}
        kwargs.pop("data", None)
        kwargs.pop("files", None)
        self.object = current
        merged = conflict.merge_into(type(form)(**kwargs))
        context = self.get_context_data(form=merged, conflict=conflict)
        response = self.render_to_response(context, status=409)
        response.template_name = self.conflict_template_name
        return response


class ActionView(ObjectFormPage):
    """One step on a row: GET asks (reason, date), POST acts through `perform(obj, form)`.

    `perform` calls a method of the model; its IllegalTransition or ValidationError comes back as a form error.
    It may return a record or an address to go to; otherwise the row itself. Where it does nothing else than
    `obj.close(by=…, **fields of the form)`, `method = "close"` says so.
    """

    action = "change"
    template_name = "web/action.html"
    submit_label = "Ausführen"
    success_message = "Gespeichert."
    danger = False  # red button for what cannot be taken back
    method = ""  # of the row

    def perform(self, obj, form):
        getattr(obj, self.method)(by=self.request.user, **form.cleaned_data)

    def seen_rows(self):
        """The record, or the records, whose state the person decides on; None when the step does not depend on it."""
        return self.object

    def form_valid(self, form):
        """A decision counts for what was on the page: who saw something older is shown what changed since."""
        now, posted = seen.mark(self.seen_rows()), self.request.POST.get(seen.FIELD, "")
        if now and not posted:
            form.add_error(None, UNSEEN)
            return self.form_invalid(form)
        if now and now != posted:
            return self.conflict(form)
        return super().form_valid(form)

    def save(self, form):
        rows = self.seen_rows()
        self._result = self.perform(self.object, form)
        if isinstance(rows, models.Model) and hasattr(rows, "version"):
            self.refuse_if_overtaken(rows)
        return self.object

    def refuse_if_overtaken(self, row):
        """Somebody saved between our look and our lock: `perform` waited for her and then wrote over it."""
        later = row.history.filter(version__gt=int(self.request.POST[seen.FIELD]))
        if later.exclude(request_id=self.request.request_id, history_user_id=self.request.user.pk).exists():
            raise ConcurrentChange(row)

    def conflict(self, form):
        posted = self.request.POST.get(seen.FIELD, "")
        self.prepare()
        form.add_error(None, CHANGED)
        changes = changes_since(self.seen_rows(), posted, self.request)
        context = self.get_context_data(form=form, changes_since=changes, seen=seen.mark(self.seen_rows()))
        return self.render_to_response(context, status=409)

    def get_success_url(self):
        result = getattr(self, "_result", None)
        if isinstance(result, str):
            return result
        if hasattr(result, "get_absolute_url"):
            return result.get_absolute_url()
        return super().get_success_url()

    def get_title(self):
        return self.title or self.submit_label

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        # A form that comes back with errors still stands for what was seen at first.
        context.setdefault("seen", self.typed_data().get(seen.FIELD) or seen.mark(self.seen_rows()))
        return context | {"danger": self.danger}


def _for_form(form, error):
    """A ValidationError whose field names the form knows; others become general errors."""
    if not hasattr(error, "error_dict"):
        return error
    known = {}
    for name, errors in error.error_dict.items():
        known.setdefault(name if name in form.fields else "__all__", []).extend(errors)
    return ValidationError(known)
