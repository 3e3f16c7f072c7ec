"""A department's section: what it found, did and hands on; and closing it."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.urls import reverse

from objects.register.models import Property
from soe.departments.models import Visibility
from soe.departments.scope import departments_granting
from soe.web.files.panel import files_panels
from soe.web.forms import ReasonForm
from soe.web.views import Action, ActionView, ScopedCreateView, ScopedDetailView, ScopedUpdateView

from .. import services
from ..forms import (
    CloseSectionForm,
    FindingForm,
    HelpNeedForm,
    ImmediateMeasureForm,
    MeasureForm,
    NoteForm,
    ResolveForm,
)
from ..models import Finding, HelpNeed, ImmediateMeasure, InspectionNote, InspectionSection
from ..selectors import section_stub

LIST_CRUMB = ("Kontrollen", "/kontrollen/")
SECTIONS = InspectionSection.objects.select_related("day", "department")


def crumbs_of(day):
    return [LIST_CRUMB, (day.number, day.get_absolute_url())]


class SectionView(ScopedDetailView):
    queryset = SECTIONS
    template_name = "objects/inspections/section.html"

    def get_title(self):
        return f"Abschnitt {self.object.department.name}"

    def get_crumbs(self):
        return crumbs_of(self.object.day)

    def get_actions(self):
        if self.object.state == "open":
            return [
                Action(
                    "Abschnitt schließen", "objects:inspection_section_close", action="record", primary=True
                ),
                Action(
                    "Feststellung ergänzen", "objects:inspection_finding_create", action="record", icon="plus"
                ),
                Action("Sofortmaßnahme ergänzen", "objects:inspection_immediate_create", action="record"),
                Action("Hilfebedarf ergänzen", "objects:inspection_help_create", action="record"),
                Action("Notiz ergänzen", "objects:inspection_note_create", action="record"),
            ]
        return [Action("Abschnitt wieder öffnen", "objects:inspection_section_reopen", action="reopen")]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        section, user = self.object, self.request.user
        department = section.department
        own = department.pk in departments_granting(user, None)
        context["own"] = own
        context["sees_measures"] = self.may("proceeding.view")
        context["records"] = own and section.state == "open" and self.can("record", section)
        if not own and department.default_visibility == Visibility.INTERNAL:
            # The same page whether or not anything stands in it.
            houses = Property.objects.restrict(user, "view").filter(inspections__day=section.day_id)
            return context | {"stub": section_stub(section), "houses": list(houses)}

        def rows(model, *joins):
            found = model.objects.restrict(user, "view").filter(section=section)
            return list(found.select_related("inspection__property", "visit", *joins))

        findings = rows(Finding, "item", "measure", "carried_from__day")
        panels = files_panels(self.request, [f for f in findings if f.is_defect])
        for finding in findings:
            finding.files = panels.get(finding.pk)
        return context | {
            "findings": [f for f in findings if f.is_defect],
            "fine": [f for f in findings if not f.is_defect],
            "measures": rows(ImmediateMeasure),
            "notes": rows(InspectionNote),
            "help_needs": rows(HelpNeed, "offered_to", "taken_by") if self.may("helpneed.view") else [],
            "may_measure": own and department.pk in departments_granting(user, "measure.change"),
        }


class CloseSectionView(ActionView):
    queryset = SECTIONS
    action = "record"
    form_class = CloseSectionForm
    template_name = "objects/inspections/section_close.html"
    title = "Abschnitt schließen"
    submit_label = "Abschnitt schließen"
    success_message = "Ihr Abschnitt ist abgeschlossen."

    def get_crumbs(self):
        return [*crumbs_of(self.object.day), (str(self.object), self.object.get_absolute_url())]

    def perform(self, obj, form):
        obj.close(by=self.request.user)

    def get_context_data(self, **kwargs):
        section = self.object
        return super().get_context_data(**kwargs) | {
            "numbers": [
                ("Feststellungen", section.findings.exclude(severity="ok").count()),
                ("Sofortmaßnahmen", section.immediate_measures.count()),
                ("Hilfebedarfe", section.help_needs.count()),
                ("Notizen", section.notes.count()),
            ]
        }


class ReopenSectionView(ActionView):
    queryset = SECTIONS
    action = "reopen"
    form_class = ReasonForm
    method = "reopen"
    title = "Abschnitt wieder öffnen"
    submit_label = "Abschnitt öffnen"
    success_message = "Ihr Abschnitt ist wieder offen."

    def get_crumbs(self):
        return [*crumbs_of(self.object.day), (str(self.object), self.object.get_absolute_url())]


class InSectionCreateView(ScopedCreateView):
    """Something new in the own open section. `von=vor-ort` leads back to the dwelling it came from."""

    parent_queryset = SECTIONS
    parent_action = "record"
    keep_in_scope = "view"
    prefill = ("inspection", "visit", "category")

    def get_crumbs(self):
        return [*crumbs_of(self.parent.day), (str(self.parent), self.parent.get_absolute_url())]

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs() | {"section": self.parent}
        kwargs["instance"].visibility = self.parent.department.default_visibility
        return kwargs

    def save(self, form):
        services.must_be_open(self.parent)
        services.ensure_running(self.parent.day, by=self.request.user)
        return form.save()

    def get_success_url(self):
        visit = getattr(self.object, "visit", None)
        if self.request.GET.get("von") == "vor-ort" and visit is not None:
            return site_address(visit)
        return self.parent.get_absolute_url()


def site_address(visit):
    return reverse(
        "objects:inspection_site_visit",
        args=[visit.inspection.day_id, visit.inspection_id, visit.dwelling_id or visit.pk],
    )


class FindingCreateView(InSectionCreateView):
    queryset = Finding.objects.all()
    form_class = FindingForm
    title = "Feststellung ergänzen"
    submit_label = "Feststellung speichern"
    success_message = "Die Feststellung ist gespeichert."


class ImmediateMeasureCreateView(InSectionCreateView):
    queryset = ImmediateMeasure.objects.all()
    form_class = ImmediateMeasureForm
    title = "Sofortmaßnahme ergänzen"
    submit_label = "Sofortmaßnahme speichern"
    success_message = "Die Sofortmaßnahme ist gespeichert."


class HelpNeedCreateView(InSectionCreateView):
    queryset = HelpNeed.objects.all()
    form_class = HelpNeedForm
    title = "Hilfebedarf ergänzen"
    submit_label = "Hilfebedarf speichern"
    lead = "Nur Zahlen. Die Beratungsstellen sehen den Bedarf ohne Namen."
    success_message = "Der Hilfebedarf ist gespeichert. Die Angebote sehen ihn."
    keep_in_scope = None  # who records need not hold the right to see all help needs


class NoteCreateView(InSectionCreateView):
    queryset = InspectionNote.objects.all()
    form_class = NoteForm
    title = "Notiz ergänzen"
    submit_label = "Notiz speichern"
    success_message = "Die Notiz ist gespeichert."


class InSectionUpdateView(ScopedUpdateView):
    """Change a row of the own open section."""

    def get_crumbs(self):
        section = self.object.section
        return [*crumbs_of(self.object.day), (str(section), section.get_absolute_url())]

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"section": self.object.section}

    def save(self, form):
        services.must_be_open(self.object.section)
        return super().save(form)

    def get_success_url(self):
        visit = getattr(self.object, "visit", None)
        if self.request.GET.get("von") == "vor-ort" and visit is not None:
            return site_address(visit)
        return self.object.section.get_absolute_url()

    def get_cancel_url(self):
        return self.get_success_url()


ROWS = ("section__department", "section__day", "day", "visit__inspection")


class FindingUpdateView(InSectionUpdateView):
    queryset = Finding.objects.select_related(*ROWS)
    form_class = FindingForm
    title = "Feststellung ändern"
    submit_label = "Feststellung speichern"
    success_message = "Die Feststellung ist gespeichert."


class ImmediateMeasureUpdateView(InSectionUpdateView):
    queryset = ImmediateMeasure.objects.select_related(*ROWS)
    form_class = ImmediateMeasureForm
    title = "Sofortmaßnahme ändern"
    success_message = "Die Sofortmaßnahme ist gespeichert."


class HelpNeedUpdateView(InSectionUpdateView):
    queryset = HelpNeed.objects.select_related(*ROWS)
    form_class = HelpNeedForm
    title = "Hilfebedarf ändern"
    success_message = "Der Hilfebedarf ist gespeichert."


class NoteUpdateView(InSectionUpdateView):
    queryset = InspectionNote.objects.select_related(*ROWS)
    form_class = NoteForm
    title = "Notiz ändern"
    success_message = "Die Notiz ist gespeichert."


class FindingStep(ActionView):
    """What the department does with its open finding, also after the day."""

    queryset = Finding.objects.select_related(*ROWS, "department", "inspection__property")
    action = "follow"

    def get_crumbs(self):
        crumbs = crumbs_of(self.object.day)
        if self.object.section_id:
            crumbs.append((str(self.object.section), self.object.section.get_absolute_url()))
        return crumbs


class ResolveFindingView(FindingStep):
    form_class = ResolveForm
    method = "resolve"
    title = "Feststellung ist behoben"
    submit_label = "Als behoben festhalten"
    success_message = "Die Feststellung ist als behoben festgehalten."


class WithdrawFindingView(FindingStep):
    form_class = ReasonForm
    method = "withdraw"
    title = "Feststellung zurücknehmen"
    submit_label = "Feststellung zurücknehmen"
    success_message = "Die Feststellung ist zurückgenommen. Sie bleibt im Verlauf sichtbar."


class FindingMeasureView(FindingStep):
    """A measure out of a finding; the department acts at the property from now on."""

    form_class = MeasureForm
    template_name = "objects/inspections/finding_measure.html"
    title = "Maßnahme anlegen"
    submit_label = "Maßnahme anlegen"
    success_message = "Die Maßnahme ist angelegt."

    def prepare(self):
        super().prepare()
        if self.object.department_id not in departments_granting(self.request.user, "measure.change"):
            raise PermissionDenied

    def get_initial(self):
        finding = self.object
        what = f"{finding.get_category_display()}: {finding.text or 'Mangel beseitigen'}"
        return {"what": what[:200], "kind": "repair", "due_on": finding.due_on}

    def perform(self, obj, form):
        return services.measure_from_finding(obj, by=self.request.user, **form.cleaned_data)


def help_address(section, visit=None):
    """Where „Hilfe nötig“ leads: the form, with the dwelling filled in."""
    query = {"von": "vor-ort"}
    if visit is not None:
        query |= {"inspection": visit.inspection_id, "visit": visit.pk}
    return f"{reverse('objects:inspection_help_create', args=[section.pk])}?{urlencode(query)}"
