"""/sitzungen/: planning, the live page, steps, attendance, invitation and minutes as files."""

from django.db.models import Count
from django.urls import reverse_lazy

from soe.web.files.panel import FilesMixin
from soe.web.forms import Form
from soe.web.letters.views import LettersMixin
from soe.web.views import (
    Action,
    ActionView,
    ScopedCreateView,
    ScopedDetailView,
    ScopedListView,
    ScopedUpdateView,
)

from ..filters import MeetingFilterSet
from ..forms import meetings as forms
from ..models import Addendum, AgendaItem, Meeting, Minutes
from ..tables import MeetingTable

S = Meeting.State
CRUMBS = [("Sitzungen", reverse_lazy("steering:meeting_list"))]
WITH_MINUTES = (S.RUNNING, S.DRAFT, S.APPROVED)


def in_state(*states):
    return lambda meeting: meeting.state in states


class MeetingListView(ScopedListView):
    queryset = Meeting.objects.select_related("committee")
    filterset_class = MeetingFilterSet
    table_class = MeetingTable
    title = "Sitzungen"
    tabs = (
        ("Alle", ""),
        ("Kommend", "stand=kommend"),
        ("Läuft", "stand=laufend"),
        ("Protokollentwurf", "stand=protokoll"),
        ("Genehmigt", "stand=genehmigt"),
    )
    head_actions = (
        Action(
            "Sitzung planen", "steering:meeting_add", action="add", primary=True, icon="plus", model=Meeting
        ),
    )
    empty_text = "Geplante und vergangene Sitzungen mit Tagesordnung und Protokoll stehen hier."

    def get_queryset(self):
        return (
            super()
            .get_queryset()
            .annotate(
                item_count=Count("items", distinct=True),
                decision_count=Count("items__decision", distinct=True),
            )
            .order_by("-start", "-pk")
        )


class MeetingDetailView(FilesMixin, LettersMixin, ScopedDetailView):
    """The agenda, one item of it, who is there. While the meeting runs, its secretary works on this page."""

    queryset = Meeting.objects.select_related("committee__chair")
    template_name = "steering/meeting_detail.html"
    crumbs = CRUMBS
    actions = (
        Action("Anmeldung öffnen", "steering:meeting_open", primary=True, when=in_state(S.PLANNED)),
        Action("Tagesordnung einfrieren", "steering:meeting_freeze", primary=True, when=in_state(S.REGISTRATION)),
        Action("Einladung festhalten", "steering:meeting_invite", primary=True, when=in_state(S.FROZEN)),
        Action("Sitzung eröffnen", "steering:meeting_begin", primary=True, when=in_state(S.INVITED)),
        Action("Sitzung schließen", "steering:meeting_close", when=in_state(S.RUNNING)),
        Action("Protokoll genehmigen", "steering:meeting_approve", primary=True, when=in_state(S.DRAFT)),
        Action("Nachtrag schreiben", "steering:addendum_add", when=in_state(S.APPROVED), primary=True),
        Action("Punkt aufnehmen", "steering:item_add", icon="plus",
               when=in_state(*Meeting.OPEN_AGENDA, *Meeting.LATE_AGENDA)),
        Action("Protokoll als PDF", "steering:meeting_pdf", action="view", icon="paper", when=in_state(*WITH_MINUTES)),
        Action("Termin für den Kalender", "steering:meeting_ics", action="view", icon="calendar",
               when=in_state(*Meeting.COMING, S.CANCELLED)),
        Action("Anwesenheit", "steering:attendance", icon="people", when=in_state(S.INVITED, S.RUNNING, S.DRAFT)),
        Action("Eröffnung und Schluss", "steering:minutes_write", icon="edit", when=in_state(S.RUNNING, S.DRAFT)),
        Action("Sitzung ändern", "steering:meeting_change", icon="edit", when=in_state(*Meeting.COMING)),
        Action("Sitzung verlegen", "steering:meeting_reschedule", icon="swap", when=in_state(*Meeting.COMING)),
        Action("Sitzung absagen", "steering:meeting_cancel", icon="cross", when=in_state(*Meeting.COMING)),
    )  # fmt: skip

    def get_context_data(self, **kwargs):
        from .agenda import item_context

        meeting, user = self.object, self.request.user
        items = list(
            AgendaItem.objects.restrict(user)
            .filter(meeting=meeting)
            .select_related(
                "proposer", "proposal__department", "proposal__property", "paper", "decision", "referred_to"
            )
            .select_related("carried_from__meeting__committee", "carried_to__meeting__committee")
            .order_by("position")
        )
        for item in items:
            item.meeting = meeting
        seen = {item.position: item for item in items}
        agenda = [
            seen.get(position) or {"position": position, "hidden": True}
            for position in meeting.items.order_by("position").values_list("position", flat=True)
        ]
        manage = self.can("change", meeting)
        current = self._current(items)
        attendances = list(meeting.attendances.select_related("department", "seat__user", "seat__department"))
        context = {
            "agenda": agenda,
            "current": current,
            "running": meeting.state == S.RUNNING,
            "open_count": sum(not item.result for item in items),
            "attendances": attendances,
            "there": sum(row.in_the_room for row in attendances),
            "quorum": meeting.quorum() if attendances else None,
            "manage": manage,
            "minutes": Minutes.objects.restrict(user).filter(meeting=meeting).first(),
            "addenda": Addendum.objects.restrict(user).filter(meeting=meeting).select_related("item"),
            "may_order": manage and meeting.state in Meeting.OPEN_AGENDA,
            "may_write": manage and meeting.state in (S.RUNNING, S.DRAFT),
        }
        if current is not None:
            context |= item_context(current, user=user, manage=manage)
        return super().get_context_data(**context, **kwargs)

    def _current(self, items):
        """The item named in the address, else the one being discussed, else the first open one."""
        wanted = self.request.GET.get("top", "")
        chosen = next((item for item in items if str(item.position) == wanted), None)
        called = [item for item in items if item.start and not item.result]
        waiting = [item for item in items if not item.result]
        return chosen or next(iter(called or waiting or items), None)


class MeetingCreateView(ScopedCreateView):
    queryset = Meeting.objects.all()
    form_class = forms.MeetingForm
    title = "Sitzung planen"
    submit_label = "Sitzung planen"
    crumbs = CRUMBS
    prefill = ("committee",)


class MeetingUpdateView(ScopedUpdateView):
    queryset = Meeting.objects.select_related("committee")
    form_class = forms.MeetingChangeForm
    submit_label = "Sitzung speichern"
    crumbs = CRUMBS


class StepView(ActionView):
    """One step of a meeting; `step` names the method, the form gives its arguments."""

    queryset = Meeting.objects.select_related("committee")
    step = ""
    form_class = Form
    crumbs = CRUMBS

    def perform(self, obj, form):
        arguments = {name: value for name, value in form.cleaned_data.items() if name != "sure"}
        getattr(obj, self.step)(by=self.request.user, **arguments)


class MeetingOpenView(StepView):
    step = "open_registration"
    form_class = forms.OpenRegistrationForm
    submit_label = "Anmeldung öffnen"
    lead = "Ab jetzt können Fachbereiche Vorschläge anmelden."
    success_message = "Die Anmeldung ist offen."


class MeetingFreezeView(StepView):
    step = "freeze"
    submit_label = "Tagesordnung einfrieren"
    lead = "Danach kommen nur noch Tischvorlagen mit Begründung dazu. Die Fassung jeder Vorlage wird festgehalten."
    success_message = "Die Tagesordnung ist eingefroren."


class MeetingInviteView(StepView):
    step = "invite"
    submit_label = "Einladung festhalten"
    lead = "Die Anwesenheitsliste entsteht aus den Sitzen, die an diesem Tag gelten."
    success_message = "Eingeladen. Der Termin steht als Kalenderdatei bereit."


class MeetingBeginView(StepView):
    step = "begin"
    submit_label = "Sitzung eröffnen"
    lead = "Ab jetzt wird Protokoll geschrieben und beschlossen."
    success_message = "Die Sitzung läuft."


class MeetingCloseView(StepView):
    step = "close"
    submit_label = "Sitzung schließen"
    lead = "Jeder Punkt braucht ein Ergebnis. Danach ist das Protokoll ein Entwurf."
    success_message = "Die Sitzung ist geschlossen. Das Protokoll ist ein Entwurf."


class MeetingApproveView(StepView):
    step = "approve_minutes"
    form_class = forms.ApproveForm
    submit_label = "Protokoll genehmigen"
    lead = "Das Protokoll wird mit einer Prüfsumme gesperrt."
    success_message = "Das Protokoll ist genehmigt und gesperrt."


class MeetingCancelView(StepView):
    step = "cancel"
    form_class = forms.CancelForm
    submit_label = "Sitzung absagen"
    lead = "Die Nummer bleibt vergeben. Terminierte Vorschläge warten auf eine andere Sitzung."
    success_message = "Die Sitzung ist abgesagt."
    danger = True


class MeetingRescheduleView(StepView):
    step = "reschedule"
    form_class = forms.RescheduleForm
    submit_label = "Sitzung verlegen"
    success_message = "Die Sitzung ist verlegt. Bitte geben Sie die neue Kalenderdatei weiter."

    def get_initial(self):
        meeting = self.object
        return {"start": meeting.start, "end": meeting.end, "location": meeting.location}
