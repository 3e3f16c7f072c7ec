"""Answering an invitation."""

from soe.web.views import ActionView

from ..forms import AnswerForm
from ..models import InspectionParticipation
from .sections import crumbs_of


class AnswerView(ActionView):
    queryset = InspectionParticipation.objects.select_related("day__lead", "department")
    action = "answer"
    form_class = AnswerForm
    template_name = "objects/inspections/answer.html"
    submit_label = "Antwort speichern"
    success_message = "Ihre Antwort ist gespeichert."

    def get_crumbs(self):
        return crumbs_of(self.object.day)

    def get_title(self):
        return f"Einladung zu {self.object.day}"

    def get_initial(self):
        row = self.object
        answer = {"accepted": "accept", "declined": "decline"}.get(row.state, "")
        return {
            "answer": answer,
            "people": row.people,
            "headcount": row.headcount,
            "reason": row.answer_reason,
        }

    def perform(self, obj, form):
        data = form.cleaned_data
        if data["answer"] == "decline":
            if obj.state != "declined":
                obj.decline(by=self.request.user, reason=data["reason"])
        elif obj.state == "accepted":
            obj.note_presence(obj.present, people=data["people"], headcount=data["headcount"])
        else:
            obj.accept(by=self.request.user, people=data["people"], headcount=data["headcount"])
        return obj.day.get_absolute_url()

    def get_context_data(self, **kwargs):
        day = self.object.day
        return super().get_context_data(**kwargs) | {
            "day": day,
            "houses": list(day.inspections.select_related("property")),
            "others": list(day.participations.exclude(pk=self.object.pk).select_related("department")),
        }
