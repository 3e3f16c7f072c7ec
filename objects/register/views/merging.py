"""Duplicates: hints, the preview side by side, merging and its undo; splitting a house number off."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from soe.web.forms import ReasonForm
from soe.web.views import ActionView, PageView

from ..duplicates import pairs, suggestions
from ..forms.merging import ChooseForm, MergeForm, SplitForm
from ..merging import merge_property, undo_merge
from ..models import NoDuplicate, Property
from ..models.transfers import PropertyTransfer
from ..moving import pointers
from ..splitting import split_property
from .detail import whole
from .steps import OnProperty

NOT_HERS = (
    "{number} führt {department}. Zusammenführen kann, wer beide Objekte steuert: bitte wenden Sie sich an die "
    "Koordinierungsstelle."
)

# Where the name of the record says less than what it stands for.
WORDS = {
    "objects.complaintlink": "Beschwerden",
    "objects.propertyaddress": "Anschriften",
    "objects.ownership": "Eigentümer und andere Rechte",
}


class DuplicatesView(PageView):
    """/objekte/doppelte/: pairs that may be one house."""

    permission = ("register.steer", "register.change")
    title = "Mögliche Doppel"
    template_name = "objects/register/duplicates.html"
    crumbs = (("Objekte", "/objekte/"),)

    def get_context_data(self, **kwargs):
        user = self.request.user
        rows = NoDuplicate.objects.restrict(user, "view").select_related("one", "other")[:100]
        mine = set(NoDuplicate.objects.restrict(user, "change").order_by().values_list("pk", flat=True))
        for row in rows:
            row.may_change = row.pk in mine
        return super().get_context_data(**kwargs) | {"pairs": pairs(user)[:100], "dismissed": rows}


class DismissDuplicateView(OnProperty):
    """Not the same house: the hint goes, with a reason, and can be brought back."""

    action = "steer"
    form_class = ReasonForm
    title = submit_label = "Kein Doppel"
    success_message = "Der Hinweis ist verworfen."

    def prepare(self):
        super().prepare()
        rows = Property.objects.restrict(self.request.user, "view").exclude(pk=self.object.pk)
        self.other = get_object_or_404(rows, pk=self.kwargs["other"])

    @property
    def lead(self):
        return f"{self.object} und {self.other} sind zwei Häuser. Der Hinweis erscheint nicht wieder."

    def perform(self, obj, form):
        one, other = sorted((obj.pk, self.other.pk))
        if not NoDuplicate.objects.filter(one=one, other=other).exists():
            row = NoDuplicate(one_id=one, other_id=other, reason=form.cleaned_data["reason"][:500])
            row.save(reason=form.cleaned_data["reason"])
        return reverse("objects:property_duplicates")


class MergeView(OnProperty):
    """Without `?mit=` asks for the other property; with it shows both and what moves."""

    action = "steer"
    form_class = MergeForm
    title = "Mit einem Doppel zusammenführen"
    submit_label = "Objekte zusammenführen"
    template_name = "objects/register/merge.html"
    success_message = "Die Objekte sind zusammengeführt. Das lässt sich rückgängig machen."
    queryset = whole(Property.objects.all())
    other = None
    choose = None

    def prepare(self):
        super().prepare()
        rows = whole(Property.objects.active()).restrict(self.request.user, "view").exclude(pk=self.object.pk)
        if self.request.GET.get("mit_text"):
            self.choose = ChooseForm(self.request.GET, user=self.request.user)
            if self.choose.is_valid():
                self.other = rows.filter(pk=self.choose.cleaned_data["mit"].pk).first()
                if self.other is None:
                    self.choose.add_error(
                        "mit", "Bitte wählen Sie ein anderes Objekt, das im Kataster steht."
                    )
        elif asked := self.request.GET.get("mit"):
            self.choose = ChooseForm(user=self.request.user)
            try:
                self.other = rows.filter(pk=UUID(asked)).first()
            except ValueError:
                self.other = None
        else:
            self.choose = ChooseForm(user=self.request.user)

    def get(self, request, *args, **kwargs):
        response = super().get(request, *args, **kwargs)
        if self.other is not None and request.GET.get("mit_text"):
            return HttpResponseRedirect(f"{request.path}?mit={self.other.pk}")
        return response

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"house": self.object, "other": self.other}

    def seen_rows(self):
        return [self.object, self.other] if self.other else self.object

    def perform(self, obj, form):
        if self.other is None:
            raise ValidationError("Bitte wählen Sie zuerst das andere Objekt.")
        if not self.can("steer", self.other):
            raise ValidationError(
                NOT_HERS.format(number=self.other.number, department=self.other.lead_department)
            )
        houses = {str(row.pk): row for row in (obj, self.other)}
        into = houses.pop(form.cleaned_data["keep"])
        (source,) = houses.values()
        merge_property(source, into, by=self.request.user, reason=form.cleaned_data["reason"])
        return into

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        user = self.request.user
        if self.object.is_retired:
            context["refused"] = (
                f"{self.object.number} ist abgeschlossen und kann nicht zusammengeführt werden."
            )
        elif self.other is None:
            context["choose"] = self.choose
            context["hints"] = suggestions(self.object, user)
        else:
            if not self.can("steer", self.other):
                context["refused"] = NOT_HERS.format(
                    number=self.other.number, department=self.other.lead_department
                )
            context["both"] = (self.object, self.other)
            context["counts"] = self.counts()
        return context | {"other": self.other}

    def counts(self):
        """(kind, number here, number there) of what the reader may see."""
        found = []
        for pointer in pointers():
            if pointer.silent or "view" not in pointer.model.scope.rules:
                continue
            numbers = []
            for house in (self.object, self.other):
                if pointer.about:
                    rows = pointer.model.objects.about(house)
                else:
                    rows = pointer.model.objects.filter(**{pointer.column: house.pk})
                numbers.append(rows.restrict(self.request.user, "view").order_by().count())
            if any(numbers):
                name = str(pointer.model._meta.verbose_name_plural)
                found.append((WORDS.get(pointer.label, name[0].upper() + name[1:]), *numbers))
        return sorted(found)


class UndoMergeView(ActionView):
    queryset = PropertyTransfer.objects.filter(kind=PropertyTransfer.Kind.MERGE).select_related(
        "source", "target"
    )
    action = "steer"
    form_class = ReasonForm
    title = "Zusammenführung rückgängig machen"
    submit_label = "Rückgängig machen"
    template_name = "objects/register/merge_undo.html"
    success_message = "Beide Objekte stehen wieder für sich."

    def get_crumbs(self):
        house = self.object.target
        return [
            ("Objekte", reverse("objects:property_list")),
            (f"{house.number} {house.title}", house.get_absolute_url()),
        ]

    def perform(self, obj, form):
        undo_merge(obj, by=self.request.user, **form.cleaned_data)
        return obj.source


class SplitView(OnProperty):
    action = "steer"
    form_class = SplitForm
    title = "Objekt teilen"
    submit_label = "Eigenes Objekt anlegen"
    template_name = "objects/register/split.html"
    success_message = "Das neue Objekt ist angelegt. Beide Nummern verweisen aufeinander."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"house": self.object}

    def perform(self, obj, form):
        data = form.cleaned_data
        return split_property(
            obj,
            by=self.request.user,
            addresses=list(data["addresses"]),
            rows=form.rows(),
            reason=data["reason"],
            with_owners=data["with_owners"],
            with_problems=data["with_problems"],
        )
