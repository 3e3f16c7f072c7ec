"""Acting at a property needs an accepted participation: for every action; offers come from rules or by hand."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from objects.complaints.services import record_complaint
from objects.models import Measure, Note, Participation, ProblemArea, Proceeding
from objects.register.services import participate
from soe.audit.errors import IllegalTransition
from tests.factories.complaints import CategoryFactory, RuleFactory, RuleParticipantFactory
from tests.factories.core import DepartmentFactory, member
from tests.factories.register import AddressFactory, PropertyFactory

pytestmark = pytest.mark.django_db
CLERK = (
    "register.view", "register.change", "proceeding.view", "proceeding.change", "measure.change", "complaint.view",
)  # fmt: skip
TODAY = timezone.localdate().isoformat
ACTIONS = {
    "note": (Note, "objects:note_create", {"subject": "Anruf", "visibility": "open"}),
    "problem": (ProblemArea, "objects:problem_report", {"kind": "social", "severity": "2", "on": TODAY()}),
    "measure": (
        Measure,
        "objects:measure_create",
        {"kind": "talk", "what": "Gespräch", "due_on": TODAY(), "visibility": "open"},
    ),
    "proceeding": (
        Proceeding,
        "objects:proceeding_create",
        {
            "subject": "Instandsetzung",
            "file_number": "X-1",
            "opened_on": TODAY(),
            "visibility": "open",
            "kind": "general",
        },
    ),
}


def kind_of_problem():
    return ProblemArea.Kind.values[0]


@pytest.mark.parametrize("action", ACTIONS)
def test_an_offer_alone_lets_nobody_act(client, action):
    model, name, values = ACTIONS[action]
    if action == "problem":
        values = values | {"kind": kind_of_problem()}
    house, department = PropertyFactory(), DepartmentFactory()
    person = member(*CLERK, department=department)
    client.force_login(person)
    url = reverse(name, args=[house.pk])

    def try_it():
        before = model.objects.count()
        answer = client.post(url, values)
        return answer.status_code, model.objects.count() - before

    assert try_it() == (404, 0)
    offer = participate(house, department, by=person)
    assert try_it() == (404, 0)
    offer.accept(by=person)
    assert try_it() == (302, 1)  # the negative control: with the acceptance it works
    offer.close(by=person, outcome="done", reason="fertig")
    assert try_it() == (404, 0)


@pytest.mark.parametrize("action", ACTIONS)
def test_who_works_for_two_departments_acts_for_the_one_that_takes_part(client, action):
    model, name, values = ACTIONS[action]
    if action == "problem":
        values = values | {"kind": kind_of_problem()}
    house, other = PropertyFactory(), DepartmentFactory()
    person = member(*CLERK, department=house.lead_department)
    member(*CLERK, department=other, user=person)
    client.force_login(person)
    client.post(reverse(name, args=[house.pk]), values | {"department": other.pk})
    assert not model.objects.filter(department=other).exists()


def test_a_rule_asks_once_for_participation_at_a_known_house():
    house = PropertyFactory(address=(address := AddressFactory()))
    waste = CategoryFactory()
    rule = RuleFactory(category=waste, invites=True)
    joining = RuleParticipantFactory(rule=rule).department
    quiet = RuleFactory(category=waste)
    clerk = member("complaint.record")

    def report():
        return record_complaint(
            by=clerk,
            recorded_in=clerk.departments.get(),
            text="Müll im Hof",
            address=address,
            categories=[waste],
        )

    complaint = report()
    offers = Participation.objects.filter(property=house)
    assert set(offers.values_list("department", flat=True)) == {rule.lead_id, joining.pk}
    assert complaint.number in offers[0].question
    assert not offers.filter(department=quiet.lead).exists()
    offers.get(department=joining).decline(by=member(), reason="nicht zuständig")
    report()
    assert offers.count() == 2


def test_a_department_that_said_no_is_asked_again_by_hand_and_the_no_stays(client):
    house = PropertyFactory()
    person = member(*CLERK, department=house.lead_department)
    offer = participate(house, DepartmentFactory(), by=person, question="Müll")
    with pytest.raises(IllegalTransition):
        offer.reoffer(by=person, question="noch einmal")
    offer.decline(by=person, reason="keine Zeit")
    client.force_login(person)
    tab = client.get(reverse("objects:property_tab", args=[house.pk, "beteiligte"])).content.decode()
    url = reverse("objects:participation_reoffer", args=[offer.pk])
    assert url in tab
    client.post(url, {"question": "Jetzt auch Ratten"})
    assert list(house.participations.order_by("created_at").values_list("state", "reason")) == [
        ("declined", "keine Zeit"),
        ("offered", ""),
    ]
    assert (
        url not in client.get(reverse("objects:property_tab", args=[house.pk, "beteiligte"])).content.decode()
    )
    client.force_login(member(*CLERK))
    assert client.post(url, {"question": "x"}).status_code == 404


def test_a_decline_needs_a_reason():
    offer = participate(PropertyFactory(), DepartmentFactory(), by=(person := member()))
    with pytest.raises(ValidationError):
        offer.decline(by=person, reason=" ")
