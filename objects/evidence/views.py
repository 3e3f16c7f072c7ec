from django.urls import reverse

from objects.register.models import Property
from soe.web.jobs import start
from soe.web.views import ActionView

from .forms import EvidenceForm


class EvidenceView(ActionView):
    """Starts the job; the file waits for its maker on the page of the job."""

    queryset = Property.objects.all()
    action = "document"
    form_class = EvidenceForm
    title = "Beweispaket erstellen"
    submit_label = "Beweispaket erstellen"
    lead = "PDF und Dateien mit Prüfsummen. Internes, Melder und Sozialdaten sind nie enthalten."
    success_message = ""

    def seen_rows(self):
        return None

    def get_crumbs(self):
        return [
            ("Objekte", reverse("objects:property_list")),
            (f"{self.object.number} {self.object.title}", self.object.get_absolute_url()),
        ]

    def perform(self, obj, form):
        data = form.cleaned_data
        job = start(
            self.request.user, "evidence", title=f"Beweispaket {obj.number}",
            params={
                "house": str(obj.pk), "since": data["since"].isoformat(), "until": data["until"].isoformat(),
                "kinds": data["kinds"], "purpose": data["purpose"],
            },
        )  # fmt: skip
        return job.get_absolute_url()
