"""That somebody asked what SOE holds about a person, and that it was gathered. The data are not kept here."""

from django.db import models
from django.urls import reverse

from soe.audit.models import AuditedModel
from soe.departments.scope import City, Rule, Scope, ScopedQuerySet

from .sources import sources


class Disclosure(AuditedModel):
    """One answer under Art. 15 DSGVO: about whom, why, and the job that gathers it."""

    kind = models.CharField("Auskunft über", max_length=30)
    object_id = models.UUIDField("Datensatz", editable=False)
    reference = models.CharField("Aktenzeichen", max_length=60)
    reason = models.CharField(
        "Anlass", max_length=300, help_text="zum Beispiel: Antrag vom 3. November 2026. Bitte ohne Namen."
    )
    job_id = models.UUIDField("Auftrag", null=True, editable=False)

    scope = Scope(
        view=Rule("privacy.disclose", City()),
        add=Rule("privacy.disclose", City()),
        history=Rule("privacy.disclose", City()),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Auskunft"
        verbose_name_plural = "Auskünfte"
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["-created_at", "-id"], name="admin_disclosure_created")]

    def __str__(self):
        return f"Auskunft {self.reference}"

    def get_absolute_url(self):
        return reverse("administration:disclosure_list")

    @property
    def source(self):
        return sources[self.kind]
