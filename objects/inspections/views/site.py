"""On site: house by house, dwelling by dwelling. Plain forms; without a script the counters are submit buttons."""

import contextlib
import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from soe.departments.models import Visibility
from soe.web.drafts.pages import DraftMixin
from soe.web.drafts.services import FIELD as DRAFT
from soe.web.files.selectors import attachments_on
from soe.web.text import day as day_words
from soe.web.tokens import new_token, posted_token
from soe.web.views import ScopedMixin
from soe.web.views.edit import NOT_ONCE

from .. import occupancy, services
from ..forms import HouseForm, VisitForm
from ..models import DwellingVisit, Finding, Inspection, InspectionDay, InspectionNote
from ..selectors import open_findings
from .sections import help_address

NEW = "neu"


@dataclass
class Unit:
    """A dwelling to visit: known from the register, or added on site."""

    key: str
    label: str
    dwelling: object = None
    visit: DwellingVisit | None = None

    @property
    def sign(self):
        """done, no (no access), open"""
        if self.visit is None or not self.visit.access:
            return "open"
        if self.visit.access in ("nobody", "refused"):
            return "no"
        return "done" if self.visit.done else "begun"


def units_of(inspection) -> list[Unit]:
    """All dwellings of the house: those of the register in their order, then those added on site."""
    visits = list(inspection.visits.select_related("dwelling").order_by("position", "id"))
    by_dwelling = {visit.dwelling_id: visit for visit in visits if visit.dwelling_id}
    result = []
    if inspection.property_id:
        dwellings = inspection.property.dwellings.filter(ended_on=None).order_by("position", "location")
        for dwelling in dwellings.select_related("house"):
            visit = by_dwelling.pop(dwelling.pk, None)
            result.append(Unit(str(dwelling.pk), dwelling.location, dwelling, visit))
    for visit in visits:
        if visit.dwelling_id is None or visit.dwelling_id in by_dwelling:
            result.append(Unit(str(visit.dwelling_id or visit.pk), visit.location, visit.dwelling, visit))
    return result


class SiteMixin(DraftMixin, ScopedMixin):
    """Only who may record in an own open section of the day. What is typed is kept until it is saved."""

    queryset = Inspection.objects.select_related("day", "property")
    action = "record"
    pk_url_kwarg = "inspection"

    def get(self, request, *args, **kwargs):
        self.prepare()
        if DRAFT in request.GET:
            self.open_draft(request)
        return self.page(self.get_form())

    def get_form(self):
        form = self.form(self.draft_data if self.draft_data is not None else self.posted())
        return self.unchecked(form)

    def posted(self):
        return self.request.POST if self.request.method == "POST" else None

    def show_again(self, form):
        return self.page(form)

    def draft_kind(self):
        return "Kontrolle vor Ort"

    def draft_about(self):
        return [Inspection._meta.label_lower, str(self.inspection.pk)]

    def without_token(self):
        self.prepare()
        form = self.get_form()
        form.add_error(None, NOT_ONCE)
        return self.page(form)

    def prepare(self):
        self.inspection = get_object_or_404(
            self.get_queryset(), pk=self.kwargs["inspection"], day=self.kwargs["day"]
        )
        self.day = self.inspection.day
        self.section = services.own_section(self.request.user, self.day)
        if self.section is None:
            raise Http404
        self.units = units_of(self.inspection)

    def house_address(self):
        return reverse("objects:inspection_site_house", args=[self.day.pk, self.inspection.pk])

    def unit_address(self, key):
        return reverse("objects:inspection_site_visit", args=[self.day.pk, self.inspection.pk, key])

    def get_context_data(self, **kwargs):
        houses = list(self.day.inspections.values_list("pk", flat=True))
        house = self.inspection.property
        return super().get_context_data(**kwargs) | {
            "form_token": posted_token(self.request) or (self.draft and self.draft.token) or new_token(),
            "inspection": self.inspection,
            "day": self.day,
            "section": self.section,
            "units": self.units,
            "done": sum(unit.sign in ("done", "begun") for unit in self.units),
            "no_access": sum(unit.sign == "no" for unit in self.units),
            "to_do": sum(unit.sign == "open" for unit in self.units),
            "house_title": house.title if house else self.inspection.label,
            "house_line": " · ".join(
                part
                for part in (
                    house.number if house else "",
                    f"Kontrolle {day_words(self.day.date)}",
                    f"Haus {houses.index(self.inspection.pk) + 1} von {len(houses)}",
                )
                if part
            ),
        }


class SiteView(ScopedMixin, TemplateView):
    """The houses of the day, large. With one house it leads there at once."""

    queryset = InspectionDay.objects.all()
    action = "record"
    template_name = "objects/inspections/site_day.html"

    def get(self, request, *args, **kwargs):
        self.day = self.get_object()
        houses = list(self.day.inspections.select_related("property"))
        if len(houses) == 1:
            return HttpResponseRedirect(
                reverse("objects:inspection_site_house", args=[self.day.pk, houses[0].pk])
            )
        for house in houses:
            house.units = units_of(house)
            house.open_units = sum(unit.sign == "open" for unit in house.units)
        return self.render_to_response(
            self.get_context_data(day=self.day, houses=houses, title=f"Vor Ort: {self.day}")
        )


class SiteHouseView(SiteMixin, TemplateView):
    """One house: its dwellings, open findings of earlier inspections, and the points about the whole house."""

    template_name = "objects/inspections/site_house.html"

    def form(self, data):
        house = self.inspection.property
        self.earlier = list(open_findings(self.request.user, house, before=self.day)) if house else []
        known = Finding.objects.filter(section=self.section, inspection=self.inspection, visit=None)
        return HouseForm(
            data,
            user=self.request.user,
            section=self.section,
            carried=[f for f in self.earlier if f.department_id == self.section.department_id],
            findings=list(known),
        )

    def post(self, request, *args, **kwargs):
        self.prepare()
        form = self.get_form()
        if not form.is_valid():
            return self.page(form)
        by = request.user
        try:
            with transaction.atomic():
                self.save(form, by)
        except ValidationError as error:  # somebody else rated the same finding meanwhile
            form.add_error(None, error)
            return self.page(form)
        messages.success(request, "Gespeichert.")
        return HttpResponseRedirect(self.house_address())

    def save(self, form, by):
        services.must_be_open(self.section)
        services.ensure_running(self.day, by=by)
        for item, severity in form.answers(rest="rest" in self.request.POST):
            services.record_answer(self.section, item, severity, by=by, inspection=self.inspection)
        for finding, severity in form.rerated():
            finding.rerate(section=self.section, inspection=self.inspection, severity=severity, by=by)

    def page(self, form):
        mine = self.section.department_id
        return self.render_to_response(
            self.get_context_data(
                form=form,
                title=f"Vor Ort: {self.inspection}",
                others_open=[f for f in self.earlier if f.department_id != mine],
                new_address=self.unit_address(NEW),
            )
        )


class SiteVisitView(SiteMixin, TemplateView):
    """One dwelling. Every button saves; the difference is where it leads."""

    template_name = "objects/inspections/site_visit.html"

    def prepare(self):
        super().prepare()
        key = self.kwargs["unit"]
        if key == NEW:
            self.unit = Unit(NEW, "Neue Wohneinheit")
        else:
            self.unit = next((unit for unit in self.units if unit.key == key), None)
            if self.unit is None:
                raise Http404
        self.visit = self.unit.visit
        keys = [unit.key for unit in self.units]
        self.place = keys.index(key) if key in keys else len(keys)
        self.before = self.units[self.place - 1] if self.place > 0 and self.units else None
        self.after = self.units[self.place + 1] if self.place + 1 < len(self.units) else None

    def form(self, data):
        findings, note = [], ""
        if self.visit is not None:
            findings = list(Finding.objects.filter(section=self.section, visit=self.visit))
            known = InspectionNote.objects.filter(section=self.section, visit=self.visit).first()
            note = known.text if known else ""
        self.findings = findings
        return VisitForm(
            data,
            user=self.request.user,
            section=self.section,
            visit=self.visit,
            dwelling=self.unit.dwelling,
            findings=findings,
            note=note,
        )

    def posted(self):
        """What was posted; a pressed − or + (without script) has already counted."""
        if self.request.method != "POST":
            return None
        data = self.request.POST.copy()
        name, _, delta = data.get("schritt", "").partition(":")
        if name in VisitForm.count_names() and delta in ("1", "-1"):
            with contextlib.suppress(ValueError):
                data[name] = str(max(int(data.get(name) or 0) + int(delta), 0))
        return data

    def post(self, request, *args, **kwargs):
        self.prepare()
        form = self.get_form()
        if not form.is_valid():
            return self.page(form)
        try:
            with transaction.atomic():
                visit = self.save(form)
        except services.Contested as error:
            for name, (now, _) in error.fields.items():
                form.add_error(
                    name,
                    f"Eine andere Stelle hat inzwischen {now if now not in (None, '') else 'nichts'} eingetragen.",
                )
            form.add_error(None, error.messages[0])
            # The page now shows what stands there: saving again means to overrule it.
            self.visit.refresh_from_db()
            form.initial |= {name: getattr(self.visit, name) for name in error.fields}
            return self.page(form, status=409)
        except ValidationError as error:
            for name, texts in getattr(error, "message_dict", {"": error.messages}).items():
                form.add_error(name if name in form.fields else None, texts)
            return self.page(form)
        for note in form.wording_notes():
            messages.warning(request, note)
        return HttpResponseRedirect(self.next_address(visit))

    def save(self, form):
        by, data = self.request.user, form.cleaned_data
        changes, seen = form.changes()
        leaving = "weiter" in self.request.POST
        access = changes.get("access", self.visit.access if self.visit else "")
        if leaving and access and not (self.visit and self.visit.done):
            changes["done"] = True
        visit = services.record_visit(
            self.inspection,
            by=by,
            section=self.section,
            changes=changes,
            seen=seen,
            visit=self.visit,
            dwelling=self.unit.dwelling,
            client_key=self.client_key(),
        )
        for item, severity in form.answers(rest="rest" in self.request.POST):
            services.record_answer(
                self.section, item, severity, by=by, inspection=self.inspection, visit=visit
            )
        if form.note_changed:
            services.write_note(
                self.section, data["note"].strip(), by=by, visit=visit, inspection=self.inspection
            )
        return visit

    def client_key(self):
        try:
            return uuid.UUID(self.request.POST.get("client_key", ""))
        except ValueError:
            return None

    def next_address(self, visit):
        post, here = self.request.POST, self.unit_address(str(visit.dwelling_id or visit.pk))
        if "hilfe" in post:
            return help_address(self.section, visit)
        if "weiter" in post:
            return self.unit_address(self.after.key) if self.after else self.house_address()
        if wanted := post.get("ergaenzen") or post.get("foto"):
            found = Finding.objects.filter(section=self.section, visit=visit)
            found = next((row for row in found if str(row.item_id) == wanted), None)
            if found is not None and "ergaenzen" in post:
                return f"{reverse('objects:inspection_finding', args=[found.pk])}?von=vor-ort"
            if "foto" in post:
                row = found or visit
                address = reverse("web:files_add", args=[row._meta.label_lower, row.pk])
                return f"{address}?{urlencode({'zurueck': here})}"
        return here

    def page(self, form, status=200):
        visit = self.visit
        context = self.get_context_data(
            form=form,
            unit=self.unit,
            visit=visit,
            number=self.place + 1,
            total=max(len(self.units), self.place + 1),
            before=self.before and self.unit_address(self.before.key),
            before_label=self.before and self.before.label,
            after=self.after and self.unit_address(self.after.key),
            after_label=self.after and self.after.label,
            house_url=self.house_address(),
            occupancy=occupancy.check(visit, self.day.date) if visit else None,
            doubts=visit.doubts() if visit else [],
            others=self.others(),
            photos=self.photos(),
            client_key=self.typed_data().get("client_key") or (visit.client_key if visit else uuid.uuid4()),
            title=f"Vor Ort: {self.inspection}, {self.unit.label}",
        )
        return self.render_to_response(context, status=status)

    def photos(self):
        """Photos of this dwelling and of what was found in it."""
        if self.visit is None:
            return []
        user = self.request.user
        found = attachments_on(user, DwellingVisit, [self.visit.pk])
        found |= attachments_on(user, Finding, [row.pk for row in self.findings])
        rows = [row for files in found.values() for row in files if row.is_image]
        return sorted(rows, key=lambda row: row.created_at, reverse=True)

    def others(self):
        """[(department, state, words, internal)] of the other sections, for this dwelling."""
        sections = self.day.sections.exclude(pk=self.section.pk).select_related("department")
        readable = {}
        if self.visit is not None:
            rows = Finding.objects.restrict(self.request.user, "view").filter(visit=self.visit).defects()
            for department, severity in rows.order_by().values_list("department", "severity"):
                readable.setdefault(department, []).append(severity)
        result = []
        for section in sections:
            internal = section.department.default_visibility == Visibility.INTERNAL
            found = readable.get(section.department_id, [])
            if internal:
                words = "Abschnitt vorhanden, Inhalt intern"
            else:
                words = (
                    "keine Feststellung"
                    if not found
                    else f"{len(found)} Feststellung{'en' if len(found) > 1 else ''}"
                )
                if dangers := found.count("danger"):
                    words += f", {dangers} Gefahr"
            result.append((section.department, section, words, internal))
        return result
