"""One complaint: what was reported, who acts, what comes next."""

from django.urls import reverse

from soe.web.files.panel import FilesMixin
from soe.web.letters.views import LettersMixin
from soe.web.views import Action, ScopedDetailView, ScopedUpdateView

from ..forms import ComplaintUpdateForm
from ..models import Complaint, ComplaintReference, ComplaintReporter

State = Complaint.State


def is_new(row):
    return row.state == State.NEW and not row.forwarded_to_id


def is_open(row):
    return row.is_open


def forwarded(row):
    return row.forwarded_to_id is not None


class ComplaintDetailView(FilesMixin, LettersMixin, ScopedDetailView):
    queryset = Complaint.objects.select_related(
        "address__street", "department", "recorded_in", "forwarded_to", "repeats", "handler"
    ).prefetch_related("topics__category", "involvements__department", "links__property", "repetitions")
    template_name = "objects/complaints/detail.html"
    actions = (
        Action(
            "Antwort festhalten", "objects:complaint_answer", when=lambda row: row.state == State.IN_PROGRESS
        ),
        Action("Zwischennachricht", "objects:complaint_interim", when=lambda row: row.awaits_answer),
        Action("Zuweisen", "objects:complaint_assign", when=lambda row: row.state != State.CLOSED),
        Action("Abschließen", "objects:complaint_close", when=lambda row: row.state != State.CLOSED),
        Action("Weiterleiten", "objects:complaint_forward", when=is_open),
        Action("Fachbereich beteiligen", "objects:complaint_involve", when=is_open),
        Action("Angaben ändern", "objects:complaint_update", when=lambda row: row.state != State.CLOSED),
        Action(
            "Meldende Person ändern",
            "objects:complaint_reporter",
            action="reporter",
            when=lambda r: not r.anonymous,
        ),
        Action(
            "Wieder aufnehmen",
            "objects:complaint_reopen",
            when=lambda row: row.state in (State.CLOSED, State.ANSWERED),
        ),
    )

    def get_title(self):
        return self.object.title

    def get_crumbs(self):
        return [("Beschwerden", reverse("objects:complaint_list"))]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        row, user = self.object, self.request.user
        reporter = ComplaintReporter.objects.restrict(user, "view").filter(complaint=row).first()
        context.update(
            reporter=reporter,
            may_see_reporter=self.can("reporter", row),
            may_change=self.can("change", row),
            may_receive=forwarded(row) and self.can("receive", row),
            may_link=row.state != State.CLOSED and self.can("link", row),
            is_new=is_new(row),
            mine=[
                entry
                for entry in row.involvements.all()
                if entry.noted_on is None and entry.department_id in self._own()
            ],
            same_house=self._same_house(),
            references=ComplaintReference.objects.restrict(user)
            .filter(complaint=row)
            .current()
            .select_related("proceeding__department", "inspection__day", "inspection__property"),
            escalations=row.escalations.select_related("level") if row.awaits_answer else (),
        )
        return context

    def _own(self):
        if not hasattr(self, "_own_ids"):
            from soe.departments.scope import departments_granting

            self._own_ids = departments_granting(self.request.user, "complaint.route")
        return self._own_ids

    def _same_house(self):
        if self.object.address_id is None:
            return []
        rows = Complaint.objects.restrict(self.request.user).filter(address=self.object.address_id)
        return rows.exclude(pk=self.object.pk).select_related("address__street")[:5]


class ComplaintUpdateView(ScopedUpdateView):
    queryset = Complaint.objects.select_related("address__street").prefetch_related("topics")
    form_class = ComplaintUpdateForm
    title = "Angaben ändern"
    success_message = "Die Beschwerde ist geändert."
