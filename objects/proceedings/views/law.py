"""/rechtsgrundlagen/: the law as dated rows, when somebody last compared them, and what changed when."""

from datetime import date

from django.urls import reverse
from django.utils import timezone

from objects.register.forms.base import OnForm
from soe.web.bulk import BulkAction
from soe.web.views import (
    Action,
    ActionView,
    ScopedCreateView,
    ScopedDetailView,
    ScopedListView,
    ScopedUpdateView,
)

from ..forms_law import LegalBasisForm, RenewForm, ServiceRuleForm
from ..models import LegalBasis, ServiceRule
from ..tables_law import LegalBasisTable, ServiceRuleTable


class ConfirmAction(BulkAction):
    key, label = "geprueft", "Als geprüft vermerken"
    form_class = OnForm

    def describe(self, row, data):
        return f"geprüft am {data['on']:%d.%m.%Y}"

    def remember(self, row):
        return {"checked_on": row.checked_on.isoformat() if row.checked_on else None}

    def perform(self, row, data, *, by):
        row.confirm(by=by, on=data["on"])

    def undo(self, row, before, *, by, reason):
        day = before["checked_on"]
        row.take_back_check(by=by, on=day and date.fromisoformat(day), reason=reason)


class LegalBasisListView(ScopedListView):
    queryset = LegalBasis.objects.all()
    table_class = LegalBasisTable
    title = "Rechtsgrundlagen"
    lead = "Vorschriften mit ihrer Geltung. Verfahren behalten die Fassung, unter der sie eröffnet wurden."
    head_actions = (
        Action("Regeln der Zustellung", "objects:service_rule_list", action="view"),
        Action("Vorschrift anlegen", "objects:legal_basis_create", action="add", primary=True),
    )
    bulk_actions = (ConfirmAction(),)


class ServiceRuleListView(ScopedListView):
    queryset = ServiceRule.objects.all()
    table_class = ServiceRuleTable
    title = "Regeln der Zustellung"
    lead = "Ab wann eine Zustellung gilt, je Art und Zeitraum."
    head_actions = (Action("Regel anlegen", "objects:service_rule_create", action="add"),)
    bulk_actions = (ConfirmAction(),)

    def get_crumbs(self):
        return [("Rechtsgrundlagen", reverse("objects:legal_basis_list"))]


class LawDetailView(ScopedDetailView):
    """One dated row. `prefix`: how its addresses are named."""

    template_name = "objects/proceedings/law.html"
    prefix = "legal_basis"

    def get_actions(self):
        return [
            Action("Als geprüft vermerken", f"objects:{self.prefix}_confirm"),
            Action("Neue Fassung", f"objects:{self.prefix}_renew", when=lambda row: row.valid_until is None),
            Action("Ändern", f"objects:{self.prefix}_update"),
        ]

    def get_crumbs(self):
        crumbs = [("Rechtsgrundlagen", reverse("objects:legal_basis_list"))]
        if self.prefix == "service_rule":
            crumbs.append(("Regeln der Zustellung", reverse("objects:service_rule_list")))
        return crumbs

    def get_context_data(self, **kwargs):
        row = self.object
        same = (
            {"kind": row.kind}
            if self.prefix == "service_rule"
            else {"law": row.law, "paragraph": row.paragraph}
        )
        versions = type(row).objects.filter(**same).restrict(self.request.user, "view")
        return super().get_context_data(**kwargs) | {"versions": versions.order_by("-valid_from")}


class LegalBasisDetailView(LawDetailView):
    queryset = LegalBasis.objects.all()


class ServiceRuleDetailView(LawDetailView):
    queryset = ServiceRule.objects.all()
    prefix = "service_rule"


class LegalBasisCreateView(ScopedCreateView):
    queryset = LegalBasis.objects.all()
    form_class = LegalBasisForm
    title = submit_label = "Vorschrift anlegen"


class ServiceRuleCreateView(ScopedCreateView):
    queryset = ServiceRule.objects.all()
    form_class = ServiceRuleForm
    title = submit_label = "Regel anlegen"


class LegalBasisUpdateView(ScopedUpdateView):
    queryset = LegalBasis.objects.all()
    form_class = LegalBasisForm
    lead = "Hat sich das Gesetz geändert, legen Sie bitte eine neue Fassung an. Hier berichtigen Sie Schreibfehler."


class ServiceRuleUpdateView(ScopedUpdateView):
    queryset = ServiceRule.objects.all()
    form_class = ServiceRuleForm
    lead = "Hat sich das Gesetz geändert, legen Sie bitte eine neue Fassung an. Hier berichtigen Sie Schreibfehler."


class ConfirmView(ActionView):
    form_class = OnForm
    title = submit_label = "Als geprüft vermerken"
    lead = "Sie haben die Angaben mit dem geltenden Gesetz verglichen."
    success_message = "Die Prüfung ist vermerkt."

    def perform(self, obj, form):
        obj.confirm(by=self.request.user, on=form.cleaned_data["on"])


class RenewView(ActionView):
    form_class = RenewForm
    title = submit_label = "Neue Fassung anlegen"
    lead = "Die jetzige Fassung endet am Tag davor. Was unter ihr entschieden wurde, bleibt bei ihr."
    success_message = "Die neue Fassung ist angelegt."

    def get_initial(self):
        return super().get_initial() | {"valid_from": timezone.localdate()}

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"row": self.object}

    def perform(self, obj, form):
        return obj.renew(by=self.request.user, **form.cleaned_data)


class LegalBasisConfirmView(ConfirmView):
    queryset = LegalBasis.objects.all()


class LegalBasisRenewView(RenewView):
    queryset = LegalBasis.objects.all()


class ServiceRuleConfirmView(ConfirmView):
    queryset = ServiceRule.objects.all()


class ServiceRuleRenewView(RenewView):
    queryset = ServiceRule.objects.all()
