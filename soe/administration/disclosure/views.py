"""Auskunft: ask, wait for the job, hand over; and the list of what was asked."""

from django import forms
from django.urls import reverse

from soe.web.forms import ModelForm
from soe.web.jobs import start
from soe.web.tables import Column, MomentColumn, Table, TitleColumn
from soe.web.views import Action, ScopedCreateView, ScopedListView

from ..views.overview import CRUMB
from .models import Disclosure
from .sources import sources

LIST = ("Auskünfte", "/verwaltung/auskunft/")


class DisclosureTable(Table):
    caption = "Auskünfte"
    reference = TitleColumn(verbose_name="Aktenzeichen", orderable=False, linkify=False)
    kind = Column(verbose_name="Auskunft über", orderable=False)
    reason = Column(verbose_name="Anlass", orderable=False)
    created_at = MomentColumn(verbose_name="gestellt")

    def render_kind(self, value):
        return sources[value].label if value in sources else value

    value_kind = render_kind


class DisclosureListView(ScopedListView):
    queryset = Disclosure.objects.all()
    title = "Auskünfte"
    noun = "Auskünfte"
    singular = "Auskunft"
    crumbs = (CRUMB,)
    table_class = DisclosureTable
    lead = (
        "Was SOE über einen Menschen speichert, für diesen Menschen (Art. 15 DSGVO). Das Ergebnis steht eine Woche "
        "unter „Meine Aufträge“."
    )
    empty_text = "Noch hat niemand um Auskunft gebeten."
    head_actions = (
        Action(
            "Auskunft erteilen",
            url_name="administration:disclosure_add",
            action="add",
            primary=True,
            icon="plus",
        ),
    )


class DisclosureForm(ModelForm):
    kind = forms.ChoiceField(label="Auskunft über")

    class Meta:
        model = Disclosure
        fields = ["kind", "reference", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(source.code, source.label) for source in sources.values()]
        hints = "; ".join(f"{source.label}: {source.reference}" for source in sources.values())
        self.fields["reference"].help_text = f"{hints}. Die Stelle, die den Datensatz führt, kann es nennen."

    def clean(self):
        data = super().clean()
        if data.get("kind") and data.get("reference"):
            found = sources[data["kind"]].find(data["reference"].strip())
            if found is None:
                self.add_error(
                    "reference", "Dazu gibt es keinen Datensatz. Bitte prüfen Sie das Aktenzeichen."
                )
            else:
                self.instance.object_id = found.pk
        return data


class DisclosureCreateView(ScopedCreateView):
    queryset = Disclosure.objects.all()
    form_class = DisclosureForm
    title = "Auskunft erteilen"
    lead = (
        "SOE stellt alles zusammen, was zu diesem Datensatz gespeichert ist, als PDF und JSON. Der Zugriff steht im "
        "Leseprotokoll. Bitte prüfen Sie vorher, ob die Person die ist, die sie angibt zu sein."
    )
    submit_label = "Auskunft zusammenstellen"
    success_message = "Die Auskunft wird zusammengestellt."
    crumbs = (CRUMB, LIST)

    def save(self, form):
        asked = form.save(commit=False)
        asked.save(reason=asked.reason)
        work = start(
            self.request.user,
            "disclosure",
            title=f"Auskunft {asked.reference}",
            params={"disclosure": str(asked.pk)},
            key=f"disclosure-{asked.pk}",
        )
        asked.job_id = work.pk
        asked.save(reason=asked.reason)
        return asked

    def get_success_url(self):
        return reverse("web:job", args=[self.object.job_id])
