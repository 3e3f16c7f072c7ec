"""The conflict page on real pages of every app: choices, rows chosen through a table of their own, child rows."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from objects.complaints.services import set_topics
from objects.models import ComplaintTopic, RoutingRuleParticipant
from soe.audit.context import acting_as
from soe.web import conflicts
from soe.web.conflicts import Linked
from tests.factories.cases import CaseFactory
from tests.factories.complaints import CategoryFactory, ComplaintFactory, RuleFactory, TopicFactory
from tests.factories.core import DepartmentFactory, UserFactory, member
from tests.factories.register import PropertyFactory
from tests.factories.steering import CommitteeFactory, ProposalFactory
from tests.web.forms import fields

pytestmark = pytest.mark.django_db


def save(obj, **values):
    for name, value in values.items():
        setattr(obj, name, value)
    obj.save(reason="von Jonas")


def property_page(user):
    house = PropertyFactory(lead_department=user.memberships.get().department, former_use="Laden")
    return SimpleNamespace(
        url=reverse("objects:property_update", args=[house.pk]),
        theirs=lambda: save(house, building_type="house", former_use="Kneipe"),
        mine={"former_use": "Kiosk"},
        words=["Ein- oder Zweifamilienhaus", "Kneipe", "Kiosk", "von beiden geändert"],
        merged={"former_use": ["Kiosk"], "building_type": ["house"]},
        after=lambda: (type(house).objects.get().former_use, "Kiosk"),
    )


def complaint_page(user):
    complaint = ComplaintFactory(department=user.memberships.get().department, text="Müll im Hof.")
    old, theirs, mine = (
        CategoryFactory(name="Müll"),
        CategoryFactory(name="Ratten"),
        CategoryFactory(name="Lärm"),
    )
    TopicFactory(complaint=complaint, category=old)

    def others():
        save(complaint, text="Müll im Keller.")
        set_topics(complaint, [old, theirs], by=UserFactory())

    return SimpleNamespace(
        url=reverse("objects:complaint_update", args=[complaint.pk]),
        theirs=others,
        mine={"categories": [str(old.pk), str(mine.pk)]},
        words=["Müll, Ratten", "Lärm, Müll", "von beiden geändert"],
        merged={"text": ["Müll im Keller."], "categories": {str(old.pk), str(mine.pk)}},
        after=lambda: (
            set(ComplaintTopic.objects.values_list("category_id", flat=True)),
            {old.pk, mine.pk},
        ),
    )


def rule_page(user):
    first, second, third = (DepartmentFactory(short_name=f"Amt {n}") for n in (1, 2, 3))
    for department in (first, second, third):
        member("complaint.route", department=department)
    rule = RuleFactory(lead=first)

    def others():
        save(rule, position=rule.position + 1)
        RoutingRuleParticipant(rule=rule, department=second).save()

    return SimpleNamespace(
        url=reverse("objects:routing_update", args=[rule.pk]),
        theirs=others,
        mine={"joining": [str(third.pk)]},
        words=["Amt 2", "Amt 3", "von beiden geändert"],
        merged={"joining": [str(third.pk)]},
        after=lambda: (list(rule.joining.values_list("department_id", flat=True)), [third.pk]),
    )


def case_page(user):
    case = CaseFactory(state="active")
    carrier = case.offer.carrier
    rights = ("case.view", "case.change", "person.view")
    theirs = member(*rights, department=carrier, user=UserFactory(first_name="Aylin", last_name="Ott"))
    mine = member(*rights, department=carrier, user=UserFactory(first_name="Ben", last_name="Roth"))
    member(*rights, department=carrier, user=user)
    return SimpleNamespace(
        url=reverse("cases:case_lead", args=[case.pk]),
        theirs=lambda: save(case, lead=theirs),
        mine={"lead": str(mine.pk)},
        words=["Aylin Ott", "Ben Roth", "von beiden geändert"],
        merged={"lead": [str(mine.pk)]},
        after=lambda: (type(case).objects.get().lead, mine),
    )


def proposal_page(user):
    department = user.memberships.get().department
    proposal = ProposalFactory(
        department=department, committee=CommitteeFactory(), funding_source="Land", cost=1000
    )
    return SimpleNamespace(
        url=reverse("steering:proposal_change", args=[proposal.pk]),
        theirs=lambda: save(proposal, aim="prevention", cost=2000),
        mine={"title": "Anlaufstelle Mitte"},
        words=["Anlaufstelle Mitte", "passen zusammen"],
        merged={"title": ["Anlaufstelle Mitte"], "aim": ["prevention"]},
        after=lambda: ((p := type(proposal).objects.get()).title + p.aim, "Anlaufstelle Mitteprevention"),
    )


def account_page(user):
    other = member("register.view", user=UserFactory(first_name="Eva", last_name="Alt", phone="1"))
    return SimpleNamespace(
        url=reverse("administration:account_edit", args=[other.pk]),
        theirs=lambda: save(other, last_name="Neu", phone="2"),
        mine={"phone": "3"},
        words=["Neu", "von beiden geändert"],
        merged={"phone": ["3"], "last_name": ["Neu"]},
        after=lambda: (type(other).objects.get(pk=other.pk).phone, "3"),
    )


PAGES = [property_page, complaint_page, rule_page, case_page, proposal_page, account_page]
RIGHTS = (
    "address.view", "register.view", "register.change", "complaint.view", "complaint.record", "complaint.route", "register.steer",
    "case.view", "case.change", "person.view", "steering.view", "steering.propose", "admin.members", "admin.all",
)  # fmt: skip


@pytest.fixture
def clerk(client):
    from soe.departments.catalogue import PERMISSIONS

    user = member(*(code for code in RIGHTS if code in PERMISSIONS))
    client.force_login(user)
    return user


def collide(client, page):
    data = fields(client.get(page.url))
    with acting_as(UserFactory(first_name="Jonas", last_name="W")):
        page.theirs()
    return client.post(page.url, data | page.mine)


@pytest.mark.parametrize("make", PAGES)
def test_both_versions_are_shown_and_what_was_typed_can_be_saved(client, clerk, make):
    page = make(clerk)
    response = collide(client, page)
    html = response.content.decode()
    assert response.status_code == 409, response.context["form"].errors
    assert [word for word in page.words if word not in html] == []
    merged = fields(response)
    assert {
        n: set(merged[n]) if isinstance(v, set) else merged[n] for n, v in page.merged.items()
    } == page.merged
    assert client.post(page.url, merged).status_code == 302
    found, expected = page.after()
    assert found == expected


@pytest.mark.parametrize("make", [complaint_page, rule_page])
def test_negative_control_what_was_chosen_would_be_lost_without_the_merge(client, clerk, make, monkeypatch):
    monkeypatch.setattr(conflicts.Conflict, "merge_into", lambda self, form: form)
    page = make(clerk)
    merged = fields(collide(client, page))
    assert {n: set(merged.get(n, [])) for n in page.mine} != {n: set(v) for n, v in page.mine.items()}


def test_negative_control_without_their_history_nobody_would_see_who_chose_what(client, clerk, monkeypatch):
    monkeypatch.setattr(Linked, "then", lambda self, pk, later: self.now(pk))
    assert "von beiden geändert" not in collide(client, complaint_page(clerk)).content.decode()
