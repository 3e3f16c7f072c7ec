"""What else may be taken off and comes back: parts of plans and papers, items, files, comments."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from cases.casework.plans import HelpPlan, PlanGoal, PlanStep
from soe.accounts.models import User
from soe.audit.context import acting_as
from soe.audit.models import ReadLog
from soe.web.comments.models import Comment
from soe.web.files import services as files
from soe.web.removal import services
from steering.models import AgendaItem, Consultation, FinanceRow, Meeting
from tests.factories.cases import CaseFactory
from tests.factories.core import member
from tests.factories.register import PropertyFactory
from tests.factories.steering import ItemFactory, MeetingFactory, PaperFactory, ProposalFactory, bring
from tests.web.files import samples
from tests.web.forms import submit

pytestmark = pytest.mark.django_db
BIN = "/konto/papierkorb/"


def url(name, obj):
    return reverse(f"web:{name}", args=[obj._meta.label_lower, obj.pk])


@pytest.fixture
def plan(as_member):
    case = CaseFactory(state="active")
    client, user = as_member("case.view", "case.change", "person.view", department=case.offer.carrier)
    with acting_as(user):
        plan = HelpPlan.draft_for(case, by=user)
        goals = [PlanGoal(plan=plan, position=n, domain="health", title=f"Ziel {n}") for n in (1, 2)]
        for goal in goals:
            goal.save()
        step = PlanStep(goal=goals[0], title="Termin", due=timezone.localdate())
        step.save()
    return client, user, plan, goals, step


def test_goals_and_steps_of_a_draft_go_and_come_back_each_look_logged(plan):
    client, user, draft, (first, _), step = plan
    page = submit(client, url("remove", first), reason="falsch")
    assert "Daran hängt noch 1 Schritt" in page.content.decode()
    assert submit(client, url("remove", step), reason="falsch").status_code == 302
    assert submit(client, url("remove", first), reason="falsch").status_code == 302
    with acting_as(user):
        PlanGoal(plan=draft, position=1, domain="health", title="Neues Ziel").save()
    before = ReadLog.objects.filter(kind="list", model="cases.plangoal").count()
    page = client.get(BIN).content.decode()
    assert url("restore", first) in page
    assert url("restore", step) not in page  # its goal is gone: nobody can say who may see it
    assert ReadLog.objects.filter(kind="list", model="cases.plangoal").count() == before + 1
    assert submit(client, url("restore", first)).status_code == 302
    assert submit(client, url("restore", step)).status_code == 302
    assert PlanGoal.objects.get(pk=first.pk).position == 3  # its place was taken
    assert PlanStep.objects.filter(pk=step.pk, goal=first).exists()


def test_a_signed_version_stays_as_it_is(plan):
    client, user, draft, (_, second), step = plan
    with acting_as(user):
        services.remove(second, by=user, reason="falsch")
    second.pk = second.id = PlanGoal.history.filter(history_type="-").first().id
    draft.sign(by=user)
    assert "unterschrieben" in submit(client, url("remove", step), reason="falsch").content.decode()
    assert "unterschrieben" in submit(client, url("restore", second)).content.decode()
    assert (PlanStep.objects.count(), PlanGoal.objects.count()) == (1, 1)


def test_negative_control_without_the_refusal_a_signed_version_would_change(plan, monkeypatch):
    client, user, draft, _, step = plan
    draft.sign(by=user)
    from soe.web.removal import registry

    kind = registry.Removable(PlanStep, parent="goal")
    monkeypatch.setitem(registry._known, "cases.planstep", kind)
    submit(client, url("remove", step), reason="falsch")
    assert PlanStep.objects.count() == 0


def test_an_item_comes_back_at_the_end_with_its_proposal_scheduled_again(as_member):
    client, user = as_member("steering.view", "steering.manage")
    meeting = MeetingFactory()
    meeting.open_registration(by=user)
    proposal = ProposalFactory(committee=meeting.committee, submitted=True)
    item = meeting.add_item(by=user, proposal=proposal, late_reason="")
    last = ItemFactory(meeting=meeting)
    assert submit(client, reverse("steering:item_drop", args=[item.pk]), reason="falsch").status_code == 302
    proposal.refresh_from_db()
    assert proposal.state == "submitted"
    assert "Rückgängig" in client.get(meeting.get_absolute_url()).content.decode()
    assert submit(client, url("restore", item)).status_code == 302
    proposal.refresh_from_db()
    places = dict(AgendaItem.objects.values_list("pk", "position"))
    assert (places, proposal.state) == ({last.pk: 1, item.pk: 2}, "scheduled")
    bring(Meeting.objects.get(pk=meeting.pk), Meeting.State.FROZEN)
    assert "eingefroren" in submit(client, url("remove", item), reason="falsch").content.decode()


def test_rows_of_a_paper_go_and_come_back(as_member):
    client, user = as_member("steering.view", "council.manage")
    paper = PaperFactory()
    with acting_as(user):
        rows = [
            Consultation(paper=paper, position=1, organization_name="Rat"),
            FinanceRow(paper=paper, position=1, period="2027", income=1, expense=2),
        ]
        for row in rows:
            row.save()
    page = client.get(paper.get_absolute_url()).content.decode()
    for row in rows:
        assert url("remove", row) in page
        assert submit(client, url("remove", row), reason="falsch").status_code == 302
        assert submit(client, url("restore", row)).status_code == 302
        assert type(row).objects.filter(pk=row.pk).exists()


def test_files_and_own_comments_stand_in_the_bin_and_come_back(as_member):
    client, user = as_member("register.view", "register.change")
    house = PropertyFactory(lead_department=user.memberships.get().department)
    department = house.lead_department
    with acting_as(user):
        file = files.attach(house, samples.upload(samples.jpeg(), "foto.jpg"), department=department)
        own = Comment(author=user, department=department, text="Meins", visibility="open")
        own.target = house
        own.save()
    other = member("register.view", "register.change", department=department)
    files.remove(file, by=other, reason="doppelt")
    own.remove(by=user)
    page = client.get(BIN).content.decode()
    assert f"von {other}" in page
    assert "Meins" not in page
    for name, row in (("file_restore", file), ("comment_restore", own)):
        address = reverse(f"web:{name}", args=[row.pk])
        assert address in page
        assert submit(client, address).status_code == 302
    own.refresh_from_db()
    file.refresh_from_db()
    assert (own.text, own.removed_at, file.removed_at) == ("Meins", None, None)
    own.remove(by=user)
    client.force_login(other)  # sees the comment, did not write it
    assert client.get(reverse("web:comment_restore", args=[own.pk])).status_code == 404
    assert reverse("web:comment_restore", args=[own.pk]) not in client.get(BIN).content.decode()


def test_a_comment_whose_history_was_erased_does_not_come_back():
    user = member("register.view")
    house = PropertyFactory()
    comment = Comment(
        author=user, department=user.memberships.get().department, text="Meins", visibility="open"
    )
    comment.target = house
    with acting_as(user):
        comment.save()
    comment.remove(by=user)
    from soe.audit import erasure

    with acting_as(User.objects.system()):
        erasure.erase(
            [erasure.Part(Comment, [comment.pk], {"text": ""})],
            ground=erasure.Ground("probe", "Probe", "Art. 17 DSGVO"),
            model=Comment,
            object_id=comment.pk,
            reason="x",
        )
    with pytest.raises(ValidationError, match="gelöscht"):
        Comment.objects.get(pk=comment.pk).restore(by=user)
