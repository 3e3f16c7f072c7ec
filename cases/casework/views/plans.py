"""The help plan on the page of a case, and every change of it."""

from django.db.models import Prefetch
from django.urls import reverse

from soe.web.forms import Form
from soe.web.views import ActionView

from ... import services
from ...access import OWN_WORK
from ..forms import DayForm, GoalForm, OutcomeForm, PerspectiveForm, StepForm, StuckForm
from ..plans import HelpPlan, PlanGoal, PlanStep
from .common import CRUMBS, CasePart, CaseStep


def shown_plan(user, case, version=None):
    """The newest version the reader may see (or the named one), goals and steps read in two queries."""
    plans = list(HelpPlan.objects.filter(case=case).restrict(user, "view").order_by("-number"))
    if not plans:
        return None
    plan = next((row for row in plans if str(row.number) == version), plans[0])
    plan.newest = plan is plans[0]
    plan.versions = [row for row in plans if row is not plan]
    steps = PlanStep.objects.select_related("department").order_by("position")
    plan.shown_goals = list(
        plan.goals.order_by("position").prefetch_related(Prefetch("steps", queryset=steps))
    )
    for goal in plan.shown_goals:
        goal.shown_steps = list(goal.steps.all())
        goal.done_count = sum(step.done_on is not None for step in goal.shown_steps)
    return plan


class PerspectiveView(CaseStep):
    form_class = PerspectiveForm
    title = "Gemeinsame Perspektive"
    submit_label = "Perspektive speichern"
    success_message = "Die Perspektive steht im Entwurf des Hilfeplans."

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        newest = HelpPlan.objects.filter(case=self.object).order_by("-number").first()
        return kwargs | {"instance": HelpPlan(perspective=newest.perspective if newest else "")}

    def perform(self, obj, form):
        services.set_perspective(obj, by=self.request.user, perspective=form.cleaned_data["perspective"])


class GoalCreateView(CasePart):
    """`?domain=health` comes from a great need without a goal."""

    queryset = PlanGoal.objects.all()
    form_class = GoalForm
    title = "Ziel hinzufügen"
    lead = "Ein unterschriebener Hilfeplan bekommt dafür eine neue Fassung."
    submit_label = "Ziel speichern"
    prefill = ("domain",)
    success_message = "Ziel gespeichert."

    def save(self, form):
        data = form.cleaned_data
        return services.add_goal(
            self.parent, by=self.request.user, domain=data["domain"], title=data["title"], due=data["due"]
        )


class GoalPart(ActionView):
    queryset = PlanGoal.objects.select_related("plan__case")
    read_basis = OWN_WORK

    def get_crumbs(self):
        case = self.case()
        return [CRUMBS, (case.number, case.get_absolute_url())]

    def case(self):
        return self.object.plan.case

    def get_cancel_url(self):
        return self.case().get_absolute_url()

    def get_success_url(self):
        return self.case().get_absolute_url()


class StepCreateView(GoalPart):
    form_class = StepForm
    title = "Schritt hinzufügen"
    submit_label = "Schritt speichern"
    success_message = "Schritt gespeichert."

    @property
    def lead(self):
        return f"Ziel: {self.object.title}"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"instance": PlanStep()}

    def perform(self, obj, form):
        data = form.cleaned_data
        services.add_step(
            obj,
            by=self.request.user,
            title=data["title"],
            due=data["due"],
            department=data["department"],
            who=data["who"],
        )
        return self.get_success_url()


class GoalRateView(GoalPart):
    form_class = OutcomeForm
    title = "Ergebnis des Ziels"
    submit_label = "Ergebnis speichern"

    def perform(self, obj, form):
        obj.rate(by=self.request.user, outcome=form.cleaned_data["outcome"])


class StepAction(GoalPart):
    queryset = PlanStep.objects.select_related("goal__plan__case")

    def case(self):
        return self.object.goal.plan.case


class StepDoneView(StepAction):
    form_class = DayForm
    title = "Schritt erledigt"
    submit_label = "Als erledigt eintragen"
    success_message = "Der Schritt ist erledigt."

    @property
    def lead(self):
        return self.object.title

    def perform(self, obj, form):
        obj.complete(by=self.request.user, on=form.cleaned_data["on"])


class StepStuckView(StepAction):
    form_class = StuckForm
    title = "Schritt steckt fest"
    submit_label = "Eintragen"
    success_message = "Eingetragen, woran es hängt."

    @property
    def lead(self):
        return self.object.title

    def perform(self, obj, form):
        obj.get_stuck(by=self.request.user, on_what=form.cleaned_data["on_what"])


class PlanSignView(CaseStep):
    form_class = DayForm
    title = "Hilfeplan unterschreiben"
    lead = "Die Person hat diese Fassung unterschrieben. Änderungen ergeben danach eine neue Fassung."
    submit_label = "Unterschrift eintragen"
    success_message = "Die Fassung ist unterschrieben."

    def perform(self, obj, form):
        services.sign_plan(obj, by=self.request.user, on=form.cleaned_data["on"])


class PlanDraftView(CaseStep):
    """A signed plan shall change: copy it."""

    form_class = Form
    title = "Neue Fassung beginnen"
    lead = "Ziele und Schritte werden übernommen. Die unterschriebene Fassung bleibt, wie sie ist."
    submit_label = "Neue Fassung beginnen"
    success_message = "Der Entwurf der neuen Fassung ist angelegt."

    def perform(self, obj, form):
        HelpPlan.draft_for(obj, by=self.request.user)
        return reverse("cases:case_detail", args=[obj.pk])
