"""/auskunft/: asking a department about a proceeding or measure one may not read, and answering."""

from datetime import datetime, time, timedelta

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from objects.register.models import Property
from soe.web.forms import Form, ReasonForm
from soe.web.views import Action, ActionView, ScopedCreateView, ScopedDetailView, ScopedListView

from ..filters import RequestFilterSet
from ..forms import AcceptForm, DeclineForm, RequestForm
from ..models import InformationRequest, Measure, Proceeding
from ..services import ask_for_information
from ..tables import RequestTable

State = InformationRequest.State


def is_asked(row):
    return row.state == State.ASKED


class RequestListView(ScopedListView):
    queryset = InformationRequest.objects.select_related(
        "asking_department", "asked_department", "proceeding__property", "measure__property"
    )
    table_class = RequestTable
    filterset_class = RequestFilterSet
    tabs = (
        ("Alle", ""),
        ("An uns, offen", "ansicht=an"),
        ("Von uns, offen", "ansicht=von"),
        ("Einsicht läuft", "ansicht=laeuft"),
    )
    read_basis = "Auskunftsersuchen"
    title = "Auskunftsersuchen"
    lead = "Anfragen Ihres Fachbereichs und an Ihren Fachbereich."
    empty_text = "Wo ein Vorgang nur als Hinweis steht, können Sie beim Fachbereich Auskunft anfragen."

    def get_crumbs(self):
        return [("Verfahren", reverse("objects:proceeding_list"))]


class RequestDetailView(ScopedDetailView):
    read_basis = "Auskunftsersuchen"
    queryset = InformationRequest.objects.select_related(
        "asking_department",
        "asked_department",
        "asked_by",
        "proceeding__property",
        "proceeding__department",
        "measure__property",
        "measure__department",
        "legal_basis",
    )
    template_name = "objects/proceedings/request.html"
    actions = (
        Action("Ablehnen", "objects:request_decline", when=is_asked),
        Action(
            "Auskunft erteilen",
            "objects:request_accept",
            primary=True,
            when=is_asked,
        ),
        Action("Einsicht beenden", "objects:request_end", when=lambda row: row.is_running),
        Action(
            "Anfrage zurückziehen",
            "objects:request_withdraw",
            action="withdraw",
            when=is_asked,
        ),
    )

    def get_crumbs(self):
        return [("Auskunftsersuchen", reverse("objects:request_list"))]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        about = self.object.about
        return context | {"about": about if self.can("view", about) else None}


class RequestCreateView(ScopedCreateView):
    """The address names a proceeding the reader sees only as a stub; nothing of it is shown but the stub."""

    about_model = Proceeding

    queryset = InformationRequest.objects.all()
    form_class = RequestForm
    template_name = "objects/proceedings/request_form.html"
    title = "Auskunft anfragen"
    submit_label = "Anfrage senden"
    success_message = "Die Anfrage ist gesendet."

    @classmethod
    def policy_rows(cls):
        return True

    def prepare(self):
        user = self.request.user
        # The department is all the page needs of the row; the rest stays in the database.
        rows = self.about_model.objects.filter(
            property__in=Property.objects.restrict(user, "view").order_by().values("pk")
        )
        self.hidden_row = get_object_or_404(
            rows.hidden_from(user).select_related("department").only("id", "property_id", "department"),
            pk=self.kwargs["pk"],
        )
        stubs = rows.filter(pk=self.hidden_row.pk).stubs_for(user)
        if not stubs:
            raise Http404
        self.stub = stubs[0]

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs() | {"asked": self.hidden_row.department}
        del kwargs["instance"]
        return kwargs

    def save(self, form):
        return ask_for_information(
            self.about_model.objects.select_related("department").get(pk=self.hidden_row.pk),
            by=self.request.user,
            asking_department=form.cleaned_data["department"],
            purpose=form.cleaned_data["purpose"],
            legal_basis=form.cleaned_data["legal_basis"],
            question=form.cleaned_data["question"],
        )

    def get_context_data(self, **kwargs):
        house = Property.objects.restrict(self.request.user, "view").filter(pk=self.stub.property_id).first()
        return super().get_context_data(**kwargs) | {"stub": self.stub, "house": house}

    def get_crumbs(self):
        return [("Auskunftsersuchen", reverse("objects:request_list"))]


class MeasureRequestCreateView(RequestCreateView):
    about_model = Measure


class RequestStep(ActionView):
    queryset = InformationRequest.objects.select_related(
        "asking_department", "asked_department", "proceeding__department", "measure__department"
    )

    def get_crumbs(self):
        return [
            ("Auskunftsersuchen", reverse("objects:request_list")),
            (str(self.object), self.object.get_absolute_url()),
        ]


class RequestAcceptView(RequestStep):
    form_class = AcceptForm
    title = submit_label = "Auskunft erteilen"
    success_message = "Die Auskunft ist erteilt."

    @property
    def lead(self):
        words = f"{self.object.asking_department} liest die Antwort"
        return (
            f"{words}; das Verfahren selbst nur, wenn Sie Einsicht geben."
            if self.object.proceeding_id
            else f"{words}."
        )

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"opens": self.object.proceeding_id is not None}

    def perform(self, obj, form):
        until = form.cleaned_data.get("expires_on")
        obj.accept(
            by=self.request.user,
            expires_at=until and timezone.make_aware(datetime.combine(until + timedelta(days=1), time.min)),
            answer=form.cleaned_data["answer"],
        )


class RequestDeclineView(RequestStep):
    form_class = DeclineForm
    title = submit_label = "Auskunft ablehnen"
    success_message = "Die Auskunft ist abgelehnt."

    def perform(self, obj, form):
        obj.decline(by=self.request.user, answer=form.cleaned_data["answer"])


class RequestWithdrawView(RequestStep):
    action = "withdraw"
    form_class = Form
    method = "withdraw"
    title = submit_label = "Anfrage zurückziehen"
    success_message = "Die Anfrage ist zurückgezogen."


class RequestEndView(RequestStep):
    form_class = ReasonForm
    method = "end"
    title = submit_label = "Einsicht beenden"
    success_message = "Die Einsicht ist beendet."
