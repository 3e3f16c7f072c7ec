"""Retention: nothing goes early, everything goes afterwards, also from the history; the chain of seals still verifies."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import models

from cases import retention as counselling
from cases.models import Case, Contact, HelpPlan, Person, PersonName, PlanGoal
from objects.models import Complaint, ComplaintReporter, Party
from soe.administration.models import LegalHold, RetentionRule
from soe.administration.retention import services
from soe.audit import erasure, retention, triggers
from soe.audit.checks import our_models
from soe.audit.context import acting_as
from soe.audit.models import AuditedModel, ErasedRow, Erasure, ReadLog, SecurityEvent
from soe.audit.reads import log_read
from soe.audit.sealing import chain
from soe.audit.sealing.verify import verify
from tests.factories.cases import CaseFactory, ContactFactory, PersonFactory
from tests.factories.complaints import ComplaintFactory, ReporterFactory
from tests.factories.core import UserFactory
from tests.factories.register import PartyFactory

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2021, 3, 1, 10, tzinfo=ZoneInfo("Europe/Berlin"))
CANARY = "Kanarivogel"


def seal():
    return chain.seal(grace=timedelta(minutes=-1))


def canaries():
    """Every cell of every table of ours, history included, in which the canary still sits."""
    found = []
    for model in [*our_models(), *(m for m in apps.get_models() if hasattr(m, "instance_type"))]:
        if model._meta.proxy:
            continue
        for row in models.QuerySet(model).values():
            found += [
                f"{model._meta.label}.{name}" for name, v in row.items() if CANARY.lower() in str(v).lower()
            ]
    return found


@pytest.fixture
def person():
    """A case that ended in March 2021, with the canary in every text."""
    with time_machine.travel(LONG_AGO, tick=False), acting_as(UserFactory()):
        case = CaseFactory(state="active")
        person = case.person
        person.given_name, person.family_name, person.phone = CANARY, CANARY, CANARY
        person.save(reason=f"Name {CANARY}")
        PersonName(person=person, given_name=CANARY, family_name="x").save()
        ContactFactory(person=person, case=case, offer=case.offer, note=CANARY, at=LONG_AGO)
        plan = HelpPlan(case=case, number=1, perspective=CANARY)
        plan.save()
        PlanGoal(plan=plan, title=CANARY, domain="work").save()
        case.close(by=case.lead, close_reason="goals", outcome="improved", on=LONG_AGO.date())
    seal()
    return Person.objects.get(pk=person.pk)


@pytest.fixture
def rule():
    RetentionRule.set_up()
    return RetentionRule.objects.get(code="person")


@pytest.fixture
def officer(acting):
    return acting


def approve(rule, *rows):
    return services.erase(rule, [row.pk for row in rows], reason="fällig")


def test_nothing_is_due_a_day_early_and_all_of_it_a_day_later(person, rule):
    # The consent to her own carrier ran longer than the case.
    last = max(consent.valid_until for consent in person.consents.all())
    base = datetime(last.year, last.month, last.day, 12, tzinfo=LONG_AGO.tzinfo)
    end = base.replace(year=base.year + 3)
    assert person not in services.due(rule, end - timedelta(days=1))
    assert person in services.due(rule, end + timedelta(days=1))


def test_erased_means_gone_from_rows_history_and_search_and_the_chain_still_verifies(person, rule, officer):
    assert len(canaries()) > 10
    [certificate] = approve(rule, person)
    assert canaries() == []
    person.refresh_from_db()
    assert (person.given_name, person.birth_year, person.search_words) == ("gelöscht", None, "")
    assert (PersonName.objects.count(), PersonName.history.count()) == (0, 0)
    assert Contact.objects.get().minutes == 15  # what counts stays
    assert Case.objects.get().outcome == "improved"
    assert person not in services.due(rule)
    report = verify()
    assert report.findings == []
    assert report.erased > 5
    assert (certificate.rule, certificate.user_name) == ("person", str(officer))
    assert certificate.history_rows == ErasedRow.objects.filter(erasure=certificate).count()
    seal()
    assert verify().findings == []


def test_the_history_says_that_and_by_whom_something_was_erased(person, rule, officer):
    approve(rule, person)
    newest = person.history.first()
    assert newest.actor_name == str(officer)
    assert newest.history_change_reason.startswith("Gelöscht nach Regel: Personen und ihre Fälle: 3 Jahre")
    assert SecurityEvent.objects.filter(kind="erasure").count() == 1


def test_without_the_erased_rows_the_chain_would_not_verify(person, rule, officer, monkeypatch):
    """Negative control: a change of history without a certificate of its rows is found."""
    monkeypatch.setattr("soe.audit.erasure._hashes", lambda *args: {})
    approve(rule, person)
    assert any("wurde verändert" in str(finding) for finding in verify().findings)


def test_who_uses_the_erasure_to_hide_a_change_is_found(person, rule, officer):
    table = Person.history.model._meta.db_table
    with triggers.gate("Gegenprobe"):
        models.QuerySet(Person.history.model).filter(id=person.pk).update(actor_name="jemand")
    approve(rule, person)
    assert any(str(finding).startswith(table) for finding in verify().findings)


def test_a_forged_certificate_is_found(person, rule, officer):
    approve(rule, person)
    certificate = Erasure.objects.get()
    ErasedRow.objects.create(erasure=certificate, table="x", key="1", before="0" * 64)
    assert [f.text for f in verify().findings] == ["passt nicht zu seinem Siegel."]
    Erasure.objects.create(rule="person", user_name="niemand")
    assert "ist nicht gesiegelt." in [f.text for f in verify().findings]


def test_a_changed_row_after_the_erasure_is_found(person, rule, officer):
    approve(rule, person)
    with triggers.gate("Gegenprobe"):
        row = person.history.order_by("history_id").first()
        models.QuerySet(Person.history.model).filter(pk=row.pk).update(given_name="Zurück")
    assert [f.text for f in verify().findings] == ["wurde nach der Löschung verändert."]


def test_what_is_not_due_any_more_is_refused_and_nothing_is_erased(person, rule, officer):
    other = PersonFactory(given_name="Neu")
    with pytest.raises(ValidationError, match="nicht mehr fällig"):
        approve(rule, person, other)
    assert len(canaries()) > 10
    assert not Erasure.objects.exists()


def test_a_held_record_is_not_erased(person, rule, officer):
    hold = LegalHold(code="person", object_id=person.pk, number=person.number, reason="Klage anhängig")
    hold.save()
    with pytest.raises(ValidationError):
        approve(rule, person)
    hold.until = LONG_AGO.date()
    hold.save()
    approve(rule, person)
    assert canaries() == []


def test_a_household_keeps_its_address_while_somebody_else_lives_there(person, rule, officer):
    from cases.models import HouseholdMember
    from tests.factories.cases import HouseholdFactory
    from tests.factories.register import AddressFactory

    with time_machine.travel(LONG_AGO, tick=False):
        home = HouseholdFactory(address=AddressFactory())
        HouseholdMember(household=home, person=person).save()
    other = HouseholdMember(household=home, person=PersonFactory())
    other.save()
    approve(rule, person)
    home.refresh_from_db()
    assert home.address_id is not None


def test_comments_and_files_of_the_case_go_too(
    person, rule, officer, tmp_path, settings, django_capture_on_commit_callbacks
):
    from django.core.files.base import ContentFile

    from soe.web.comments.models import Comment
    from soe.web.files.models import Attachment
    from tests.factories.core import DepartmentFactory

    case, department = Case.objects.get(), DepartmentFactory()
    comment = Comment(text=CANARY, author=officer, department=department, visibility="internal")
    comment.target = case
    comment.save()
    file = Attachment(
        name=f"{CANARY}.pdf", kind="pdf", size=1, sha256="0" * 64, received_sha256="0" * 64, department=department,
        visibility="internal", added_by=officer,
    )  # fmt: skip
    file.target = case
    file.file.save("x.pdf", ContentFile(b"x"), save=False)
    file.save()
    stored = file.file
    assert stored.storage.exists(stored.name)
    with django_capture_on_commit_callbacks(execute=True):
        [certificate] = approve(rule, person)
    assert canaries() == []
    assert (Comment.objects.count(), Attachment.objects.count()) == (0, 0)
    assert not stored.storage.exists(stored.name)
    assert certificate.files == 1


def test_every_text_about_a_person_is_named_or_kept_on_purpose(person):
    """A new text field in counselling has to say what becomes of it."""
    kept = {
        "number", "basis", "state", "close_reason", "outcome", "result", "decline_reason", "verdict", "opens", "kind",
        "language", "channel", "medium", "domain", "role",
    }  # fmt: skip
    for part in counselling.person_parts(person):
        if part.blank is erasure.REMOVE:
            continue
        texts = {
            field.name
            for field in part.model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField) and not field.choices
        }
        assert texts - set(part.blank) - kept == set(), part.model


def test_the_parts_cover_every_model_that_points_at_a_person_or_a_case(person):
    covered = {part.model for part in counselling.person_parts(person)}
    # Rows without a word of text or a date about the person.
    empty = {"CaseEpisode", "NeedsAssessment", "AssessmentScore", "HouseholdMember", "RestrictionAccess"}
    for model in our_models():
        if model._meta.proxy or not issubclass(model, AuditedModel):
            continue
        targets = {f.related_model for f in model._meta.concrete_fields if f.related_model}
        if targets & {Person, Case} and model.__name__ not in empty:
            assert model in covered, model


def test_the_reporter_goes_and_the_complaint_stays(officer):
    RetentionRule.set_up()
    rule = RetentionRule.objects.get(code="reporter")
    reporter = ReporterFactory(name=CANARY, complaint=ComplaintFactory())
    complaint = reporter.complaint
    assert not services.due(rule, LONG_AGO).exists()
    with triggers.gate("Test"):
        models.QuerySet(Complaint).filter(pk=complaint.pk).update(
            state="closed", outcome="remedied", closed_on=LONG_AGO.date(), answered_on=LONG_AGO.date()
        )
    seal()
    approve(rule, reporter)
    assert canaries() == []
    assert not ComplaintReporter.objects.exists()
    assert Complaint.objects.get() == complaint
    assert verify().findings == []


def test_a_former_owner_loses_name_and_contact_also_in_the_search(officer):
    RetentionRule.set_up()
    rule = RetentionRule.objects.get(code="owner")
    with time_machine.travel(LONG_AGO, tick=False):
        party = PartyFactory(kind="person", name=CANARY, phone=CANARY, street=CANARY)
        company = PartyFactory(kind="company", name="GmbH")
    assert set(services.due(rule)) == {party}
    approve(rule, party)
    assert canaries() == []
    assert Party.objects.get(pk=company.pk).name == "GmbH"


def test_old_log_rows_expire_in_sealed_batches_and_young_ones_stay(officer):
    RetentionRule.set_up()
    person = PersonFactory()
    for _ in range(3):
        log_read("view", Person, obj=person, basis="Prüfung")
    seal()
    log_read("view", Person, obj=person, basis="jung")
    in_two_years = RetentionRule.objects.get(code="read_log")
    soon = datetime.now(ZoneInfo("Europe/Berlin")) + timedelta(days=700)
    list(services.run(now=soon))
    assert ReadLog.objects.count() == 4  # nothing early
    later = soon + timedelta(days=60)
    list(services.run(now=later, dry_run=True))
    assert ReadLog.objects.count() == 4  # a dry run changes nothing
    outcome = {o.rule.code: o for o in services.run(now=later)}["read_log"]
    assert outcome.gone == 3  # the one that is not sealed yet waits for its seal
    assert [row.basis for row in ReadLog.objects.all()] == ["jung"]
    assert verify().findings == []
    assert Erasure.objects.filter(rule=in_two_years.code).get().log_rows == 3


def test_who_deletes_a_log_without_expiry_is_found(officer):
    """Negative control of the test above."""
    log_read("view", Person, obj=PersonFactory(), basis="Prüfung")
    seal()
    with triggers.gate("Gegenprobe"):
        models.QuerySet(ReadLog).all()._raw_delete("default")
    assert [f.text for f in verify().findings] == ["fehlt."]


def test_after_a_restore_what_was_erased_is_erased_again(person, rule, officer):
    approve(rule, person)
    with triggers.gate("Sicherung"):
        models.QuerySet(Person).filter(pk=person.pk).update(given_name=CANARY)
    assert services.erase_again() == 1
    assert canaries() == []


def test_the_command_counts_and_only_proposes_people(person, rule, capsys):
    call_command("retention", dry_run=True)
    assert "Personen und ihre Fälle (3 Jahre): 1 fällig, warten auf Freigabe" in capsys.readouterr().out
    call_command("retention")
    assert len(canaries()) > 10
    assert {kind.code for kind in retention.kinds()} >= {
        "person",
        "owner",
        "reporter",
        "read_log",
        "form_tokens",
    }
