"""From a phone call to an order: three departments, their own accounts and roles, only pages."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from objects.complaints.defaults import ensure_complaint_defaults
from objects.models import Complaint, ComplaintCategory, LegalBasis, Measure, OrderItem, Proceeding, Property
from objects.proceedings.defaults import ensure_legal_bases
from soe.departments.models import Department, Role
from soe.departments.services import set_up_city
from tests.factories.core import MembershipFactory, UserFactory, somebody
from tests.factories.register import AddressFactory, StreetFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sign_in(client):
    with somebody():
        set_up_city()
        ensure_complaint_defaults()
        ensure_legal_bases()
    people = {}

    def go(code, role="sachbearbeitung"):
        if code not in people:
            people[code] = MembershipFactory(
                user=UserFactory(username=code),
                department=Department.objects.get(code=code),
                role=Role.objects.get(code=role),
            ).user
        client.force_login(people[code])
        return people[code]

    # Departments receive complaints only where somebody works on them.
    for code in ("wohnungsaufsicht", "bauordnung", "feuerwehr", "ordnung"):
        go(code)
    return go


def test_from_a_neighbours_call_to_an_order_with_a_deadline(client, sign_in):
    address = AddressFactory(street=StreetFactory(name="Lampenstubenweg"), number=14)
    category = ComplaintCategory.objects.get(code="brandschutz")

    sign_in("ordnung")
    client.post(
        "/beschwerden/neu/",
        {
            "channel": "phone", "who": "named", "name": "Frau Pohlschmidt", "contact": "02323 555 0142",
            "text": "Haustür schließt nicht. Müllsäcke bis zur Treppe.", "address_text": "lampenstubenweg 14",
            "categories": [category.pk], "problem_areas": ["building", "housing"], "wants_answer": "on",
        },
    )  # fmt: skip
    complaint, house = Complaint.objects.get(), Property.objects.get()
    assert complaint.address == address
    assert complaint.department.code == house.lead_department.code == "wohnungsaufsicht"
    assert {row.department.code for row in house.participations.all()} == {"bauordnung", "feuerwehr"}

    sign_in("wohnungsaufsicht")
    start = client.get("/").content.decode()
    assert "Haustür schließt nicht" in start
    client.post(reverse("objects:complaint_accept", args=[complaint.pk]))
    assert "Frau Pohlschmidt" in client.get(complaint.get_absolute_url()).content.decode()

    sign_in("bauordnung")
    assert "Frau Pohlschmidt" not in client.get(complaint.get_absolute_url()).content.decode()
    offer = house.participations.get(department__code="bauordnung")
    create = reverse("objects:proceeding_create", args=[house.pk])
    assert client.get(create).status_code == 404
    client.post(
        reverse("objects:participation_accept", args=[offer.pk]), {"on": timezone.localdate().isoformat()}
    )
    page = client.get(house.get_absolute_url()).content.decode()
    assert create in page
    basis = LegalBasis.objects.get(paragraph="§ 82")
    client.post(
        create,
        {
            "subject": "Rettungsweg", "legal_basis": basis.pk, "file_number": "BO-2026-77", "visibility": "open",
            "opened_on": timezone.localdate().isoformat(),
        },
    )  # fmt: skip
    row = Proceeding.objects.get()
    assert row.department.code == "bauordnung"
    client.post(
        reverse("objects:order_create", args=[row.pk]),
        {
            "title": "Ordnungsverfügung", "issued_on": timezone.localdate().isoformat(),
            "no_hearing_because": "Gefahr im Verzug: Rettungsweg versperrt",
            "text": "Der Rettungsweg ist zu räumen.", "threatened_amount": "1.000",
            "deadline": (timezone.localdate() + timedelta(days=14)).isoformat(),
        },
    )  # fmt: skip
    item = OrderItem.objects.get()
    assert item.threatened_amount == 1000
    client.post(
        reverse("objects:measure_create", args=[house.pk]),
        {
            "what": "Mit der Eigentümerin sprechen", "kind": "talk", "visibility": "open",
            "due_on": (timezone.localdate() + timedelta(days=7)).isoformat(),
        },
    )  # fmt: skip
    assert Measure.objects.get().department.code == "bauordnung"

    sign_in("wohnungsaufsicht")
    page = client.get(house.get_absolute_url()).content.decode()
    for words in ("BO-2026-77", "Mit der Eigentümerin sprechen", complaint.number, "Beteiligung"):
        assert words in page
    house.refresh_from_db()
    assert house.summary.next_title == "Mit der Eigentümerin sprechen"
