"""Help texts that administrators may reword; what they do not touch comes from `texts.py`."""

from django.db import models

from soe.audit.models import AuditedModel
from soe.departments.scope import City, Everyone, Rule, Scope, ScopedQuerySet


class PageHelp(AuditedModel):
    """The help of one page (`field` empty) or of one field of its form. Empty text: the one that came with SOE."""

    route = models.CharField("Seite", max_length=120, editable=False)
    field = models.CharField("Feld", max_length=60, blank=True, editable=False)
    text = models.TextField("Hilfetext", max_length=2000, blank=True)

    scope = Scope(
        view=Rule(None, Everyone()),
        add=Rule("system.manage", City()),
        change=Rule("system.manage", City()),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Hilfetext"
        verbose_name_plural = "Hilfetexte"
        ordering = ["route", "field"]
        constraints = [models.UniqueConstraint(fields=["route", "field"], name="web_help_once")]

    def __str__(self):
        from .texts import title_of

        return title_of(self.route, self.field)

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("web:help_texts")
