"""/kontrollen/mindestflaechen/: the living space the law asks for, as dated rows."""

from datetime import timedelta

from django.urls import reverse

from soe.web.views import Action, KeptInList, ScopedCreateView, ScopedListView, ScopedUpdateView

from ..forms import ThresholdForm
from ..models import OccupancyThreshold
from ..tables import ThresholdTable
from .days import LIST_CRUMB

CREATE = Action("Neue Fassung anlegen", "objects:threshold_create", action="add", primary=True)


class ThresholdListView(ScopedListView):
    queryset = OccupancyThreshold.objects.all()
    table_class = ThresholdTable
    title = "Mindestwohnflächen"
    noun = "Fassungen"
    lead = "Jede Wohnung wird nach der Fassung geprüft, die am Tag der Kontrolle galt."
    crumbs = (LIST_CRUMB,)
    head_actions = (CREATE,)
    empty_text = "Ohne Fassung wird keine Belegung geprüft."


class ThresholdForms(KeptInList):
    list_name = "objects:threshold_list"
    queryset = OccupancyThreshold.objects.all()
    form_class = ThresholdForm
    success_message = "Die Fassung ist gespeichert."

    def get_crumbs(self):
        return [LIST_CRUMB, ("Mindestwohnflächen", reverse("objects:threshold_list"))]


class ThresholdCreateView(ThresholdForms, ScopedCreateView):
    title = "Neue Fassung anlegen"
    lead = "Die Fassung davor endet am Tag vor dem Beginn. Frühere Prüfungen bleiben, wie sie sind."

    def save(self, form):
        start = form.instance.valid_from
        for before in OccupancyThreshold.objects.filter(valid_until=None, valid_from__lt=start):
            before.lock()
            before.valid_until = start - timedelta(days=1)
            before.save(reason=f"neue Fassung ab {start:%d.%m.%Y}")
        return super().save(form)


class ThresholdUpdateView(ThresholdForms, ScopedUpdateView):
    title = "Fassung ändern"
    lead = "Für Berichtigungen: Sie wirken auf alle Prüfungen dieser Zeit. Ein neues Gesetz ist eine neue Fassung."
