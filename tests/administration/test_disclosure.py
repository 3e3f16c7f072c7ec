"""Auskunft (Art. 15 DSGVO): all of one person's data, nobody else's; asked with a reason, logged, as a job."""

import io
import json
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import models as counselling
from cases.models import HelpPlan, Household, HouseholdMember, PersonName, PlanGoal, PlanStep
from soe.administration.disclosure import collecting
from soe.administration.disclosure.collecting import collect
from soe.administration.disclosure.sources import sources
from soe.administration.models import Disclosure
from soe.audit.context import acting_as
from soe.audit.models import ReadLog, SecurityEvent
from soe.web.files.services import attach
from soe.web.files.storing import private_storage
from soe.web.jobs.models import Job
from soe.web.jobs.services import execute
from soe.web.tokens import new_token
from tests.factories.cases import CaseFactory, ContactFactory
from tests.factories.complaints import ComplaintFactory, ReporterFactory
from tests.factories.core import UserFactory
from tests.factories.register import PartyFactory
from tests.web.files.samples import upload

pytestmark = pytest.mark.django_db


def person_with(word):
    """Every text about this person holds `word` and the name of its field, so that each one can be looked for."""
    case = CaseFactory(state="active")
    person = case.person
    person.given_name, person.phone = f"{word}-alt", f"{word}-telefon"
    person.save()
    person.given_name = f"{word}-vorname"
    person.save(reason=f"{word}-grund")
    PersonName(person=person, given_name=f"{word}-schreibweise", family_name="x").save()
    ContactFactory(person=person, case=case, offer=case.offer, note=f"{word}-notiz")
    plan = HelpPlan(case=case, number=1, perspective=f"{word}-perspektive")
    plan.save()
    goal = PlanGoal(plan=plan, title=f"{word}-ziel", domain="work")
    goal.save()
    PlanStep(goal=goal, title=f"{word}-schritt", due=timezone.localdate()).save()
    attach(
        case,
        upload(word.encode(), f"{word}-datei.txt"),
        department=person.own_department,
        caption=f"{word}-bild",
    )
    return person


PLACES = (
    "alt", "vorname", "grund", "telefon", "schreibweise", "notiz", "perspektive", "ziel", "schritt", "datei", "bild",
)  # fmt: skip


@pytest.fixture
def two():
    with acting_as(UserFactory(first_name="Geheime", last_name="Beschäftigte")):
        one, other = person_with("Amsel"), person_with("Drossel")
        home = Household(department=one.own_department, adults=2)
        home.save()
        for person in (one, other):
            HouseholdMember(household=home, person=person).save()
    return one, other


def text_of(person):
    return json.dumps(collect(sources["person"], person), ensure_ascii=False)


def test_all_of_one_person_and_nobody_else(two):
    one, other = two
    mine, theirs = text_of(one), text_of(other)
    assert [place for place in PLACES if f"Amsel-{place}" not in mine] == []
    assert "Drossel" not in mine
    assert other.number not in mine
    assert "Amsel" not in theirs
    assert [place for place in PLACES if f"Drossel-{place}" not in theirs] == []
    assert "Geheime" not in mine  # employees are not named
    assert "Namen anderer Menschen" in mine


def test_a_link_to_an_own_record_leads_on_and_one_to_a_foreign_record_does_not(two):
    answer = collect(sources["person"], two[0])
    rows = {part["Datenart"]: [row["Angaben"] for row in part["Datensätze"]] for part in answer["Abschnitte"]}
    assert rows["Haushaltsmitglieder"][0]["Haushalt"] == "siehe Haushalte"
    assert (
        rows["Ziele"][0]["Hilfeplan"] == "siehe Hilfepläne, Fassung 1"
    )  # a plan's number is the count in its case
    assert rows["Schritte"][0]["Ziel"].startswith("siehe Ziele")
    assert collecting.OTHER not in json.dumps(answer, ensure_ascii=False)
    # The household of somebody else stays unnamed.
    words, foreign = collecting.Words(two[0]), Household.objects.get()
    assert words.of(HouseholdMember._meta.get_field("household"), foreign.pk) == collecting.OTHER


def test_without_asking_whose_a_row_is_others_would_be_in_it(two, monkeypatch):
    """Negative control: a contact in one person's case that names another person."""
    one, other = two
    with acting_as(UserFactory()):
        contact = counselling.Contact.objects.get(person=other)
        contact.case = counselling.Case.objects.get(person=one)
        contact.save()
    assert "Drossel" not in text_of(one)
    monkeypatch.setattr(collecting, "_not_of_others", lambda child, subject: child._base_manager.all())
    assert "Drossel-notiz" in text_of(one)


def test_owners_and_reporters_too():
    with acting_as(UserFactory()):
        party, reporter = PartyFactory(name="Amsel", kind="person"), ReporterFactory(name="Amsel")
        ReporterFactory(name="Drossel", complaint=ComplaintFactory())
    owner, reported = sources["owner"], sources["reporter"]
    assert owner.find(f"https://soe.example.org/eigentuemer/{party.pk}/") == party
    assert (owner.find("unsinn"), owner.find("")) == (None, None)
    assert reported.find(reporter.complaint.number) == reporter
    for source, record in ((owner, party), (reported, reporter)):
        text = json.dumps(collect(source, record), ensure_ascii=False)
        assert "Amsel" in text
        assert "Drossel" not in text


def ask(client, person, **changes):
    data = {"kind": "person", "reference": person.number, "reason": "Antrag vom 3. November"}
    return client.post(
        reverse("administration:disclosure_add"), {**data, **changes, "form_token": new_token()}, follow=False
    )


def test_the_page_starts_a_job_and_everything_is_logged(two, as_member, django_capture_on_commit_callbacks):
    client, user = as_member("privacy.disclose")
    with django_capture_on_commit_callbacks(execute=True):
        response = ask(client, two[0])
    job = Job.objects.get(kind="disclosure")
    assert response.url == reverse("web:job", args=[job.pk])
    assert (job.state, job.error) == ("done", "")
    with private_storage().open(job.result) as file, zipfile.ZipFile(io.BytesIO(file.read())) as archive:
        assert archive.read("auskunft.pdf").startswith(b"%PDF")
        data = json.loads(archive.read("auskunft.json"))
    assert "Amsel-notiz" in json.dumps(data, ensure_ascii=False)
    assert ReadLog.objects.get(kind="export").object_id == two[0].pk
    event = SecurityEvent.objects.get(kind="export")
    assert (event.user_id, event.object_id) == (user.pk, Disclosure.objects.get().pk)
    assert "Auskunft" in client.get(reverse("administration:disclosure_list")).content.decode()
    # The next one sees that somebody looked.
    assert collect(sources["person"], two[0])["Zugriffe"]


def test_no_reason_no_record_no_right(two, as_member, client):
    signed_in, _ = as_member("privacy.disclose")
    assert "Pflichtfeld" in ask(signed_in, two[0], reason="").content.decode() or not Job.objects.exists()
    assert "gibt es keinen Datensatz" in ask(signed_in, two[0], reference="P-999999").content.decode()
    assert not Job.objects.exists()
    assert not Disclosure.objects.exists()
    checker, _ = as_member("privacy.view")
    assert ask(checker, two[0]).status_code == 403


def test_who_lost_the_right_meanwhile_gets_nothing(two, as_member):
    client, user = as_member("privacy.disclose")
    ask(client, two[0])
    job = Job.objects.get(kind="disclosure")
    fetched = client.get(reverse("web:job_result", args=[job.pk]))
    assert fetched.status_code == 200
    assert b"".join(fetched.streaming_content)
    with acting_as(user):
        for membership in user.memberships.all():
            membership.end(reason="Test")
    assert client.get(reverse("web:job_result", args=[job.pk])).status_code == 403
    # A worker that takes the job up only now refuses it and drops what was there.
    Job.objects.update(state="queued")
    execute(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("failed", "")
    assert ReadLog.objects.filter(kind="export").count() == 1
