"""Attendance, the words of the minutes, and the files of a meeting."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.generic import View

from soe.departments.models import Department
from soe.web import text
from soe.web.calendars.views import EventFileView
from soe.web.views import ActionView, ScopedMixin

from ..calendars import event
from ..forms import meetings as forms
from ..models import Addendum, AgendaItem, Attendance, Decision, Meeting, Minutes
from .meetings import WITH_MINUTES, StepView

S = Meeting.State


# --- attendance --------------------------------------------------------------------------------------------------


class AttendanceListView(StepView):
    """Who is there, as one list of ticks; the live page posts here as well."""

    form_class = forms.PresentForm
    title = "Anwesenheit"
    submit_label = "Anwesenheit speichern"
    lead = "Entschuldigungen, Vertretungen und Zeiten tragen Sie bei der einzelnen Person oder Stelle ein."
    success_message = "Die Anwesenheit ist gespeichert."
    template_name = "steering/attendance.html"

    def prepare(self):
        super().prepare()
        rows = self.object.attendances.select_related("department", "seat__user", "seat__department")
        self.rows = list(rows)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"rows": self.rows}

    def seen_rows(self):
        return self.rows

    def perform(self, obj, form):
        obj.note_present(form.cleaned_data["present"], by=self.request.user)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"rows": self.rows, "meeting": self.object}


class AttendanceView(ActionView):
    queryset = Attendance.objects.select_related(
        "meeting__committee", "department", "seat__user", "seat__department"
    )
    form_class = forms.AttendanceForm
    submit_label = "Anwesenheit speichern"
    success_message = "Die Anwesenheit ist gespeichert."

    def get_title(self):
        return str(self.object.holder)

    def get_crumbs(self):
        return [(str(self.object.meeting), self.object.meeting.get_absolute_url())]

    def get_initial(self):
        row = self.object
        return {"status": row.status, "substitute": row.substitute, "arrived_at": row.arrived_at}

    def perform(self, obj, form):
        obj.set(by=self.request.user, **form.cleaned_data)
        return obj.meeting

    def get_cancel_url(self):
        return self.object.meeting.get_absolute_url()


class GuestView(StepView):
    """A department that is heard on an item; it has no vote."""

    step = "add_guest"
    form_class = forms.GuestForm
    title = "Gast aufnehmen"
    submit_label = "Gast aufnehmen"
    success_message = "Der Gast steht in der Anwesenheitsliste."

    def get_initial(self):
        return {}

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        form.fields["department"].queryset = Department.objects.active()
        return form


# --- minutes -----------------------------------------------------------------------------------------------------


class MinutesView(StepView):
    """Opening and closing words of the minutes."""

    form_class = forms.MinutesForm
    title = "Eröffnung und Schluss des Protokolls"
    submit_label = "Protokoll speichern"
    success_message = "Das Protokoll ist gespeichert."

    def prepare(self):
        super().prepare()
        self.minutes = Minutes.objects.filter(meeting=self.object).first()
        if self.minutes is None:
            raise Http404("Protokoll gibt es ab Beginn der Sitzung.")

    def seen_rows(self):
        return self.minutes

    def get_initial(self):
        return {"opening": self.minutes.opening, "closing": self.minutes.closing}

    def perform(self, obj, form):
        self.minutes.write(by=self.request.user, **form.cleaned_data)


class AddendumView(StepView):
    form_class = forms.AddendumForm
    title = "Nachtrag schreiben"
    submit_label = "Nachtrag festhalten"
    lead = (
        "Das genehmigte Protokoll bleibt, wie es ist. Der Nachtrag steht daneben und lässt sich nicht ändern."
    )
    success_message = "Der Nachtrag steht beim Protokoll."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"meeting": self.object}

    def perform(self, obj, form):
        Addendum.add(obj, by=self.request.user, **form.cleaned_data)


# --- files -------------------------------------------------------------------------------------------------------


class MeetingFileView(ScopedMixin, View):
    queryset = Meeting.objects.select_related("committee__chair")

    def file_name(self, meeting, ending):
        return f"{meeting.reference.replace('/', '-')}.{ending}"

    def answer(self, content, content_type, name):
        return HttpResponse(
            content,
            content_type=content_type,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


class MeetingIcsView(EventFileView):
    queryset = Meeting.objects.select_related("committee__chair")

    def event(self, obj, url):
        return event(obj, url)

    def file_name(self, obj):
        return f"{obj.reference.replace('/', '-')}.ics"


class MinutesPdfView(MeetingFileView):
    """The minutes as this reader may see them; confidential items of others are left out and counted."""

    def get(self, request, *args, **kwargs):
        from ..pdf import minutes_pdf

        meeting = self.get_object()
        if meeting.state not in WITH_MINUTES:
            raise Http404("Protokoll gibt es ab Beginn der Sitzung.")
        return self.answer(
            minutes_pdf(minutes_context(meeting, request.user)),
            "application/pdf",
            self.file_name(meeting, "pdf"),
        )


def minutes_context(meeting, user):
    items = AgendaItem.objects.restrict(user).filter(meeting=meeting).order_by("position")
    items = list(items.select_related("proposer", "referred_to").prefetch_related("addenda"))
    decisions = (
        Decision.objects.filter(item__in=items).select_related("responsible").prefetch_related("conditions")
    )
    by_item = {
        decision.item_id: decision for decision in decisions.prefetch_related("participations__department")
    }
    for item in items:
        item.shown_decision = by_item.get(item.pk)
    addenda = Addendum.objects.restrict(user).filter(meeting=meeting).select_related("item")
    return {
        "meeting": meeting,
        "minutes": Minutes.objects.filter(meeting=meeting).first(),
        "items": items,
        "left_out": meeting.items.count() - len(items),
        "attendances": meeting.attendances.select_related("department", "seat__user", "seat__department"),
        "addenda": addenda,
        "quorum": meeting.quorum(),
        "approved": meeting.state == S.APPROVED,
        "when": text.long_day(meeting.start),
        "address": reverse("steering:meeting_detail", args=[meeting.pk]),
    }
