"""/sammelbearbeitung/<id>/: parameters, preview, action, result, undo; all on one address."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.utils import timezone
from django.views.generic import TemplateView

from soe.audit.reads import log_read

from .. import rights
from ..tokens import FIELD, new_token
from ..views.base import ScopedMixin
from ..views.edit import NOT_ONCE
from . import handing, running
from .models import UNDO_WITHIN, BulkRow, BulkRun

S, R = BulkRun.State, BulkRow.State
SHOWN = 500  # rows on one page; more are only counted


class BulkView(ScopedMixin, TemplateView):
    """GET shows where the run stands. POST `schritt`: vorschau, ausfuehren, zuruecknehmen."""

    queryset = BulkRun.objects.all()
    template_name = "web/bulk/run.html"

    def without_token(self):
        self.prepare()
        messages.warning(self.request, NOT_ONCE)
        return self.back()

    def prepare(self):
        self.object = self.get_object()
        self.list = running.list_view(self.object)
        self.bulk = running.action_of(self.object)
        if self.bulk is None:
            raise Http404
        for right in ("view", self.bulk.action):
            if not rights.may(self.request, self.list.queryset.model, right):
                raise PermissionDenied

    def get_title(self):
        return self.bulk.label

    def get_crumbs(self):
        view = self.list()
        view.request = self.request
        return [(view.get_title(), self.object.list_url)]

    def get(self, request, *args, **kwargs):
        self.prepare()
        return self.show(running.form_of(self.object, self.bulk, self.list, request.user))

    def show(self, form, status=200):
        return self.render_to_response(self.get_context_data(form=form), status=status)

    def post(self, request, *args, **kwargs):
        self.prepare()
        self.object.lock()
        step = request.POST.get("schritt")
        if step == "vorschau":
            return self.preview()
        if step == "ausfuehren":
            return self.carry_out()
        if step == "zuruecknehmen":
            return self.take_back()
        raise Http404

    def back(self):
        return HttpResponseRedirect(self.object.get_absolute_url())

    def preview(self):
        run = self.object
        if run.state not in (S.CHOSEN, S.CHECKED):
            return self.back()
        posted = self.request.POST.copy()
        for name in ("csrfmiddlewaretoken", FIELD, "schritt"):
            posted.pop(name, None)
        form = running.form_of(run, self.bulk, self.list, self.request.user, data=posted)
        if not form.is_valid():
            return self.show(form)
        running.check(run, self.bulk, self.list, self.request.user, form.cleaned_data, note_versions=True)
        run.parameters, run.state, run.check_number = posted.urlencode(), S.CHECKED, run.check_number + 1
        run.save()
        return self.back()

    def carry_out(self):
        run = self.object
        if run.state != S.CHECKED:
            return self.back()
        if self.request.POST.get("pruefung") != str(run.check_number):
            messages.warning(
                self.request,
                "Die Angaben haben sich inzwischen geändert. Bitte prüfen Sie die Vorschau noch einmal.",
            )
            return self.back()
        form = running.form_of(run, self.bulk, self.list, self.request.user)
        if not form.is_valid():
            return self.show(form)
        if handing.too_many(run):
            job = handing.hand_over(run, self.request.user, self.bulk.label)
            return HttpResponseRedirect(job.get_absolute_url())
        with transaction.atomic():
            done, refused = running.carry_out(run, self.bulk, self.list, self.request.user, form.cleaned_data)
        text = f"{self.bulk.label}: {done} ausgeführt"
        messages.success(self.request, f"{text}, {refused} abgelehnt." if refused else f"{text}.")
        return self.back()

    def take_back(self):
        run = self.object
        if not self.may_undo():
            messages.warning(self.request, "Das lässt sich nicht mehr in einem Zug zurücknehmen.")
            return self.back()
        if handing.too_many(run, R.DONE):
            job = handing.hand_over(run, self.request.user, self.bulk.label, undo=True)
            return HttpResponseRedirect(job.get_absolute_url())
        with transaction.atomic():
            undone, kept = running.take_back(run, self.bulk, self.list, self.request.user)
        text = f"{undone} zurückgenommen"
        messages.success(self.request, f"{text}, {kept} unverändert gelassen." if kept else f"{text}.")
        return self.back()

    def may_undo(self):
        """Also what a cancelled job has done so far; not while one is at work."""
        run, undoing = self.object, handing.job_of(self.object, undo=True)
        if not self.bulk.reversible or (undoing and undoing.is_open):
            return False
        if run.state == S.DONE:
            return timezone.now() <= run.undo_until
        return bool(self.ended and timezone.now() <= self.ended + UNDO_WITHIN)

    @property
    def ended(self):
        """When the job of a run that did not come to its end stopped; None while it is at work or without one."""
        job = handing.job_of(self.object) if self.object.state == S.RUNNING else None
        return job.finished_at if job is not None and not job.is_open else None

    def get_context_data(self, form, **kwargs):
        run, user = self.object, self.request.user
        view = self.list()
        view.request = self.request
        over = run.state in (S.DONE, S.UNDONE, S.RUNNING)
        if over:
            verdicts = running.result(run, self.bulk, self.list, user)
        elif run.state == S.CHECKED and form.is_bound and form.is_valid():
            verdicts = running.check(run, self.bulk, self.list, user, form.cleaned_data)
        else:
            verdicts = running.chosen(run, self.bulk, self.list, user)
        model = self.list.queryset.model
        if model.social_data:
            log_read("list", model, basis=view.read_basis, hits=len(verdicts))
        refused = [verdict for verdict in verdicts if verdict.refused]
        stage = "result" if over else "form"
        if run.state == S.CHECKED and form.is_valid() and "aendern" not in self.request.GET:
            stage = "preview"
        return super().get_context_data(
            run=run,
            bulk=self.bulk,
            form=form if form.fields else None,
            stage=stage,
            refused=refused,
            fine=[verdict for verdict in verdicts if not verdict.refused],
            total=len(verdicts),
            noun=view.get_noun(),
            form_token=new_token(),
            may_undo=self.may_undo(),
            undo_until=run.undo_until or (self.ended and self.ended + UNDO_WITHIN),
            job=handing.job_of(run) if run.state == S.RUNNING else None,
            as_job=stage == "preview" and handing.too_many(run),
            shown=SHOWN,
            **kwargs,
        )
