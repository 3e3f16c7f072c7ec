"""Writing letters on records, keeping them, printing them; and the templates they start from."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import slugify
from django.views.generic import View

from soe.audit.reads import log_read
from soe.departments.scope import may

from ..policy import Policy
from ..tables import Column, Table, TitleColumn
from ..views.base import ScopedMixin
from ..views.detail import Action, ScopedDetailView
from ..views.edit import ActionView, FormPage, ScopedCreateView, ScopedUpdateView
from ..views.lists import ScopedListView
from . import rendering, sources
from .forms import LetterForm, SendForm, SeriesForm, TemplateForm, writable_departments
from .models import Letter, LetterTemplate
from .placeholders import blocks, fill

TEMPLATES = ("Briefvorlagen", "/briefe/vorlagen/")


def letters_panel(request, record):
    """Context for includes/letters.html; None when no letters are written on this kind of record."""
    label = record._meta.label_lower
    target = sources.target_of(label)
    if target is None:
        return None
    may_write = target.rows(request.user, "change").filter(pk=record.pk).exists()
    rows = list(Letter.objects.about(record).restrict(request.user, "view").select_related("department")[:30])
    if not rows and not may_write:
        return None
    return {
        "rows": rows,
        "may_write": may_write,
        "write_url": reverse("web:letter_write", args=[label, record.pk]),
        "series_url": reverse("web:letter_series", args=[label, record.pk])
        if sources.source_for(label).recipients
        else "",
    }


class LettersMixin:
    """For detail pages: `{% include "includes/letters.html" %}`."""

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["letters"] = letters_panel(self.request, self.object)
        return context


class WriteView(FormPage):
    """/briefe/<kind>/<id>/neu/?vorlage=…: choose a template, edit the filled text, keep it as a letter."""

    queryset = Letter.objects.all()
    form_class = LetterForm
    template_name = "web/letters/write.html"
    title = "Brief schreiben"
    submit_label = "Brief speichern"
    success_message = "Der Brief „{object}“ ist gespeichert, noch nicht versandt."

    @classmethod
    def policy(cls):
        return Policy(
            permissions=frozenset({None}),
            rows=True,
            methods=("GET", "POST"),
            note="403 and 404 as for the record",
        )

    def check_access(self):
        if not may(self.request.user, Letter, "view"):
            raise PermissionDenied

    def prepare(self):
        label = self.kwargs["label"]
        target = sources.target_of(label)
        if target is None:
            raise Http404
        if not may(self.request.user, target.model, target.write):
            raise PermissionDenied
        self.target = get_object_or_404(target.rows(self.request.user, "change"), pk=self.kwargs["pk"])
        departments = list(writable_departments(self.request.user, target))
        if not departments:
            raise PermissionDenied
        own = getattr(self.target, "department_id", None)
        self.department = next((row for row in departments if row.pk == own), departments[0])
        self.templates = LetterTemplate.objects.restrict(self.request.user, "view").filter(
            Q(department=None) | Q(department__in=departments), kind=label, active=True
        )
        wanted = self.request.GET.get("vorlage", "")
        self.chosen = next((row for row in self.templates if str(row.pk) == wanted), None)

    def get_initial(self):
        source, user = sources.source_for(type(self.target)), self.request.user
        initial = super().get_initial()
        initial |= {
            "recipient": source.recipient(self.target, user),
            "reference": source.reference(self.target),
        }
        if self.chosen:
            values = sources.values(self.target, user, self.department)
            initial |= {name: fill(getattr(self.chosen, name), values) for name in ("subject", "body")}
        return initial

    def get_form_kwargs(self):
        letter = Letter(department=self.department, written_by=self.request.user, template=self.chosen)
        letter.target = self.target
        return super().get_form_kwargs() | {"instance": letter}

    def get_crumbs(self):
        return [(str(self.target), self.target.get_absolute_url())]

    def get_cancel_url(self):
        return self.target.get_absolute_url()

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "target": self.target,
            "templates": self.templates,
            "chosen": self.chosen,
            "department": self.department,
        }


class SeriesView(WriteView):
    """The same letter to everybody who belongs to the record: one draft each."""

    form_class = SeriesForm
    template_name = "web/letters/series.html"
    title = "Brief an alle schreiben"
    submit_label = "Briefe anlegen"
    success_message = "Die Briefe sind angelegt, noch nicht versandt."

    def prepare(self):
        super().prepare()
        source = sources.source_for(type(self.target))
        if source.recipients is None:
            raise Http404
        self.addresses = list(dict.fromkeys(source.recipients(self.target, self.request.user)))

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"addresses": self.addresses}

    def save(self, form):
        for address in form.cleaned_data["recipients"]:
            letter = Letter(department=self.department, written_by=self.request.user, template=self.chosen)
            letter.target, letter.recipient = self.target, address
            for name in ("on", "reference", "your_sign", "subject", "body"):
                setattr(letter, name, form.cleaned_data[name])
            letter.full_clean(exclude=["template", "department", "written_by"])
            letter.save(reason="Brief an mehrere")
        return letter

    def get_success_url(self):
        return self.target.get_absolute_url()


class LetterMixin(ScopedMixin):
    queryset = Letter.objects.select_related("department", "written_by", "template")

    def get_queryset(self):
        label = (
            Letter._base_manager.filter(pk=self.kwargs["pk"]).values_list("target_model", flat=True).first()
        )
        return self.queryset.all().of_model(label or "").restrict(self.request.user, self.action)

    def get_crumbs(self):
        target = self.object.target
        return [(str(target), target.get_absolute_url())]


class LetterView(LetterMixin, ScopedDetailView):
    template_name = "web/letters/letter.html"
    actions = (
        Action("PDF", "web:letter_pdf", action="view", icon="export", primary=True),
        Action("Word-Dokument", "web:letter_docx", action="view", icon="export"),
        Action("Versand vermerken", "web:letter_send"),
        Action("Brief ändern", "web:letter_change"),
    )

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"blocks": blocks(self.object.body)}


class LetterUpdateView(LetterMixin, ScopedUpdateView):
    form_class = LetterForm
    title = "Brief ändern"


class LetterSendView(LetterMixin, ActionView):
    form_class = SendForm
    title = "Versand vermerken"
    submit_label = "Versand vermerken"
    lead = "Danach bleibt der Brief, wie er ist."
    success_message = "Der Versand ist vermerkt."
    keep_in_scope = None

    def perform(self, obj, form):
        obj.send(by=self.request.user, **form.cleaned_data)


class LetterFileView(LetterMixin, View):
    kind = "pdf"
    TYPES = {
        "pdf": "application/pdf",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    }

    def get(self, request, *args, **kwargs):
        letter = self.get_object()
        if letter.target is not None and letter.target.social_data:
            log_read("print", type(letter.target), obj=letter.target, basis="Brief")
        content = getattr(rendering, self.kind)(letter)
        response = HttpResponse(content, content_type=self.TYPES[self.kind])
        name = f"{letter.on:%Y-%m-%d}-{slugify(letter.subject)[:60] or 'brief'}.{self.kind}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


class LetterDocxView(LetterFileView):
    kind = "docx"


# --- templates -------------------------------------------------------------------------------------------------------


class TemplateTable(Table):
    name = TitleColumn(sub="subject")
    kind_label = Column(verbose_name="für", orderable=False)
    department = Column(default="ganze Stadt")
    active = Column()

    class Meta(Table.Meta):
        model = LetterTemplate
        fields = ("name", "kind_label", "department", "active")

    caption = "Briefvorlagen"


class TemplateListView(ScopedListView):
    queryset = LetterTemplate.objects.select_related("department")
    table_class = TemplateTable
    title = "Briefvorlagen"
    noun, singular = "Briefvorlagen", "Briefvorlage"
    head_actions = (Action("Vorlage anlegen", "web:letter_template_add", action="add", primary=True),)


class TemplatePage:
    """What a template may name stands beside the editor, by kind of record."""

    queryset = LetterTemplate.objects.select_related("department")
    form_class = TemplateForm
    template_name = "web/letters/template_form.html"
    crumbs = (TEMPLATES,)

    def get_context_data(self, **kwargs):
        groups = [(label, sorted(sources.allowed(kind).items())) for kind, label in sources.choices()]
        return super().get_context_data(**kwargs) | {"groups": groups}


class TemplateCreateView(TemplatePage, ScopedCreateView):
    title = "Briefvorlage anlegen"


class TemplateUpdateView(TemplatePage, ScopedUpdateView):
    title = "Briefvorlage ändern"


class TemplateView(ScopedDetailView):
    """The template filled with sample data."""

    queryset = LetterTemplate.objects.select_related("department")
    template_name = "web/letters/template.html"
    crumbs = (TEMPLATES,)
    actions = (Action("Vorlage ändern", "web:letter_template_change", primary=True),)

    def get_context_data(self, **kwargs):
        samples = {name: sample for name, (_, sample) in sources.allowed(self.object.kind).items()}
        return super().get_context_data(**kwargs) | {
            "subject": fill(self.object.subject, samples),
            "blocks": blocks(fill(self.object.body, samples)),
        }
