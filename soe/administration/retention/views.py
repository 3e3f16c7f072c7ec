"""Löschen: what is kept how long, what is due, who approves, what was erased."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from soe.audit import retention
from soe.audit.events import log_security
from soe.audit.reads import log_read
from soe.web.policy import Policy
from soe.web.tokens import FIELD, new_token
from soe.web.views import ActionView, PageView, ScopedCreateView, ScopedListView, ScopedUpdateView

from ..views.overview import CRUMB
from . import forms, services, tables
from .models import ErasureCertificate, LegalHold, RetentionRule

OVERVIEW = ("Löschfristen", "/verwaltung/loeschung/")


class RetentionView(PageView):
    """Every kind of record with its period, and how many are due."""

    title = "Löschfristen"
    template_name = "administration/retention/overview.html"
    permission = ("privacy.view", "privacy.erase")
    crumbs = (CRUMB,)

    def get_context_data(self, **kwargs):
        rules = RetentionRule.all_of_them()
        kinds = [(retention.kind(code), rule) for code, rule in rules.items()]
        may = self.may("privacy.erase")
        people = [(kind, rule, services.due(rule).count()) for kind, rule in kinds if kind.approval]
        return super().get_context_data(**kwargs) | {
            "people": people,
            "others": [(kind, rule) for kind, rule in kinds if not kind.approval],
            "may_erase": may,
            "waiting": sum(count for _, _, count in people),
        }


class DueView(PageView):
    """What is due of one kind: a person chooses, gives the reason, and it is erased."""

    template_name = "administration/retention/due.html"
    permission = "privacy.erase"
    crumbs = (CRUMB, OVERVIEW)

    @classmethod
    def policy(cls):
        return Policy(permissions=frozenset(cls.needed()), rows=True, methods=("GET", "POST"))

    def get_rule(self):
        try:
            kind = retention.kind(self.kwargs["code"])
        except KeyError as error:
            raise Http404 from error
        if not kind.approval:
            raise Http404
        return RetentionRule.all_of_them()[kind.code]

    def dispatch(self, request, *args, **kwargs):
        self.form, self.trial = None, None
        return super().dispatch(request, *args, **kwargs)

    def get_title(self):
        return f"Fällig: {self.get_rule().kind.label}"

    def rows(self, rule):
        return list(services.due(rule)[: forms.AT_ONCE])

    def choices(self, rule, rows):
        kind = rule.kind
        return [(str(row.pk), kind.number(row)) for row in rows]

    def get(self, request, *args, **kwargs):
        rule = self.get_rule()
        if rule.kind.get_model().social_data:
            log_read("list", rule.kind.get_model(), basis="Prüfung der Löschfrist")
        return self.render_to_response(self.get_context_data())

    def post(self, request, *args, **kwargs):
        rule = self.get_rule()
        self.form = forms.ApproveForm(
            request.POST, user=request.user, choices=self.choices(rule, self.rows(rule))
        )
        if request.POST.get("schritt") == "probe":
            # A trial needs no reason yet: what would go, by kind and number.
            self.form.fields["reason"].required = False
            if self.form.is_valid():
                self.trial = services.preview(rule, self.form.cleaned_data["selected"])
        elif self.form.is_valid():
            try:
                done = services.erase(
                    rule, self.form.cleaned_data["selected"], reason=self.form.cleaned_data["reason"]
                )
            except ValidationError as error:
                self.form.add_error(None, error)
            else:
                from django.contrib import messages

                words = "1 Datensatz ist" if len(done) == 1 else f"{len(done)} Datensätze sind"
                messages.success(request, f"{words} gelöscht. Der Nachweis steht unter „Löschnachweise“.")
                return HttpResponseRedirect(reverse("administration:retention"))
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **kwargs):
        rule = self.get_rule()
        kind, rows = rule.kind, self.rows(rule)
        form = self.form or forms.ApproveForm(
            user=self.request.user, choices=self.choices(rule, rows), initial={"selected": []}
        )
        chosen = set(form.data.getlist("selected")) if form.is_bound else set()
        holds = LegalHold.objects.restrict(self.request.user).current().filter(code=kind.code)
        return super().get_context_data(**kwargs) | {
            "rule": rule,
            "kind": kind,
            "rows": [(row.pk, kind.number(row), kind.since(row), str(row.pk) in chosen) for row in rows],
            "total": services.due(rule).count(),
            "at_once": forms.AT_ONCE,
            "holds": holds[:100],
            "form": form,
            "trial": self.trial,
            "form_token": self.request.POST.get(FIELD) or new_token(),
        }


class RuleUpdateView(ScopedUpdateView):
    queryset = RetentionRule.objects.all()
    form_class = forms.RuleForm
    submit_label = "Frist speichern"
    crumbs = (CRUMB, OVERVIEW)

    def get_title(self):
        return str(self.object)

    def save(self, form):
        rule = super().save(form)
        log_security("settings", obj=rule, detail=f"Löschfrist {rule.code}: {rule.period}")
        return rule


class HoldCreateView(ScopedCreateView):
    """Only what is due can be held back: nothing else would be erased."""

    queryset = LegalHold.objects.all()
    form_class = forms.HoldForm
    title = "Löschung zurückhalten"
    submit_label = "Zurückhalten"
    lead = "Der Datensatz wird nicht mehr zur Löschung vorgeschlagen, bis die Sperre endet."
    success_message = "Der Datensatz wird nicht gelöscht, solange die Sperre besteht."
    keep_in_scope = None
    crumbs = (CRUMB, OVERVIEW)

    @classmethod
    def policy_rows(cls):
        return True

    def prepare(self):
        try:
            kind = retention.kind(self.kwargs["code"])
        except KeyError as error:
            raise Http404 from error
        if not kind.approval:
            raise Http404
        rule = RetentionRule.all_of_them()[kind.code]
        self.record = get_object_or_404(services.due(rule), pk=self.kwargs["pk"])
        self.kind = kind

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        hold = kwargs["instance"]
        hold.code, hold.object_id = self.kind.code, self.record.pk
        hold.number = self.kind.number(self.record)[:60]
        return kwargs

    def get_cancel_url(self):
        return reverse("administration:retention_due", args=[self.kwargs["code"]])


class HoldEndView(ActionView):
    queryset = LegalHold.objects.all()
    form_class = forms.ReasonForm
    title = "Löschsperre aufheben"
    submit_label = "Sperre aufheben"
    success_message = (
        "Die Sperre ist aufgehoben. Ist die Frist vorbei, wird der Datensatz wieder vorgeschlagen."
    )
    crumbs = (CRUMB, OVERVIEW)

    def perform(self, obj, form):
        obj.lock()
        if obj.ended_at is None:
            obj.ended_at = timezone.now()
            obj.save(reason=form.cleaned_data["reason"])


class CertificateListView(ScopedListView):
    queryset = ErasureCertificate.objects.all()
    title = "Löschnachweise"
    noun = "Löschnachweise"
    singular = "Löschnachweis"
    lead = "Wer wann nach welcher Regel gelöscht hat. Was gelöscht wurde, steht hier nicht."
    crumbs = (CRUMB, OVERVIEW)
    table_class = tables.CertificateTable
