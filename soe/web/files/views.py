"""Pages of files: adding, looking through, one file, its content. Rights are those of the record it hangs on."""

from itertools import groupby

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import TemplateView, View

from soe.audit.reads import log_read
from soe.departments.scope import may

from .. import targets
from ..forms import Form, ReasonForm
from ..paging import CappedPaginator
from ..policy import Policy
from ..text import MONTHS
from ..views.base import RequestMixin, ScopedMixin
from ..views.detail import Action, ScopedDetailView
from ..views.edit import ActionView, FormPage, ScopedUpdateView
from . import services
from .errors import UploadRefused
from .forms import AddFilesForm, FileForm
from .models import Attachment, private_storage
from .selectors import attachments_of, history_shots

LINK_SECONDS = 60
SALT = "soe.web.files"
UPLOADER = "X-Soe-Upload"  # sent by static/js/uploads.js


def target_policy(methods):
    return Policy(
        permissions=frozenset({None}), rows=True, methods=methods, note="403 and 404 as for the record itself"
    )


class TargetMixin:
    """The address names a kind of record and a record: /dateien/<label>/<id>/…"""

    target_action = "view"

    def find_target(self):
        return targets.find(
            self.request.user,
            self.kwargs["label"],
            self.kwargs["pk"],
            kind="files",
            action=self.target_action,
        )

    def check_access(self):
        if not may(self.request.user, Attachment, "view"):
            raise PermissionDenied


class AddFilesView(TargetMixin, FormPage):
    """Several files at once. What is refused is named; what is good is kept."""

    queryset = Attachment.objects.all()
    target_action = "change"
    form_class = AddFilesForm
    template_name = "web/files/add.html"
    title = "Dateien hinzufügen"
    submit_label = "Dateien hochladen"
    success_message = ""
    keeps_drafts = False  # chosen files cannot be kept in a draft

    @classmethod
    def policy(cls):
        return target_policy(("GET", "POST"))

    def dispatch(self, request, *args, **kwargs):
        with services.without_strays():
            return super().dispatch(request, *args, **kwargs)

    def prepare(self):
        self.target = self.find_target()
        self.departments = services.departments_for(self.request.user, self.target)
        if not self.departments:
            raise PermissionDenied

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {
            "departments": self.departments,
            "social": self.target.social_data,
            "visibility": services.default_visibility(self.target, self.departments[0]),
        }

    def form_valid(self, form):
        data, kept, refused = form.cleaned_data, [], []
        captions = self.request.POST.getlist("captions")
        for number, upload in enumerate(data["given"]):
            own = captions[number] if number < len(captions) else ""
            try:
                kept.append(
                    services.attach(
                        self.target,
                        upload,
                        caption=own.strip() or data["caption"],
                        keep_place=data["keep_place"],
                        visibility=data.get("visibility"),
                        department=data.get("department") or self.departments[0],
                        on=data["on"],
                    )
                )
            except UploadRefused as error:
                refused.append(f"„{upload.name[:80]}“: {' '.join(error.messages)}")
        if not kept:
            for text in refused:
                form.add_error("files", text)
            return self.form_invalid(form)
        count = len(kept)
        messages.success(
            self.request,
            f"{count} Dateien sind gespeichert." if count > 1 else f"„{kept[0]}“ ist gespeichert.",
        )
        for text in refused:
            messages.error(self.request, f"Nicht gespeichert: {text}")
        if UPLOADER in self.request.headers:
            return HttpResponseRedirect(reverse("web:files_done"))
        return HttpResponseRedirect(self.back())

    def back(self):
        wanted = self.request.POST.get("zurueck") or self.request.GET.get("zurueck", "")
        if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
            return wanted
        return self.target.get_absolute_url()

    def get_crumbs(self):
        return [(str(self.target), self.target.get_absolute_url())]

    def get_cancel_url(self):
        return self.back()

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"target": self.target, "back": self.back()}


class UploadDoneView(RequestMixin, View):
    """Where the uploading script arrives; it goes on by itself, and messages wait for the page it opens."""

    @classmethod
    def policy(cls):
        return Policy(note="says only that an upload went through")

    def get(self, request, *args, **kwargs):
        return JsonResponse({"done": True})


class FilesView(TargetMixin, RequestMixin, TemplateView):
    """All files of a record over time; the first and the latest photo side by side."""

    template_name = "web/files/list.html"
    page_size = 60

    @classmethod
    def policy(cls):
        return target_policy(("GET",))

    def get(self, request, *args, **kwargs):
        self.target = self.find_target()
        log_social(self.target, "view")
        return self.render_to_response(self.get_context_data())

    def get_title(self):
        return "Dateien"

    def get_crumbs(self):
        return [(str(self.target), self.target.get_absolute_url())]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        user, target = self.request.user, self.target
        registered = targets.target_for(type(target), "files")
        kind = self.request.GET.get("art", "")
        rows = attachments_of(user, target)
        photos = rows.photos()
        if kind in ("fotos", "dokumente"):
            rows = photos if kind == "fotos" else rows.exclude(pk__in=photos.order_by().values("pk"))
        paginator = CappedPaginator(rows, self.page_size)
        page = paginator.get_page(self.request.GET.get("seite"))
        months = groupby(page.object_list, key=lambda row: f"{MONTHS[row.on.month - 1]} {row.on.year}")
        context.update(
            target=target,
            thumbs=not target.social_data,
            months=[(name, list(found)) for name, found in months],
            page_obj=page,
            page_query=f"art={kind}" if kind else "",
            count=paginator.count,
            shots=history_shots(photos.order_by("on", "created_at")[:500])
            if not target.social_data
            else None,
            tabs=[
                (label, f"?art={code}" if code else self.request.path, code == kind)
                for code, label in (("", "Alle"), ("fotos", "Fotos"), ("dokumente", "Dokumente"))
            ],
            removed=Attachment.objects.about(target).restrict(user, "restore")[:50],
            add_url=self.add_url(registered),
        )
        return context

    def add_url(self, registered):
        """Where files are added; empty for those who may not."""
        target = self.target
        if not registered.rows(self.request.user, "change").filter(pk=target.pk).exists():
            return ""
        return reverse("web:files_add", args=[target._meta.label_lower, target.pk])


def log_social(target, kind):
    if target is not None and target.social_data:
        log_read(kind, type(target), obj=target, basis="Datei")


class FileMixin(ScopedMixin):
    """One file; only the rights of its own kind of record are asked."""

    queryset = Attachment.objects.select_related("department", "added_by")

    def get_queryset(self):
        label = (
            Attachment._base_manager.filter(pk=self.kwargs["pk"])
            .values_list("target_model", flat=True)
            .first()
        )
        return self.queryset.all().of_model(label or "").restrict(self.request.user, self.action)

    def can(self, action, obj):
        rows = Attachment.objects.of_model(obj.target_model).restrict(self.request.user, action)
        return rows.filter(pk=obj.pk).exists()

    def get_crumbs(self):
        target = self.object.target
        label = target._meta.label_lower
        return [
            (str(target), target.get_absolute_url()),
            ("Dateien", reverse("web:files", args=[label, target.pk])),
        ]

    def all_files(self):
        return reverse("web:files", args=[self.object.target_model, self.object.target_id])


class FileView(FileMixin, ScopedDetailView):
    template_name = "web/files/file.html"
    actions = (
        Action("Herunterladen", "web:file_content", action="view", primary=True, icon="export"),
        Action("Beschriftung ändern", "web:file_change"),
        Action("Entfernen", "web:file_remove"),
    )

    def log_view(self):
        log_social(self.object.target, "view")


class FileUpdateView(FileMixin, ScopedUpdateView):
    form_class = FileForm
    title = "Angaben zur Datei ändern"


class FileRemoveView(FileMixin, ActionView):
    form_class = ReasonForm
    title = "Datei entfernen"
    submit_label = "Datei entfernen"
    lead = "Die Datei verschwindet sofort. 30 Tage lang lässt sie sich wiederherstellen, dann wird ihr Inhalt gelöscht."
    success_message = ""
    danger = True

    def perform(self, obj, form):
        services.remove(obj, by=self.request.user, reason=form.cleaned_data["reason"])
        undo = reverse("web:file_restore", args=[obj.pk])
        text = '„{}“ ist entfernt. <a href="{}">Rückgängig machen</a>'
        messages.success(self.request, format_html(text, obj, undo))
        return self.all_files()


class FileRestoreView(FileMixin, ActionView):
    action = "restore"
    form_class = Form
    title = "Datei wiederherstellen"
    submit_label = "Datei wiederherstellen"
    success_message = "„{object}“ ist wieder da."

    def get_cancel_url(self):
        return self.all_files()

    def perform(self, obj, form):
        services.restore(obj, by=self.request.user)
        return self.all_files()


class FileContentView(FileMixin, View):
    """Asks the rights and leads to an address that holds for a minute and for this person only."""

    def get(self, request, *args, **kwargs):
        row = self.get_object()
        token = signing.dumps({"file": str(row.pk), "user": str(request.user.pk)}, salt=SALT)
        return HttpResponseRedirect(reverse("web:file_link", args=[token]))


class FileLinkView(FileMixin, View):
    """The short-lived address. It opens nothing by itself: the rights are asked again."""

    def get(self, request, *args, **kwargs):
        try:
            named = signing.loads(self.kwargs["token"], salt=SALT, max_age=LINK_SECONDS)
        except signing.BadSignature as error:
            raise Http404("Dieser Link gilt nicht mehr.") from error
        if named.get("user") != str(request.user.pk):
            raise Http404("Dieser Link gilt für eine andere Person.")
        self.kwargs["pk"] = named["file"]
        row = self.get_object()
        log_social(row.target, "export")
        return serve(row, "file")


class FilePictureView(FileMixin, View):
    """A photo as we wrote it, in full or small, for our own pages."""

    field = "file"

    def get(self, request, *args, **kwargs):
        row = self.get_object()
        if not row.is_image or (self.field == "preview" and row.is_social):
            raise Http404("Davon gibt es kein Bild.")
        log_social(row.target, "view")
        return serve(row, self.field, inline=True)


class FilePreviewView(FilePictureView):
    field = "preview"


def serve(row, field, *, inline=False):
    """The content in pieces. Only images that we wrote ourselves are shown; everything else is saved."""
    try:
        content = private_storage().open(getattr(row, field).name, "rb")
    except FileNotFoundError as error:
        raise Http404("Der Inhalt dieser Datei fehlt.") from error
    content_type = "image/jpeg" if field == "preview" else row.content_type
    if content_type == "text/plain":
        content_type = "text/plain; charset=utf-8"
    response = FileResponse(content, as_attachment=not inline, filename=row.name, content_type=content_type)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response
