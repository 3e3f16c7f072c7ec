"""By when an answer is owed, who is told when it is late, and that it was told. All of it rows."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from soe.audit.models import AuditedModel
from soe.departments.scope import City, Rule, Scope, ScopedQuerySet, ViaParent

EVERYBODY = Rule("complaint.view", City())
STEERING = Rule("register.steer", City())


class Subject(models.TextChoices):
    """What somebody waits for."""

    COMPLAINT = "complaint", "Antwort auf eine Beschwerde"
    PARTICIPATION = "participation", "Antwort auf eine Bitte um Beteiligung"
    REQUEST = "request", "Antwort auf ein Auskunftsersuchen"
    FORWARD = "forward", "Annahme einer weitergeleiteten Beschwerde"


class ReplyPeriodQuerySet(ScopedQuerySet):
    def valid_on(self, day):
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)


class ReplyPeriod(AuditedModel):
    """How many days there are to answer; for complaints also by category, the shortest counts."""

    subject = models.CharField("wofür", max_length=14, choices=Subject, default=Subject.COMPLAINT)
    category = models.ForeignKey(
        "objects.ComplaintCategory",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="periods",
        verbose_name="Art der Beschwerde",
        help_text="leer: jede Art",
    )
    days = models.PositiveSmallIntegerField(
        "Tage",
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text="Endet die Frist am Wochenende oder an einem Feiertag in NRW, gilt der nächste Werktag.",
    )
    valid_from = models.DateField("gilt ab", default=timezone.localdate)
    valid_until = models.DateField("gilt bis", null=True, blank=True)

    scope = Scope(view=EVERYBODY, add=STEERING, change=STEERING)
    objects = ReplyPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = "Antwortfrist"
        verbose_name_plural = "Antwortfristen"
        ordering = ["subject", "category__position", "-valid_from", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "valid_from"],
                condition=Q(category=None),
                name="objects_reply_period_general",
                violation_error_message="Für diesen Tag gibt es schon eine solche Frist.",
            ),
            models.UniqueConstraint(
                fields=["subject", "category", "valid_from"],
                condition=Q(category__isnull=False),
                name="objects_reply_period_once",
                violation_error_message="Für diesen Tag gibt es schon eine solche Frist.",
            ),
            models.CheckConstraint(
                name="objects_reply_period_dates",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                violation_error_message="Das Ende liegt vor dem Anfang.",
            ),
            models.CheckConstraint(
                name="objects_reply_period_category",
                condition=Q(category=None) | Q(subject="complaint"),
                violation_error_message="Eine Art gehört nur zu Beschwerden.",
            ),
        ]

    def __str__(self):
        about = f" ({self.category})" if self.category_id else ""
        return f"{self.get_subject_display()}{about}: {self.days} Tage"

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("objects:period_update", args=[self.pk])


class LevelQuerySet(ScopedQuerySet):
    def active(self):
        return self.filter(active=True)


class EscalationLevel(AuditedModel):
    """Who is told how many days before or after an answer is due."""

    class Audience(models.TextChoices):
        ACTING = "acting", "wer bearbeitet, sonst der Fachbereich"
        HEAD = "head", "Leitung des Fachbereichs"
        COORDINATION = "coordination", "Koordinierungsstelle"

    subject = models.CharField("wofür", max_length=14, choices=Subject, default=Subject.COMPLAINT)
    offset = models.SmallIntegerField(
        "Tage",
        validators=[MinValueValidator(-60), MaxValueValidator(60)],
        help_text="−3: drei Tage vor dem Ende der Frist; 1: am Tag danach",
    )
    audience = models.CharField("wer erfährt es", max_length=12, choices=Audience)
    active = models.BooleanField("gilt", default=True)

    scope = Scope(view=EVERYBODY, add=STEERING, change=STEERING)
    objects = LevelQuerySet.as_manager()

    class Meta:
        verbose_name = "Stufe der Eskalation"
        verbose_name_plural = "Stufen der Eskalation"
        ordering = ["subject", "offset", "audience"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "offset", "audience"],
                name="objects_level_once",
                violation_error_message="Diese Stufe gibt es schon.",
            ),
            # A request is known to its two sides only; the coordination office is neither.
            models.CheckConstraint(
                name="objects_level_requests_stay_between_two",
                condition=~Q(subject="request", audience="coordination"),
                violation_error_message="Auskunftsersuchen kennen nur die beiden Fachbereiche, "
                "die Koordinierungsstelle sieht sie nicht.",
            ),
        ]

    def __str__(self):
        return f"{self.get_subject_display()}, {self.when}: {self.get_audience_display()}"

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("objects:level_update", args=[self.pk])

    @property
    def when(self):
        days = abs(self.offset)
        if not days:
            return "am letzten Tag"
        return f"{days} {'Tag' if days == 1 else 'Tage'} {'vor' if self.offset < 0 else 'nach'} der Frist"


class Escalation(AuditedModel):
    """One level that was reached for one record and one deadline: written in the transaction of its notices."""

    level = models.ForeignKey(
        EscalationLevel, models.PROTECT, related_name="escalations", verbose_name="Stufe"
    )
    complaint = models.ForeignKey(
        "objects.Complaint", models.PROTECT, null=True, related_name="escalations", verbose_name="Beschwerde"
    )
    participation = models.ForeignKey(
        "objects.Participation",
        models.PROTECT,
        null=True,
        related_name="escalations",
        verbose_name="Beteiligung",
    )
    inquiry = models.ForeignKey(
        "objects.InformationRequest",
        models.PROTECT,
        null=True,
        related_name="escalations",
        verbose_name="Auskunftsersuchen",
    )
    due_on = models.DateField("fällig am")
    on = models.DateField("gemeldet am", default=timezone.localdate)
    told = models.PositiveSmallIntegerField("wie viele Personen", default=0)

    scope = Scope(
        view=Rule(
            None,
            ViaParent("complaint", permission="complaint.view"),
            ViaParent("participation", permission="register.view"),
            ViaParent("inquiry", permission="proceeding.view"),
        )
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Eskalation"
        verbose_name_plural = "Eskalationen"
        ordering = ["on", "id"]
        constraints = [
            models.CheckConstraint(
                name="objects_escalation_of_one_record",
                condition=Q(complaint__isnull=False, participation=None, inquiry=None)
                | Q(complaint=None, participation__isnull=False, inquiry=None)
                | Q(complaint=None, participation=None, inquiry__isnull=False),
            ),
            *(
                models.UniqueConstraint(
                    fields=[name, "level", "due_on"], name=f"objects_escalated_{name}_once"
                )
                for name in ("complaint", "participation", "inquiry")
            ),
        ]

    def __str__(self):
        return f"{self.level}, am {self.on:%d.%m.%Y}"

    def clean(self):
        if (self.complaint_id, self.participation_id, self.inquiry_id).count(None) != 2:
            raise ValidationError("Eine Eskalation gehört zu genau einem Vorgang.")
