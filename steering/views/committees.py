"""/gremien/: who meets, who sits in it."""

from django.db.models import Count, Q
from django.urls import reverse, reverse_lazy
from django.utils import timezone

from soe.web.views import (
    Action,
    ActionView,
    ScopedCreateView,
    ScopedDetailView,
    ScopedListView,
    ScopedUpdateView,
)

from ..filters import CommitteeFilterSet
from ..forms.committees import CommitteeForm, SeatEndForm, SeatForm
from ..models import Committee, CommitteeMembership, Decision, Meeting
from ..tables import CommitteeTable

CRUMBS = [("Gremien", reverse_lazy("steering:committee_list"))]


def _seats():
    """Current seats only, as a condition for counting."""
    today = timezone.localdate()
    return Q(memberships__start_date__lte=today) & (
        Q(memberships__end_date=None) | Q(memberships__end_date__gte=today)
    )


class CommitteeListView(ScopedListView):
    queryset = Committee.objects.select_related("chair")
    filterset_class = CommitteeFilterSet
    table_class = CommitteeTable
    title = "Gremien"
    head_actions = (
        Action(
            "Gremium anlegen",
            "steering:committee_add",
            action="add",
            primary=True,
            icon="plus",
            model=Committee,
        ),
    )
    empty_text = (
        "Der Lenkungskreis und seine Arbeitsgruppen stehen hier, dazu Ausschüsse und Bezirksvertretungen."
    )

    def get_queryset(self):
        voting = _seats() & Q(memberships__voting_right=True)
        return (
            super()
            .get_queryset()
            .annotate(
                seats=Count("memberships", filter=_seats(), distinct=True),
                votes=Count("memberships", filter=voting, distinct=True),
            )
            .order_by("name")
        )


class CommitteeDetailView(ScopedDetailView):
    queryset = Committee.objects.select_related("chair")
    template_name = "steering/committee_detail.html"
    crumbs = CRUMBS
    actions = (
        Action("Sitzung planen", "steering:meeting_add", action="add", primary=True, icon="calendar", model=Meeting,
               query="?committee={pk}", when=lambda row: row.holds_meetings),
        Action("Sitz vergeben", "steering:seat_add", icon="people"),
        Action("Gremium ändern", "steering:committee_change", icon="edit"),
    )  # fmt: skip

    def get_context_data(self, **kwargs):
        committee, user = self.object, self.request.user
        seats = CommitteeMembership.objects.restrict(user).filter(committee=committee)
        seats = seats.select_related("department", "user", "deputy").order_by(
            "-voting_right", "start_date", "id"
        )
        today = timezone.localdate()
        rows = list(seats)
        decisions = Decision.objects.restrict(user).filter(committee=committee).select_related("responsible")
        meetings = Meeting.objects.restrict(user).filter(committee=committee).select_related("committee")
        return super().get_context_data(
            seats=[row for row in rows if row.end_date is None or row.end_date >= today],
            past_seats=[row for row in rows if row.end_date is not None and row.end_date < today],
            meetings=meetings.order_by("-start")[:8],
            decisions=decisions[:8],
            can_change=self.can("change", committee),
            votes=sum(row.voting_right for row in rows if row.end_date is None or row.end_date >= today),
            **kwargs,
        )


class CommitteeCreateView(ScopedCreateView):
    queryset = Committee.objects.all()
    form_class = CommitteeForm
    title = "Gremium anlegen"
    submit_label = "Gremium anlegen"
    crumbs = CRUMBS


class CommitteeUpdateView(ScopedUpdateView):
    queryset = Committee.objects.all()
    form_class = CommitteeForm
    crumbs = CRUMBS
    submit_label = "Gremium speichern"


class SeatCreateView(ScopedCreateView):
    queryset = CommitteeMembership.objects.all()
    form_class = SeatForm
    parent_queryset = Committee.objects.all()
    parent_action = "change"
    parent_field = "committee"
    title = "Sitz vergeben"
    submit_label = "Sitz vergeben"
    success_message = "Der Sitz ist vergeben."

    def get_success_url(self):
        return reverse("steering:committee_detail", args=[self.parent.pk])


class SeatEndView(ActionView):
    queryset = CommitteeMembership.objects.select_related("committee", "department", "user")
    form_class = SeatEndForm
    title = "Sitz beenden"
    submit_label = "Sitz beenden"
    success_message = "Der Sitz endet an diesem Tag."

    def perform(self, obj, form):
        obj.end(by=self.request.user, **form.cleaned_data)
