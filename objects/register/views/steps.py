"""What people do on a property: each step a page that asks, and a method of the model that acts."""

from django.urls import reverse

from soe.web.views import ActionView, ScopedUpdateView

from .. import services
from ..forms import base, properties, steering
from ..models import (
    Building,
    Dwelling,
    Goal,
    Ownership,
    Parcel,
    Participation,
    ProblemArea,
    Property,
    PropertyAddress,
)
from ..reach import check_acting


class OnProperty(ActionView):
    """A step on a property itself."""

    queryset = Property.objects.select_related("lead_department")

    def get_crumbs(self):
        return [
            ("Objekte", reverse("objects:property_list")),
            (f"{self.object.number} {self.object.title}", self.object.get_absolute_url()),
        ]


class OnPart(ActionView):
    """A step on something that belongs to a property (`property` of the row)."""

    def get_crumbs(self):
        house = self.object.property
        return [
            ("Objekte", reverse("objects:property_list")),
            (f"{house.number} {house.title}", house.get_absolute_url()),
        ]


class PropertyUpdateView(ScopedUpdateView):
    queryset = Property.objects.select_related("lead_department")
    form_class = properties.PropertyForm
    title = "Angaben zum Objekt ändern"
    submit_label = "Änderungen speichern"
    get_crumbs = OnProperty.get_crumbs


# --- problem areas --------------------------------------------------------------------------------------------------


class ProblemReportView(OnProperty):
    form_class = steering.ProblemReportForm
    title = "Problemlage melden"
    submit_label = "Problemlage melden"
    success_message = "Die Problemlage ist als Verdacht gemeldet."

    def perform(self, obj, form):
        check_acting(obj, form.cleaned_data["department"])
        services.report_problem(obj, by=self.request.user, **form.cleaned_data)


class ProblemConfirmView(OnPart):
    queryset = ProblemArea.objects.select_related("property")
    form_class = steering.ProblemConfirmForm
    submit_label = "Problemlage bestätigen"
    success_message = "Die Problemlage ist bestätigt."

    def get_title(self):
        return f"Problemlage bestätigen: {self.object.get_kind_display()}"

    def get_initial(self):
        return {"severity": self.object.severity}

    def perform(self, obj, form):
        check_acting(obj.property, form.cleaned_data["department"])
        obj.confirm(by=self.request.user, **form.cleaned_data)


class ProblemResolveView(OnPart):
    queryset = ProblemArea.objects.select_related("property")
    form_class = steering.ProblemResolveForm
    method = "resolve"
    submit_label = "Problemlage erledigen"
    success_message = "Die Problemlage ist erledigt."

    def get_title(self):
        return f"Problemlage erledigen: {self.object.get_kind_display()}"


# --- traffic light and goal -----------------------------------------------------------------------------------------


class AssessView(OnProperty):
    action = "steer"
    form_class = steering.AssessForm
    title = "Ampel bewerten"
    submit_label = "Bewertung speichern"
    success_message = "Die Ampel ist bewertet. Frühere Bewertungen bleiben stehen."

    def get_initial(self):
        return steering.AssessForm.initial_of(self.object)

    def perform(self, obj, form):
        services.assess(obj, by=self.request.user, **form.cleaned_data)


class GoalSetView(OnProperty):
    action = "steer"
    form_class = steering.GoalForm
    title = "Ziel festlegen"
    submit_label = "Ziel festlegen"
    success_message = "Das Ziel ist festgelegt."
    template_name = "objects/register/goal_form.html"

    def get_initial(self):
        return {"department": self.object.lead_department_id, "stage": 1}

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"goal": self.object.goals.current().first()}

    def perform(self, obj, form):
        services.set_goal(obj, by=self.request.user, **form.cleaned_data)


class OnGoal(OnPart):
    queryset = Goal.objects.select_related("property")
    template_name = "objects/register/goal_form.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"goal": self.object}


class GoalReviewView(OnGoal):
    form_class = steering.GoalReviewForm
    method = "review"
    title = "Ziel überprüfen"
    submit_label = "Überprüfung festhalten"
    success_message = "Die Überprüfung ist festgehalten."

    def get_initial(self):
        return {"stage": self.object.stage, "lever": self.object.lever, "blocker": self.object.blocker}


class GoalEndView(OnGoal):
    form_class = steering.GoalEndForm
    method = "end"
    title = "Ziel beenden"
    submit_label = "Ziel beenden"
    success_message = "Das Ziel ist beendet."


# --- participation and lead -----------------------------------------------------------------------------------------


class WithHouse:
    """The form needs to know the property."""

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"house": self.object}


class ParticipationOfferView(WithHouse, OnProperty):
    action = "steer"
    form_class = steering.OfferForm
    title = "Fachbereich beteiligen"
    submit_label = "Beteiligung anfragen"
    success_message = "Die Anfrage liegt bei den Fachbereichen unter „Wartet auf uns“."

    def perform(self, obj, form):
        data = form.cleaned_data
        for department in data["departments"]:
            services.participate(
                obj, department, by=self.request.user, question=data["question"], on=data["on"]
            )


class OnParticipation(OnPart):
    queryset = Participation.objects.select_related("property", "department")
    template_name = "objects/register/participation_form.html"


class ParticipationAcceptView(OnParticipation):
    form_class = steering.AcceptForm
    method = "accept"
    title = "Beteiligung annehmen"
    submit_label = "Beteiligung annehmen"
    success_message = "Ihr Fachbereich ist jetzt beteiligt und kann am Objekt handeln."


class ParticipationDeclineView(OnParticipation):
    form_class = steering.DeclineForm
    method = "decline"
    title = "Beteiligung ablehnen"
    submit_label = "Beteiligung ablehnen"
    success_message = "Die Beteiligung ist abgelehnt. Die Begründung steht in der Zeitleiste."


class ParticipationReofferView(OnParticipation):
    """Ask once more a department that declined or left; the earlier answer stays."""

    action = "steer"
    form_class = steering.ReofferForm
    title = submit_label = "Erneut anfragen"
    success_message = "Die Anfrage liegt wieder beim Fachbereich."

    def get_initial(self):
        return {"question": self.object.question}

    def perform(self, obj, form):
        obj.reoffer(by=self.request.user, question=form.cleaned_data["question"])


class ParticipationCloseView(OnParticipation):
    form_class = steering.ParticipationCloseForm
    method = "close"
    title = "Beteiligung beenden"
    submit_label = "Beteiligung beenden"
    success_message = "Die Beteiligung ist beendet."


class ParticipationWithdrawView(OnParticipation):
    """Whoever steers the property takes an unanswered offer back."""

    action = "steer"
    form_class = base.ReasonForm
    method = "withdraw"
    title = "Anfrage zurückziehen"
    submit_label = "Anfrage zurückziehen"
    success_message = "Die Anfrage ist zurückgezogen."


class LeadView(WithHouse, OnProperty):
    action = "steer"
    form_class = steering.LeadForm
    method = "change_lead"
    title = "Federführung wechseln"
    submit_label = "Federführung wechseln"
    success_message = "Die Federführung ist gewechselt."


# --- leaving and coming back ----------------------------------------------------------------------------------------


class RetireView(OnProperty):
    action = "steer"
    form_class = steering.RetireForm
    method = "retire"
    title = "Objekt abschließen"
    submit_label = "Objekt abschließen"
    success_message = "Das Objekt ist abgeschlossen. Es kann wieder aufgenommen werden."
    danger = True


class ReopenView(OnProperty):
    action = "steer"
    form_class = base.ReasonOnForm
    method = "reopen"
    title = "Objekt wieder aufnehmen"
    submit_label = "Wieder aufnehmen"
    success_message = "Das Objekt steht wieder im Kataster."


# --- addresses, parcels, dwellings, rights --------------------------------------------------------------------------


class AddressAddView(OnProperty):
    form_class = properties.AddressAddForm
    title = "Anschrift hinzufügen"
    submit_label = "Anschrift hinzufügen"
    success_message = "Die Anschrift gehört jetzt zum Objekt."

    def perform(self, obj, form):
        services.add_address(obj, by=self.request.user, **form.cleaned_data)


class AddressEndView(OnPart):
    queryset = PropertyAddress.objects.select_related("property", "address__street")
    form_class = base.ReasonOnForm
    submit_label = "Anschrift entfernen"
    success_message = "Die Anschrift gehört nicht mehr zum Objekt."

    def get_title(self):
        return f"Anschrift entfernen: {self.object.line}"

    def perform(self, obj, form):
        services.end_address(obj, by=self.request.user, **form.cleaned_data)


class ParcelAddView(OnProperty):
    form_class = properties.ParcelForm
    title = "Flurstück hinzufügen"
    submit_label = "Flurstück hinzufügen"
    success_message = "Das Flurstück ist eingetragen."

    def perform(self, obj, form):
        form.build(obj).save()


class EndOnPart(OnPart):
    """The row stays with the day it ended."""

    form_class = base.ReasonOnForm

    def perform(self, obj, form):
        services.end_part(obj, by=self.request.user, **form.cleaned_data)


class ParcelEndView(EndOnPart):
    queryset = Parcel.objects.select_related("property")
    title = "Flurstück entfernen"
    submit_label = "Flurstück entfernen"
    success_message = "Das Flurstück gehört nicht mehr zum Objekt."


class BuildingEndView(EndOnPart):
    queryset = Building.objects.select_related("property")
    submit_label = "Gebäude entfernen"
    success_message = "Das Gebäude ist entfallen."

    def get_title(self):
        return f"Gebäude entfernen: {self.object.name}"


class DwellingEndView(EndOnPart):
    queryset = Dwelling.objects.select_related("property")
    submit_label = "Wohneinheit entfernen"
    success_message = "Die Wohneinheit ist entfallen."

    def get_title(self):
        return f"Wohneinheit entfernen: {self.object.location}"


class OwnershipEndView(OnPart):
    queryset = Ownership.objects.select_related("property", "party")
    form_class = base.ReasonOnForm
    method = "end"
    submit_label = "Recht beenden"
    success_message = "Das Recht ist beendet; im Verlauf bleibt es stehen."

    def get_title(self):
        return f"{self.object.get_role_display()} beenden: {self.object.party}"
