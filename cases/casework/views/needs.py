"""Recording the needs assessment, and how it is shown: eight bars, the time before as a triangle."""

from django.db.models import Prefetch

from ... import services
from ...choices import Domain
from ..forms import NeedsForm
from ..needs import GREAT_NEED, AssessmentScore, NeedsAssessment
from .common import CaseStep


def latest_scores(user, case, plan) -> dict:
    """The newest assessment the reader may see, each domain beside the value before it and its goal."""
    scores = AssessmentScore.objects.all()
    recent = list(
        NeedsAssessment.objects.filter(case=case)
        .restrict(user, "view")
        .order_by("-held_on", "-created_at")
        .prefetch_related(Prefetch("scores", queryset=scores))[:2]
    )
    if not recent:
        return {"rows": [], "on": None, "before_on": None}
    now = {score.domain: score.score for score in recent[0].scores.all()}
    before = {score.domain: score.score for score in recent[1].scores.all()} if len(recent) > 1 else {}
    goals = {goal.domain: goal.position for goal in plan.shown_goals} if plan is not None else {}
    rows = []
    for domain in Domain:
        if domain.value not in now:
            continue
        value, earlier = now[domain.value], before.get(domain.value)
        if earlier is None:
            change = str(value)
        elif earlier == value:
            change = f"{value}, unverändert"
        else:
            change = f"{value}, vorher {earlier}"
        rows.append(
            {
                "domain": domain,
                "score": value,
                "bars": [(place * 22, place < value) for place in range(4)],
                "low": value == GREAT_NEED,
                "before_x": (earlier - 1) * 22 + 10 if earlier else None,
                "words": change,
                "goal": goals.get(domain.value),
                "needs_goal": value == GREAT_NEED and domain.value not in goals,
            }
        )
    return {"rows": rows, "on": recent[0].held_on, "before_on": recent[1].held_on if before else None}


class NeedsCreateView(CaseStep):
    form_class = NeedsForm
    template_name = "cases/needs_create.html"
    title = "Bedarfsanalyse erfassen"
    lead = "Von 1, große Not, bis 4, kommt allein zurecht. Nur was besprochen wurde."
    submit_label = "Bedarfsanalyse speichern"
    success_message = ""

    def get_form_kwargs(self):
        newest = NeedsAssessment.objects.filter(case=self.object).order_by("-held_on", "-created_at").first()
        previous = {score.domain: score.score for score in newest.scores.all()} if newest else {}
        return super().get_form_kwargs() | {"previous": previous}

    def perform(self, obj, form):
        services.assess(obj, by=self.request.user, scores=form.scores, on=form.cleaned_data["on"])
        low = [domain.label for domain, score in form.scores.items() if score == GREAT_NEED]
        text = "Bedarfsanalyse gespeichert."
        if low:
            text += f" Große Not bei {', '.join(low)}: Bitte legen Sie dazu ein Ziel an."
        self.success_message = text.replace("{", "(").replace("}", ")")
