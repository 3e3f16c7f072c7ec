"""Template, upload, columns, preview, taking over, rejected rows: the same way for every import."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import View

from .. import export
from ..jobs import start
from ..jobs.models import Job
from ..tokens import FIELD, new_token
from ..views.base import PageView, ScopedMixin
from ..views.detail import ScopedDetailView
from ..views.edit import ActionView
from . import mapping as columns_of
from . import process
from .forms import MappingForm, TakeForm, UploadForm
from .models import Import
from .patterns import pattern
from .reading import UnreadableFile, read
from .spec import registered

CRUMB = ("Dateien einlesen", "/import/")
AT_ONCE = 500  # so many rows are checked while the person waits; more by the worker
PER_PAGE = 50


class OverviewView(PageView):
    """Which imports there are for this person, and what she read in lately."""

    title = "Dateien einlesen"
    template_name = "web/imports/overview.html"

    def get_context_data(self, **kwargs):
        specs = sorted(
            (s for s in registered.values() if s.allowed(self.request.user)), key=lambda s: s.title
        )
        own = Import.objects.restrict(self.request.user)[:20]
        for record in own:
            record.spec_title = registered[record.spec].title if record.spec in registered else record.spec
        return super().get_context_data(**kwargs) | {"specs": specs, "own": own}


class SpecMixin:
    """The import named in the address: 404 when there is none, 403 when it is not for this person."""

    @cached_property
    def spec(self):
        found = registered.get(self.kwargs["name"])
        if found is None:
            raise Http404
        return found

    def check_access(self):
        super().check_access()
        if not self.spec.allowed(self.request.user):
            raise PermissionDenied

    @cached_property
    def columns(self):
        return self.spec.columns_for(self.request.user)


class UploadView(SpecMixin, PageView):
    template_name = "web/imports/upload.html"
    crumbs = (CRUMB,)

    def get_title(self):
        return f"{self.spec.title} einlesen"

    def post(self, request, *args, **kwargs):
        form = UploadForm(request.POST, request.FILES, user=request.user, spec=self.spec)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                record = process.upload(
                    self.spec,
                    request.user,
                    file.read(),
                    file.name,
                    known=form.cleaned_data.get("known") or Import.Known.UPDATE,
                )
            except UnreadableFile as error:
                form.add_error("file", str(error))
            else:
                return HttpResponseRedirect(go_on(record, self.columns))
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context.setdefault("form", UploadForm(user=self.request.user, spec=self.spec))
        return context | {
            "spec": self.spec,
            "columns": self.columns,
            "own": Import.objects.restrict(self.request.user).filter(spec=self.spec.name)[:10],
            "form_token": self.request.POST.get(FIELD) or new_token(),
            "submit_label": "Datei hochladen",
        }


def go_on(record, columns):
    """After the upload: straight to the preview when the columns leave no question."""
    if columns_of.is_exact(columns, record.header, record.mapping):
        return look(record)
    return reverse("web:import_mapping", args=[record.pk])


def look(record):
    """Check the rows, at once or by the worker; returns where to see it."""
    if record.rows <= AT_ONCE:
        process.check(record)
    else:
        job = start(
            record.user, "import_check", title="Datei prüfen", params={"record": str(record.pk)},
            key=f"import_check:{record.pk}:{record.version}",
        )  # fmt: skip
        Import.objects.get(pk=record.pk)
        return job.get_absolute_url() if job.is_open else record.get_absolute_url()
    return record.get_absolute_url()


class PatternView(SpecMixin, PageView):
    """The empty table."""

    def get(self, request, *args, **kwargs):
        if self.kwargs["kind"] not in export.CONTENT_TYPES:
            raise Http404
        return pattern(self.columns, self.kwargs["kind"], self.spec.title)


class OwnImportMixin(ScopedMixin):
    """An own import whose spec is still open to this person."""

    queryset = Import.objects.all()

    def get_object(self, queryset=None):
        record = super().get_object(queryset)
        self.spec = registered.get(record.spec)
        if self.spec is None:
            raise Http404
        if not self.spec.allowed(self.request.user):
            raise PermissionDenied
        self.columns = self.spec.columns_for(self.request.user)
        return record

    def get_crumbs(self):
        return [CRUMB, (self.spec.title, reverse("web:import_upload", args=[self.spec.name]))]


class ImportView(OwnImportMixin, ScopedDetailView):
    """Preview before, outcome after."""

    template_name = "web/imports/detail.html"

    def get_title(self):
        return f"{self.spec.title}: {self.object.file_name}"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        record = self.object
        state = self.request.GET.get("zeilen", "")
        lines = record.lines.all()
        if state in process.S.values:
            lines = lines.filter(state=state)
        page = Paginator(lines, PER_PAGE).get_page(self.request.GET.get("seite"))
        shown = sorted(record.mapping.values())[:4]
        for row in page.object_list:
            row.shown = [
                (record.header[place], row.cells[place] if place < len(row.cells) else "") for place in shown
            ]
        counts = [
            ("", "Alle", record.rows),
            ("new", "neu", record.new),
            ("changed", "geändert", record.changed),
            ("unchanged", "unverändert", record.unchanged),
            ("rejected", "abgewiesen", record.rejected),
        ]
        context.update(
            spec=self.spec,
            page_obj=page,
            page_query=f"zeilen={state}" if state else "",
            heads=[record.header[place] for place in shown],
            counts=[(key, label, count, key == state) for key, label, count in counts],
            job=Job.objects.filter(pk=record.job_id).first() if record.job_id else None,
            form=kwargs.get("form")
            or TakeForm(record=record, user=self.request.user, initial={"mode": "good"}),
            writable=record.new + record.changed,
            form_token=new_token(),
            mapped=[
                (c.label, record.header[record.mapping[c.name]])
                for c in self.columns
                if c.name in record.mapping
            ],
        )
        return context


class MappingView(OwnImportMixin, ActionView):
    action = "change"
    form_class = MappingForm
    template_name = "web/imports/mapping.html"
    title = "Spalten zuordnen"
    submit_label = "Zeilen prüfen"
    lead = "Welche Spalte Ihrer Datei ist welche Angabe? Vorgeschlagen ist, was dem Namen nach passt."
    success_message = ""

    def get_crumbs(self):
        return [*OwnImportMixin.get_crumbs(self), (self.object.file_name, self.object.get_absolute_url())]

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"record": self.object, "columns": self.columns}

    def perform(self, record, form):
        record.lock()
        if not record.is_open:
            raise process.JobFailed("Dieser Import ist schon abgeschlossen.")
        record.mapping = form.mapping
        record.save(reason="Spalten zugeordnet")
        return look(record)

    def save(self, form):
        try:
            return super().save(form)
        except (process.JobFailed, UnreadableFile) as error:
            raise ValidationError(str(error)) from None

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        samples = [row for _, row in self._sample()]
        return context | {
            "samples": [
                (name, [row[place] for row in samples if place < len(row)])
                for place, name in enumerate(self.object.header)
            ]
        }

    def _sample(self):
        try:
            return read(self.object.content(), self.object.file_name).rows[:3]
        except (UnreadableFile, OSError):
            return []


class TakeView(OwnImportMixin, ActionView):
    """Start the taking over, or go on with it."""

    action = "change"
    form_class = TakeForm
    title = "Zeilen übernehmen"
    submit_label = "Zeilen übernehmen"
    success_message = ""

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {
            "record": self.object,
            "initial": {"mode": self.object.mode or "good"},
        }

    def get_crumbs(self):
        return [*OwnImportMixin.get_crumbs(self), (self.object.file_name, self.object.get_absolute_url())]

    def perform(self, record, form):
        record.lock()
        if record.state == Import.State.CHECKED:
            record.state, record.mode = Import.State.RUNNING, form.cleaned_data["mode"]
        elif record.state != Import.State.RUNNING:
            raise ValidationError("Diese Datei ist schon abgeschlossen oder noch nicht geprüft.")
        record.save(reason="Übernahme gestartet")
        job = process.start_taking(record, self.request.user)
        record.refresh_from_db()
        record.job_id = job.pk
        record.save(reason="Übernahme gestartet")
        return job.get_absolute_url() if job.is_open else record.get_absolute_url()


class DiscardView(OwnImportMixin, ActionView):
    action = "change"
    title = "Datei verwerfen"
    submit_label = "Datei verwerfen"
    template_name = "web/imports/discard.html"
    success_message = ""
    danger = True

    def get_crumbs(self):
        return [*OwnImportMixin.get_crumbs(self), (self.object.file_name, self.object.get_absolute_url())]

    def perform(self, record, form):
        record.lock()
        if record.state == Import.State.RUNNING:
            raise ValidationError(
                "Die Datei wird gerade übernommen. Bitte brechen Sie zuerst den Auftrag ab."
            )
        if record.is_open:
            record.state = Import.State.DISCARDED
        record.erase(reason="Datei verworfen")
        messages.success(self.request, "Die Datei ist gelöscht.")
        return reverse("web:import_upload", args=[record.spec])


class RejectedView(OwnImportMixin, View):
    """What was not taken, as a file with the reasons."""

    def get(self, request, *args, **kwargs):
        record = self.get_object()
        if self.kwargs["kind"] not in export.CONTENT_TYPES or record.erased_at or not record.rejected:
            raise Http404
        header, rows = process.rejected_rows(record)
        write = export.csv_response if self.kwargs["kind"] == "csv" else export.xlsx_response
        return write(header, rows, f"Abgewiesen {self.spec.title}")
