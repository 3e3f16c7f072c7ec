"""Population figures as the registration office hands them over: counts, never persons."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from soe.audit.models import AuditedModel
from soe.departments.scope import City, Rule, Scope, ScopedQuerySet
from soe.web.text import day, number


class Nationality(models.TextChoices):
    """Whose stock is counted. "all" is the whole population of the city: the base of the share."""

    BULGARIAN = "bg", "Bulgarien"
    ROMANIAN = "ro", "Rumänien"
    BOTH = "both", "Bulgarien und Rumänien"
    ALL = "all", "Gesamtbevölkerung"


class District(models.TextChoices):
    CITY = "", "Herne gesamt"
    WANNE = "wanne", "Wanne"
    EICKEL = "eickel", "Eickel"
    MITTE = "herne-mitte", "Herne-Mitte"
    SODINGEN = "sodingen", "Sodingen"


class Subject(models.TextChoices):
    """What the figure tells about. Stock: no class. The others: one of the classes of `CATEGORIES`."""

    STOCK = "stock", "Bestand"
    AGE = "age", "Altersgruppe"
    RESIDENCE = "residence", "Aufenthaltsdauer"
    MOVEMENT = "movement", "Bewegung im Quartal"


class Category(models.TextChoices):
    """The one list of classes for the whole report: no "<18" here and "<20" there."""

    NONE = "", "ohne"
    AGE_0 = "age-0", "unter 18"
    AGE_18 = "age-18", "18 bis 44"
    AGE_45 = "age-45", "45 bis 64"
    AGE_65 = "age-65", "65 und älter"
    STAY_0 = "stay-0", "unter 1 Jahr"
    STAY_1 = "stay-1", "1 bis unter 3 Jahre"
    STAY_3 = "stay-3", "3 bis unter 5 Jahre"
    STAY_5 = "stay-5", "5 Jahre und länger"
    STAY_LONG = "stay-3plus", "3 Jahre und länger"
    BIRTHS = "births", "Geburten"
    ARRIVALS = "arrivals", "Zuzüge"
    DEPARTURES = "departures", "Wegzüge"
    DEATHS = "deaths", "Sterbefälle"
    NATIONALITY = "nationality", "Wechsel der Staatsangehörigkeit"
    DEREGISTERED = "deregistered", "Abmeldungen von Amts wegen"


C = Category
AGES = [C.AGE_0, C.AGE_18, C.AGE_45, C.AGE_65]
STAYS = [C.STAY_0, C.STAY_1, C.STAY_3, C.STAY_5]
MOVEMENTS = [C.BIRTHS, C.ARRIVALS, C.DEPARTURES, C.DEATHS, C.NATIONALITY, C.DEREGISTERED]
CATEGORIES = {
    Subject.STOCK: [C.NONE],
    Subject.AGE: AGES,
    Subject.RESIDENCE: [*STAYS, C.STAY_LONG],
    Subject.MOVEMENT: MOVEMENTS,
}


class PopulationFigureQuerySet(ScopedQuerySet):
    def exact(self):
        """Register counts; what a paper only says roughly is not added up."""
        return self.filter(approximate=False).exclude(count=None)


class PopulationFigure(AuditedModel):
    """One figure of one day: how many people of a nationality, by district and one class. Never persons.

    Several figures may stand for one day. A figure that a paper gives in words ("knapp 3.200") keeps the words.
    """

    as_of = models.DateField("Stand", help_text="Stichtag; bei Bewegungen der letzte Tag des Quartals")
    nationality = models.CharField("Staatsangehörigkeit", max_length=8, choices=Nationality)
    district = models.CharField(
        "Stadtbezirk", max_length=12, choices=District, blank=True, default=District.CITY
    )
    subject = models.CharField("Merkmal", max_length=10, choices=Subject, default=Subject.STOCK)
    category = models.CharField("Klasse", max_length=12, choices=Category, blank=True, default=C.NONE)
    count = models.IntegerField("Anzahl", null=True, blank=True)
    share = models.DecimalField("Anteil in Prozent", max_digits=5, decimal_places=2, null=True, blank=True)
    approximate = models.BooleanField("ungefähr", default=False)
    quote = models.CharField(
        "Wortlaut", max_length=120, blank=True, help_text="wie die Quelle es sagt, zum Beispiel „knapp 3.200“"
    )
    source = models.CharField("Quelle", max_length=120)

    scope = Scope(
        # Unprotected numbers: only those who enter them see them here.
        view=Rule("population.manage", City()),
        add=Rule("population.manage", City()),
        change=Rule("population.manage", City()),
    )
    objects = PopulationFigureQuerySet.as_manager()

    class Meta:
        verbose_name = "Bevölkerungszahl"
        verbose_name_plural = "Bevölkerungszahlen"
        ordering = ["-as_of", "subject", "nationality", "district", "category", "source"]
        indexes = [
            models.Index(
                fields=["-as_of", "subject", "nationality", "district"], name="reports_population_order"
            ),
            models.Index(fields=["count", "id"], name="reports_population_count"),
            models.Index(fields=["source", "id"], name="reports_population_source"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["as_of", "nationality", "district", "subject", "category", "source"],
                name="reports_population_once",
                violation_error_message="Diese Zahl ist für den Stand und die Quelle schon eingetragen. "
                "Bitte ändern Sie die vorhandene.",
            ),
            models.CheckConstraint(
                name="reports_population_class",
                condition=Q(
                    *[
                        Q(subject=subject, category__in=[c.value for c in classes])
                        for subject, classes in CATEGORIES.items()
                    ],
                    _connector=Q.OR,
                ),
                violation_error_message="Diese Klasse gehört nicht zu diesem Merkmal.",
            ),
            models.CheckConstraint(
                name="reports_population_number",
                condition=Q(count__isnull=False) | Q(share__isnull=False),
                violation_error_message="Bitte geben Sie eine Anzahl oder einen Anteil an.",
            ),
            models.CheckConstraint(
                name="reports_population_sign",
                condition=Q(count=None) | Q(count__gte=0) | Q(category=C.NATIONALITY),
                violation_error_message="Eine Anzahl ist nicht negativ. Nur der Wechsel der Staatsangehörigkeit "
                "darf ein Minus haben.",
            ),
            models.CheckConstraint(
                name="reports_population_share",
                condition=Q(share=None) | Q(share__gte=0, share__lte=100),
                violation_error_message="Ein Anteil liegt zwischen 0 und 100 Prozent.",
            ),
            models.CheckConstraint(
                name="reports_population_words",
                condition=Q(approximate=False) | ~Q(quote=""),
                violation_error_message="Bei einer ungefähren Zahl fehlt der Wortlaut der Quelle.",
            ),
            models.CheckConstraint(
                name="reports_population_all_stock",
                condition=~Q(nationality=Nationality.ALL) | Q(subject=Subject.STOCK),
                violation_error_message="Für die Gesamtbevölkerung wird nur der Bestand geführt.",
            ),
        ]

    def __str__(self):
        parts = [self.get_nationality_display(), self.get_district_display()]
        if self.category:
            parts.append(self.get_category_display())
        return f"{', '.join(parts)}: {self.shown} am {day(self.as_of)}"

    def get_absolute_url(self):
        return reverse("reports:population_detail", args=[self.pk])

    @property
    def shown(self):
        """As readers see it: the words of the source, a number, or a share."""
        if self.approximate and self.quote:
            return self.quote
        if self.count is not None:
            return number(self.count)
        return f"{number(self.share)} %"

    @property
    def key(self):
        return (self.as_of, self.nationality, self.district, self.subject, self.category, self.source)
