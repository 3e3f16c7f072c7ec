"""What the list of owners shows without counting: derived, never typed, rebuilt at any time."""

from django.db import models


class PartySummary(models.Model):
    """How many properties a party has today, and how pressing they are, in columns that lists sort and filter by."""

    not_audited_because = (
        "derived from audited rows by objects.register.party_summaries.refresh(); holds nothing of its own"
    )

    party = models.OneToOneField("objects.Party", models.CASCADE, primary_key=True, related_name="summary")
    standing = models.BooleanField(default=True)  # not merged into another entry
    name = models.CharField(max_length=160, default="")
    stock = models.PositiveIntegerField(default=0)
    pressing = models.PositiveIntegerField(default=0)
    links = models.PositiveIntegerField(default=0)  # suspected links that nobody has decided on
    away = models.BooleanField(
        default=False
    )  # lives out of town: follows from contact data, shown by that right only

    class Meta:
        verbose_name = "Kurzfassung eines Eigentümers"
        verbose_name_plural = "Kurzfassungen der Eigentümer"
        indexes = [
            models.Index(fields=["standing", "name", "party"], name="objects_ptysum_name"),
            models.Index(fields=["standing", "stock", "party"], name="objects_ptysum_stock"),
            models.Index(fields=["standing", "pressing", "party"], name="objects_ptysum_pressing"),
            models.Index(fields=["standing", "links", "party"], name="objects_ptysum_links"),
        ]

    def __str__(self):
        return self.name
