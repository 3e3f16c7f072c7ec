"""/beschwerden/neu/: one screen while the caller is on the phone."""

from django.contrib import messages
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.generic import TemplateView

from objects.addresses.views import AddressSuggestView
from objects.register.models import Property, PropertyAddress
from soe.departments.models import Department
from soe.departments.scope import departments_granting
from soe.web.views import ScopedCreateView, ScopedMixin

from ..forms import ComplaintForm
from ..models import Complaint
from ..services import answer_deadline, record_complaint
from .hints import hints_for


class ComplaintCreateView(ScopedCreateView):
    """Records, routes and links. „Vorschlag prüfen“ shows the hints without script and saves nothing."""

    queryset = Complaint.objects.all()
    form_class = ComplaintForm
    template_name = "objects/complaints/create.html"
    title = "Beschwerde aufnehmen"
    lead = "Pflicht sind nur Anschrift und Sachverhalt. Alles andere kann später ergänzt werden."
    submit_label = "Beschwerde speichern"
    success_message = ""
    prefill = ("address", "channel", "categories")

    def get_crumbs(self):
        return [("Beschwerden", reverse("objects:complaint_list"))]

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        del kwargs["instance"]
        return kwargs

    def post(self, request, *args, **kwargs):
        if "pruefen" in request.POST:
            self.prepare()
            form = self.form_class(user=request.user, initial=_typed(request.POST))
            return self.render_to_response(self.get_context_data(form=form, checked=True))
        return super().post(request, *args, **kwargs)

    def save(self, form):
        data = form.cleaned_data
        return record_complaint(
            by=self.request.user,
            recorded_in=data["department"],
            text=data["text"],
            address=data["address"],
            place=data["place"],
            categories=data["categories"],
            channel=data["channel"],
            received_at=data["received_at"],
            reporter_name=data["name"],
            reporter_contact=data["contact"],
            anonymous=data["anonymous"],
            wants_answer=data["wants_answer"],
            department=data["lead"],
            participants=data["joining"] or None,
            repeats=data["repeats"],
            open_with=data["problem_areas"],
            also_about=data["also_about"],
        )

    def after_save(self, form):
        super().after_save(form)
        told = [row.department.short_name for row in self.object.involvements.select_related("department")]
        also = f", beteiligt: {', '.join(told)}" if told else ""
        messages.success(
            self.request,
            format_html(
                'Beschwerde <a href="{}">{}</a> ist gespeichert. Sie geht an: {}{}.',
                self.object.get_absolute_url(),
                self.object.number,
                self.object.department,
                also,
            ),
        )

    def get_success_url(self):
        if "naechste" in self.request.POST:
            return reverse("objects:complaint_create")
        return self.object.get_absolute_url()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        data = self.typed_data()
        hints = hints_for(data, self.request.user, _own_department(self.request.user))
        context.update(
            hints=hints,
            answer_due=answer_deadline(timezone.now(), hints.categories),
            show_unofficial=hints.unknown or "unofficial" in data,
        )
        return context


class ComplaintHintsView(ScopedMixin, TemplateView):
    """The hints alone, asked again by the page when place, categories or receivers change."""

    queryset = Complaint.objects.all()
    action = "add"
    template_name = "objects/complaints/hints.html"

    @classmethod
    def policy_rows(cls):
        return False

    def get_context_data(self, **kwargs):
        user = self.request.user
        hints = hints_for(self.request.GET, user, _own_department(user))
        form = ComplaintForm(user=user, initial={"unofficial": "unofficial" in self.request.GET})
        return {
            "hints": hints,
            "form": form,
            "show_unofficial": hints.unknown,
            "answer_due": answer_deadline(timezone.now(), hints.categories),
        }


class PlaceSuggestView(AddressSuggestView):
    """Addresses, each with the property that stands there: the caller's house is recognised while typing."""

    def find(self, rows, query):
        found = super().find(rows, query)
        visible = Property.objects.restrict(self.request.user, "view").order_by().values("pk")
        taken = PropertyAddress.objects.current().filter(address__in=found, property__in=visible)
        self.houses = {row.address_id: row.property for row in taken.select_related("property__summary")}
        return found

    def note(self, obj):
        house = self.houses.get(obj.pk)
        if house is None:
            return obj.district
        light = house.summary.get_pressure_display() if house.summary.light else ""
        parts = [obj.district, f"im Kataster: {house.number}", f"Druck {light}" if light else ""]
        return " · ".join(part for part in parts if part)


def _own_department(user):
    return Department.objects.filter(pk__in=departments_granting(user, "complaint.record")).first()


def _typed(data: QueryDict):
    """What was typed so far, as initial values of a fresh form: nothing is checked, nothing is lost."""
    initial = {name: data.get(name, "") for name in ComplaintForm.base_fields if name in data}
    for name in ("categories", "problem_areas", "joining", "also_about"):
        initial[name] = data.getlist(name)
    initial["address"] = (data.get("address", ""), data.get("address_text", ""))
    for name in ("unofficial", "wants_answer"):
        initial[name] = name in data
    return initial
