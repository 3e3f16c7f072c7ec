"""Consent as something that acts: giving it opens a row, withdrawing it closes the row in the same transaction."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.departments.grants import RowGrant, grant, revoke
from soe.departments.models import Department
from soe.departments.scope import City, OwnDepartment, Rule, Scope, ScopedQuerySet, ViaParent

from .. import access
from ..choices import Language
from .models import Person


class ConsentQuerySet(ScopedQuerySet):
    def in_force(self, on=None):
        on = on or timezone.localdate()
        return self.filter(withdrawn_on=None, valid_from__lte=on, valid_until__gte=on)

    def open_to(self, departments, on=None):
        """In force, to one of `departments`, and opening access: at once, or through a referral that stands."""
        from ..casework.referrals import Referral

        standing = Referral.objects.filter(state__in=Referral.OPENING).order_by().values("consent_id")
        return self.in_force(on).filter(
            Q(opens=Consent.Opens.AT_ONCE) | Q(pk__in=standing), to_department__in=departments
        )


class Consent(AuditedModel):
    """A person agrees that a department learns certain things for a purpose and a time. Written, revocable."""

    class Medium(models.TextChoices):
        PAPER = "paper", "auf Papier"
        DIGITAL = "digital", "digital"

    class Opens(models.TextChoices):
        AT_ONCE = "at_once", "sofort"
        REFERRAL = "referral", "nur mit einer Vermittlung"

    # What a consent may open besides name, birth year and languages: field -> words for the page.
    SHARES = {
        "shares_household": "Anschrift und Haushalt",
        "shares_plan": "Ziele und Schritte",
        "shares_needs": "Bedarfsanalyse",
        "shares_contacts": "Termine und Kontakte",
    }

    person = models.ForeignKey(Person, models.PROTECT, related_name="consents", verbose_name="Person")
    case = models.ForeignKey(
        "cases.Case", models.PROTECT, null=True, blank=True, related_name="consents", verbose_name="Fall"
    )
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="eingeholt von")
    to_department = models.ForeignKey(
        Department, models.PROTECT, related_name="consents_received", verbose_name="Wer darf etwas erfahren"
    )
    purpose = models.CharField("Wozu", max_length=200, help_text="zum Beispiel Einschulung von zwei Kindern")
    shares_household = models.BooleanField("Anschrift und Haushalt", default=False)
    shares_plan = models.BooleanField("Ziele und Schritte", default=False)
    shares_needs = models.BooleanField("Bedarfsanalyse", default=False)
    shares_contacts = models.BooleanField("Termine und Kontakte", default=False)
    opens = models.CharField("Zugriff", max_length=8, choices=Opens, default=Opens.AT_ONCE)
    language = models.CharField("erklärt auf", max_length=8, choices=Language, default=Language.GERMAN)
    medium = models.CharField("unterschrieben", max_length=8, choices=Medium, default=Medium.PAPER)
    signed_on = models.DateField("unterschrieben am", default=timezone.localdate)
    valid_from = models.DateField("gilt ab", default=timezone.localdate)
    valid_until = models.DateField("gilt bis", help_text="letzter Tag; danach endet der Zugriff von selbst")
    withdrawn_on = models.DateField("widerrufen am", null=True, editable=False)

    social_data = True
    scope = Scope(
        view=Rule("person.view", ViaParent("person", "full"), OwnDepartment("department")),
        add=Rule("person.change", City()),
        change=Rule("person.change", ViaParent("person", "change"), OwnDepartment("department")),
        deny=[access.without("person.view"), access.denied("person")],
    )
    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = "Einwilligung"
        verbose_name_plural = "Einwilligungen"
        ordering = ["-signed_on", "-created_at"]
        indexes = [
            models.Index(fields=["person", "to_department"], name="cases_consent_person"),
            models.Index(fields=["case", "to_department"], name="cases_consent_case"),
            models.Index(fields=["to_department", "valid_until"], name="cases_consent_to"),
            models.Index(fields=["department", "valid_until"], name="cases_consent_by"),
        ]
        constraints = [
            models.CheckConstraint(
                name="consent_ends_after_start",
                condition=Q(valid_until__gte=F("valid_from")),
                violation_error_message="„Gilt bis“ liegt vor „gilt ab“. Bitte prüfen Sie die beiden Daten.",
            ),
            models.CheckConstraint(
                name="consent_signed_before_it_holds",
                condition=Q(signed_on__lte=F("valid_from")),
                violation_error_message="Die Einwilligung gilt erst ab der Unterschrift. Bitte prüfen Sie die Daten.",
            ),
        ]

    def __str__(self):
        return f"Einwilligung für {self.to_department}"

    def get_absolute_url(self):
        return (self.case or self.person).get_absolute_url()

    def clean(self):
        if self.case_id and self.person_id and self.case.person_id != self.person_id:
            raise ValidationError({"case": "Der Fall gehört zu einer anderen Person."})

    def save(self, **kwargs):
        """However a consent is written, the access follows in the same transaction."""
        with transaction.atomic():
            super().save(**kwargs)
            follow(
                self.person,
                self.to_department,
                reason=kwargs.get("reason") or f"Einwilligung: {self.purpose}",
            )

    # What the pages say

    @property
    def shares(self) -> str:
        return (
            ", ".join(words for name, words in self.SHARES.items() if getattr(self, name))
            or "Name und Sprache"
        )

    def state(self, today=None):
        """(words, kind of badge)"""
        today = today or timezone.localdate()
        days = (self.valid_until - today).days
        if self.withdrawn_on:
            return f"widerrufen {self.withdrawn_on:%d.%m.%Y}", "danger"
        if days < 0:
            return f"abgelaufen {self.valid_until:%d.%m.%Y}", "danger"
        if self.valid_from > today:
            return f"gilt ab {self.valid_from:%d.%m.%Y}", "info"
        if days <= 30:
            return {0: "läuft heute ab", 1: "läuft morgen ab"}.get(
                days, f"läuft in {days} Tagen ab"
            ), "warning"
        return f"gilt bis {self.valid_until:%d.%m.%Y}", "success"

    def holds(self, on=None) -> bool:
        on = on or timezone.localdate()
        return self.withdrawn_on is None and self.valid_from <= on <= self.valid_until

    # What can be done with it

    def withdraw(self, *, by, on=None, reason):
        """The person takes it back: whoever had access through it has none with the next request."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.withdrawn_on:
                raise ValidationError("Diese Einwilligung ist schon widerrufen.")
            self.withdrawn_on = on or timezone.localdate()
            self.save(reason=reason)

    def extend(self, *, by, until, signed_on=None):
        """Signed again for a longer time."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.withdrawn_on:
                raise ValidationError("Diese Einwilligung ist widerrufen. Bitte holen Sie eine neue ein.")
            if until <= self.valid_until:
                raise ValidationError(
                    {"until": f"Bitte ein Datum nach dem {self.valid_until:%d.%m.%Y} angeben."}
                )
            self.valid_until = until
            self.save(reason=f"verlängert, unterschrieben am {signed_on or timezone.localdate():%d.%m.%Y}")


def follow(person, department, *, reason):
    """Make the grants of `department` on `person` and her cases what her consents and standing referrals say."""
    open_consents = [
        consent
        for consent in Consent.objects.open_to([department.pk]).filter(person=person).select_related("case")
        if consent.department_id != department.pk
    ]
    _set(person, department, open_consents, reason)
    named = Consent.objects.filter(person=person, to_department=department).exclude(case=None)
    for consent in named.select_related("case").order_by("case_id", "-created_at"):
        _set(consent.case, department, [c for c in open_consents if c.case_id == consent.case_id], reason)


def _set(row, department, consents, reason):
    B = RowGrant.Basis
    if consents:
        last = max(consents, key=lambda consent: consent.valid_until)
        grant(
            row,
            to=department,
            action="view",
            basis=B.REFERRAL if last.opens == Consent.Opens.REFERRAL else B.CONSENT,
            reason=reason[:500],
            valid_until=access.end_of(last.valid_until),
        )
        return
    for basis in (B.CONSENT, B.REFERRAL):
        revoke(row, to=department, basis=basis, reason=reason[:500])
