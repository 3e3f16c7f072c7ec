"""Items of a meeting: on the agenda, in the discussion, decided."""

from django.urls import reverse

from soe.web.forms import Form, ReasonForm
from soe.web.removal.views import offer_undo
from soe.web.views import ActionView, ScopedCreateView, ScopedUpdateView

from ..forms import meetings as forms
from ..models import POSTPONING, Addendum, AgendaItem, Condition, CoSignature, Decision, Meeting


def item_context(item, *, user, manage):
    """What the middle of the live page needs for one item: facts, decision, and the forms that are possible now."""
    meeting, proposal = item.meeting, item.proposal
    decision = getattr(item, "decision", None)
    running = meeting.state == Meeting.State.RUNNING
    context = {
        "proposal": proposal,
        "cosignatures": CoSignature.objects.filter(proposal=proposal).select_related("department")
        if proposal
        else [],
        "decision": decision,
        "conditions": Condition.objects.filter(decision=decision).select_related("department")
        if decision
        else [],
        "item_addenda": Addendum.objects.filter(item=item),
        "may_carry": manage and item.result in POSTPONING and getattr(item, "carried_to", None) is None,
        "may_edit_item": manage and not item.result and meeting.state != Meeting.State.CANCELLED,
    }
    if manage and meeting.state in (Meeting.State.RUNNING, Meeting.State.DRAFT):
        context["write_form"] = forms.WriteForm(
            user=user, initial={"text": item.minutes_text}, auto_id="w_%s"
        )
    if manage and running and not item.result:
        context["decide_form"] = forms.DecideForm(user=user, initial=first_wording(item))
        context["settle_form"] = forms.SettleForm(user=user, auto_id="s_%s")
    return context


def first_wording(item):
    department = item.proposal.department_id if item.proposal else item.proposer_id
    return {"text": item.resolution_text, "responsible": department}


class ItemCreateView(ScopedCreateView):
    queryset = AgendaItem.objects.all()
    form_class = forms.ItemForm
    parent_queryset = Meeting.objects.select_related("committee")
    parent_action = "change"
    parent_field = "meeting"
    title = "Punkt aufnehmen"
    submit_label = "Punkt aufnehmen"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"meeting": self.parent}

    def save(self, form):
        fields = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        return self.parent.add_item(by=self.request.user, **fields)


class ItemUpdateView(ScopedUpdateView):
    # What has a result stands in the minutes; its text is written on the meeting's page.
    queryset = AgendaItem.objects.filter(result="").select_related("meeting__committee")
    form_class = forms.ItemForm
    submit_label = "Punkt speichern"

    def get_crumbs(self):
        return [(str(self.object.meeting), self.object.meeting.get_absolute_url())]


class ItemStepView(ActionView):
    queryset = AgendaItem.objects.select_related("meeting__committee", "proposal")
    form_class = Form

    def get_crumbs(self):
        return [(str(self.object.meeting), self.object.meeting.get_absolute_url())]

    def get_title(self):
        return self.title or str(self.object)


class ItemMoveView(ItemStepView):
    up = True
    submit_label = "Reihenfolge ändern"
    success_message = "Die Reihenfolge ist geändert."

    def perform(self, obj, form):
        obj.move(by=self.request.user, up=self.up)


class ItemDropView(ItemStepView):
    form_class = ReasonForm
    title = "Punkt streichen"
    submit_label = "Punkt streichen"
    lead = "Die folgenden Punkte rücken auf. Ein Vorschlag wartet wieder auf eine Sitzung."
    success_message = ""
    danger = True

    def perform(self, obj, form):
        meeting, pk = obj.meeting, obj.pk
        obj.drop(by=self.request.user, **form.cleaned_data)
        offer_undo(
            self.request, "Der Punkt steht nicht mehr auf der Tagesordnung.", obj._meta.label_lower, pk
        )
        return meeting


class ItemCallView(ItemStepView):
    submit_label = "Punkt aufrufen"
    success_message = ""

    def perform(self, obj, form):
        obj.call(by=self.request.user)


class ItemWriteView(ItemStepView):
    form_class = forms.WriteForm
    submit_label = "Protokolltext speichern"
    success_message = "Der Protokolltext ist gespeichert."

    def get_initial(self):
        return {"text": self.object.minutes_text}

    def perform(self, obj, form):
        obj.write(by=self.request.user, text=form.cleaned_data["text"])


class ItemDecideView(ItemStepView):
    form_class = forms.DecideForm
    submit_label = "Beschließen und Nummer ziehen"

    def get_initial(self):
        return first_wording(self.object)

    def perform(self, obj, form):
        data = form.cleaned_data
        self.decision = obj.decide(
            by=self.request.user,
            outcome=data["outcome"],
            text=data["text"],
            responsible=data["responsible"],
            votes=form.votes,
            due=data["due"],
            participating=data["participating"],
            conditions=form.conditions,
        )

    def get_success_message(self, form):
        return f"{self.decision.get_outcome_display()}: {self.decision.number}."


class ItemSettleView(ItemStepView):
    form_class = forms.SettleForm
    submit_label = "Ergebnis ohne Nummer festhalten"

    def perform(self, obj, form):
        obj.settle(by=self.request.user, **form.cleaned_data)

    def get_success_message(self, form):
        return f"TOP {self.object.position}: {self.object.result_label}."


class ItemCarryView(ItemStepView):
    form_class = forms.CarryOverForm
    title = "In eine spätere Sitzung übernehmen"
    submit_label = "Punkt übernehmen"
    success_message = "Der Punkt steht in der späteren Sitzung."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"item": self.object}

    def perform(self, obj, form):
        return obj.carry_over(by=self.request.user, **form.cleaned_data)


class DecisionCorrectView(ActionView):
    """The wording, until the minutes are approved."""

    queryset = Decision.objects.select_related("item__meeting__committee", "responsible")
    form_class = forms.CorrectForm
    title = "Wortlaut berichtigen"
    submit_label = "Wortlaut berichtigen"
    lead = "Möglich, bis das Protokoll genehmigt ist. Danach hilft nur ein Nachtrag."
    success_message = "Der Wortlaut ist berichtigt."

    def get_crumbs(self):
        return [
            ("Beschlüsse", reverse("steering:decision_list")),
            (self.object.number, self.object.get_absolute_url()),
        ]

    def get_initial(self):
        decision = self.object
        return {"title": decision.title, "text": decision.text, "responsible": decision.responsible_id}

    def perform(self, obj, form):
        obj.correct(by=self.request.user, **form.cleaned_data)
