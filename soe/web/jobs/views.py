"""Own jobs with progress and result; for administrators queue, failures, timetable and workers."""

from datetime import timedelta

import django_filters
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View

from .. import errors, export, text
from ..files.storing import private_storage
from ..filters import FilterSet
from ..views.base import PageView, ScopedMixin
from ..views.detail import Action, ScopedDetailView
from ..views.edit import ActionView
from ..views.lists import ScopedListView
from . import schedule, services
from .exports import list_view
from .kinds import JobFailed, kind_of
from .models import DueCommand, Job, WorkerBeat
from .tables import AllJobsTable, JobTable, state_badge

ACCOUNT = ("Mein Konto", "/konto/")
ADMIN = ("Verwaltung", "/verwaltung/")
ALL_JOBS = ("Aufträge im Hintergrund", "/verwaltung/auftraege/")


class OwnJobsView(ScopedListView):
    queryset = Job.objects.all()
    title = "Meine Aufträge"
    noun, singular = "Aufträge", "Auftrag"
    lead = "Exporte, Importe und anderes, das länger dauert. Ergebnisse bleiben sieben Tage abrufbar."
    table_class = JobTable
    empty_title = "Noch keine Aufträge"
    empty_text = (
        "Wenn Sie eine große Liste exportieren oder eine Datei einlesen, sehen Sie hier, wie weit es ist."
    )


class JobView(ScopedDetailView):
    """Progress; the page asks again by itself (script) or by a link."""

    queryset = Job.objects.all()
    template_name = "web/jobs/job.html"
    crumbs = (("Meine Aufträge", "/konto/auftraege/"),)
    actions = (
        Action(
            "Abbrechen",
            url_name="web:job_cancel",
            action="view",
            when=lambda job: job.is_open and not job.cancel_wanted,
        ),
        Action(
            "Noch einmal versuchen",
            url_name="web:job_again",
            action="view",
            when=lambda job: job.state == "failed",
        ),
    )

    def history_url(self):
        return ""

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        job = self.object
        context.update(
            badge=state_badge(job),
            may_fetch=job.result_ready and allowed(job, self.request.user),
            waiting_since=job.state == "queued" and job.created_at < timezone.now() - timedelta(minutes=2),
        )
        return context


def allowed(job, user):
    try:
        return kind_of(job.kind).allowed(user, job.params)
    except JobFailed:
        return False


class ResultView(ScopedMixin, View):
    """The file of a finished job: the starter only, her rights asked again, and not for ever."""

    queryset = Job.objects.all()

    def get(self, request, *args, **kwargs):
        job = self.get_object()
        if not job.result_name:
            raise Http404
        if not job.result_ready:
            return errors.page(request, 410)
        if not allowed(job, request.user):
            raise PermissionDenied
        try:
            file = private_storage().open(job.result)
        except OSError:
            return errors.page(request, 410)
        response = FileResponse(
            file, as_attachment=True, filename=job.result_name, content_type="application/octet-stream"
        )
        response["Cache-Control"] = "no-store, private"
        response["X-Content-Type-Options"] = "nosniff"
        return response


class CancelView(ActionView):
    queryset = Job.objects.all()
    action = "view"
    title = "Auftrag abbrechen"
    submit_label = "Auftrag abbrechen"
    template_name = "web/jobs/cancel.html"
    success_message = ""
    danger = True
    wanted = staticmethod(services.cancel)
    done_text, late_text = "Der Auftrag wird abgebrochen.", "Der Auftrag war schon beendet."

    def seen_rows(self):
        # A running job changes every second; the wish to end it does not depend on how far it is.
        return None

    def perform(self, obj, form):
        if self.wanted(obj):
            messages.success(self.request, self.done_text)
        else:
            messages.warning(self.request, self.late_text)


class AgainView(CancelView):
    title = "Noch einmal versuchen"
    submit_label = "Noch einmal versuchen"
    template_name = "web/jobs/again.html"
    danger = False
    wanted = staticmethod(services.retry)
    done_text = "Der Auftrag wartet wieder. Was schon erledigt war, wird nicht wiederholt."
    late_text = "Der Auftrag läuft schon wieder."


class StopView(CancelView):
    """The same for administrators."""

    action = "manage"
    crumbs = (ADMIN, ALL_JOBS)

    def get_crumbs(self):
        return list(self.crumbs)

    def get_success_url(self):
        return reverse("web:jobs_all")

    get_cancel_url = get_success_url


class RetryView(AgainView):
    action = "manage"
    crumbs = (ADMIN, ALL_JOBS)
    get_crumbs = StopView.get_crumbs
    get_success_url = StopView.get_success_url
    get_cancel_url = StopView.get_success_url


class JobFilter(FilterSet):
    stand = django_filters.ChoiceFilter(field_name="state", label="Stand", choices=Job.State.choices)

    class Meta(FilterSet.Meta):
        model = Job
        fields = ["stand"]


class AllJobsView(ScopedListView):
    queryset = Job.objects.select_related("user")
    action = "manage"
    template_name = "web/jobs/all.html"
    title = "Aufträge im Hintergrund"
    noun, singular = "Aufträge", "Auftrag"
    crumbs = (ADMIN,)
    filterset_class = JobFilter
    table_class = AllJobsTable
    tabs = (
        ("Alle", ""),
        ("Warten", "stand=queued"),
        ("Laufen", "stand=running"),
        ("Nicht gelungen", "stand=failed"),
    )
    empty_title = "Noch keine Aufträge"
    empty_text = "Hier steht, was im Hintergrund läuft: Exporte, Importe, Erinnerungen."

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        rows = {row.pk: row for row in DueCommand.objects.select_related("job")}
        context.update(
            workers=worker_words(),
            commands=[(entry, rows.get(entry.name)) for entry in schedule.entries.values()],
        )
        return context


def worker_words(now=None):
    """(ok, sentence) about the workers: the first thing to look at when nothing moves."""
    now = now or timezone.now()
    beats = list(WorkerBeat.objects.order_by("-seen_at")[:20])
    alive = [beat for beat in beats if beat.alive]
    if alive:
        count = "Ein Arbeiter läuft" if len(alive) == 1 else f"{len(alive)} Arbeiter laufen"
        return True, f"{count}, zuletzt gemeldet {text.moment(alive[0].seen_at)}."
    if not beats:
        return False, "Es läuft kein Arbeiter. Bitte starten Sie auf dem Server „manage.py worker“."
    minutes = max(1, int((now - beats[0].seen_at).total_seconds() // 60))
    if minutes < 120:
        since = f"{minutes} Minuten" if minutes > 1 else "einer Minute"
    elif minutes < 2880:
        since = f"{minutes // 60} Stunden"
    else:
        since = f"{minutes // 1440} Tagen"
    return (
        False,
        f"Kein Arbeiter läuft seit {since}. Aufträge warten, bis auf dem Server „manage.py worker“ läuft.",
    )


class RunNowView(PageView):
    """Start a scheduled command out of turn."""

    permission = "system.manage"
    template_name = "web/jobs/run_now.html"
    title = "Befehl jetzt ausführen"
    crumbs = (ADMIN, ALL_JOBS)

    def entry(self):
        try:
            return schedule.entries[self.kwargs["name"]]
        except KeyError:
            raise Http404 from None

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"entry": self.entry()}

    def post(self, request, *args, **kwargs):
        entry = self.entry()
        schedule.run_now(entry.name)
        messages.success(request, f"„{entry.title}“ ist gestartet.")
        return HttpResponseRedirect(reverse("web:jobs_all"))


class ExportView(PageView):
    """Start the export of a list as a job: the list page at `path` with the filters `query`, as this person sees it."""

    http_method_names = ["post"]

    @classmethod
    def offered_methods(cls):
        return ("POST",)

    def post(self, request, *args, **kwargs):
        path, query = request.POST.get("path", "")[:300], request.POST.get("query", "")[:4000]
        kind = request.POST.get("kind", "")
        if kind not in export.CONTENT_TYPES:
            raise Http404
        view = list_view(request.user, path, query)  # 404 and 403 as the page itself gives them
        job = services.start(
            request.user,
            "export",
            title=f"Export: {view.get_title()}",
            params={"path": path, "query": query, "kind": kind},
        )
        return HttpResponseRedirect(job.get_absolute_url())
