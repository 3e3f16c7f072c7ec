"""Who handles a complaint, what is written meanwhile, and what it led to."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from objects.complaints.services import refer
from objects.models import Complaint, ComplaintReference
from soe.web.notices.models import Notice
from tests.factories.complaints import ComplaintFactory, LinkFactory
from tests.factories.core import DepartmentFactory, member
from tests.factories.inspections import InspectionFactory
from tests.factories.proceedings import ProceedingFactory

pytestmark = pytest.mark.django_db
CLERK = ("complaint.view", "complaint.route", "register.view", "proceeding.view", "inspection.view")


@pytest.fixture
def here():
    return DepartmentFactory()


@pytest.fixture
def clerk(here, client):
    person = member(*CLERK, department=here)
    client.force_login(person)
    return person


def test_whoever_takes_a_complaint_over_handles_it(here, clerk):
    complaint = ComplaintFactory(department=here)
    complaint.accept(by=clerk)
    assert complaint.handler == clerk


def test_it_is_given_to_people_of_the_department_only_and_they_hear_of_it(here, clerk, client):
    complaint = ComplaintFactory(department=here)
    colleague, stranger = member(*CLERK, department=here), member(*CLERK)
    client.post(reverse("objects:complaint_assign", args=[complaint.pk]), {"handler": stranger.pk})
    complaint.refresh_from_db()
    assert complaint.handler is None
    with pytest.raises(ValidationError):
        complaint.assign(by=clerk, handler=stranger)
    client.post(reverse("objects:complaint_assign", args=[complaint.pk]), {"handler": colleague.pk})
    complaint.refresh_from_db()
    assert complaint.handler == colleague
    assert [n.kind for n in Notice.objects.shown_to(colleague)] == ["complaint_assigned"]
    client.force_login(colleague)
    assert complaint.number in client.get("/beschwerden/?ansicht=mir").content.decode()


def test_a_new_department_means_a_new_handler(here, clerk):
    there = DepartmentFactory()
    receiver = member(*CLERK, department=there)
    complaint = ComplaintFactory(department=here, in_progress=True, handler=clerk)
    complaint.forward(by=clerk, to=there, reason="dort zuständig")
    complaint.take_over(by=receiver)
    assert complaint.handler == receiver


def test_an_interim_answer_moves_the_deadline_and_stays_readable(here, clerk, client):
    today = timezone.localdate()
    complaint = ComplaintFactory(
        department=here,
        in_progress=True,
        wants_answer=True,
        answer_due=today + timedelta(days=2),
        received_at=timezone.now() - timedelta(days=12),
    )
    url = reverse("objects:complaint_interim", args=[complaint.pk])
    late = {"text": "Wir warten auf das Labor.", "on": today.isoformat()}
    assert "nach der bisherigen" in client.post(url, late | {"due": today.isoformat()}).content.decode()
    client.post(url, late | {"due": (today + timedelta(days=14)).isoformat()})
    complaint.refresh_from_db()
    assert complaint.answer_due == today + timedelta(days=14)
    page = client.get(complaint.get_absolute_url()).content.decode()
    assert "Wir warten auf das Labor." in page
    assert complaint.history.filter(answer_due=today + timedelta(days=2)).exists()


def test_a_link_to_an_internal_proceeding_is_seen_only_by_those_who_see_the_proceeding(
    here, clerk, client, monkeypatch
):
    complaint = ComplaintFactory(department=here)
    house = LinkFactory(complaint=complaint).property
    secret = ProceedingFactory(property=house, department=here, subject="Kanari", visibility="internal")
    url = reverse("objects:complaint_refer", args=[complaint.pk])
    client.post(url, {"proceeding": secret.pk, "kind": "cause"})
    assert ComplaintReference.objects.get().proceeding == secret
    assert "Kanari" in client.get(complaint.get_absolute_url()).content.decode()
    outsider = member(*CLERK)
    client.force_login(outsider)
    pages = [complaint.get_absolute_url(), reverse("web:history", args=["objects.complaint", complaint.pk])]
    for address in pages:
        page = client.get(address).content.decode()
        assert "Kanari" not in page
        assert str(secret.pk) not in page
    assert not ComplaintReference.objects.restrict(outsider).exists()
    # Negative control: without the rule the page would show it.
    reach = ComplaintReference.scope.rules["view"].reaches[0]
    monkeypatch.setattr(reach, "function", lambda user, departments: ~Q(pk=None))
    assert "Kanari" in client.get(complaint.get_absolute_url()).content.decode()


def test_a_wrong_link_is_taken_off_with_a_reason_and_stays_in_the_history_of_both_ends(here, clerk, client):
    complaint = ComplaintFactory(department=here)
    secret = ProceedingFactory(department=here, internal=True, subject="Kanarienvogel")
    LinkFactory(complaint=complaint, property=secret.property)
    row = refer(complaint, by=clerk, proceeding=secret, kind="cause")
    page = secret.get_absolute_url()
    pages = [page, complaint.get_absolute_url()]
    pages += [reverse("web:history", args=[f"objects.{name}", obj.pk])
              for name, obj in (("proceeding", secret), ("complaint", complaint))]  # fmt: skip
    assert complaint.number in client.get(page).content.decode()
    end = reverse("objects:reference_end", args=[row.pk])
    assert end in client.get(pages[1]).content.decode()
    client.post(end, {"reason": "falsches Haus"})
    assert client.get(end).status_code == 404
    for address in (page, *pages[2:]):
        assert "falsches Haus" in client.get(address).content.decode(), address
    assert end not in client.get(pages[1]).content.decode()
    client.force_login(member(*CLERK))
    assert client.post(end, {"reason": "x"}).status_code == 404
    text = "".join(client.get(address).content.decode() for address in pages)
    assert "falsches Haus" not in text
    assert "Kanarienvogel" not in text
    assert refer(complaint, by=clerk, proceeding=secret, kind="cause").ended_on is None


def test_a_wrong_link_to_a_house_is_removed_and_its_points_follow(here, clerk, client):
    link = LinkFactory(complaint=ComplaintFactory(department=here))
    assert link.complaint in Complaint.objects.about(link.property)
    client.post(
        reverse("web:remove", args=["objects.complaintlink", link.pk]), {"reason": "Nachbarhaus gemeint"}
    )
    assert not link.complaint.links.exists()
    history = reverse("web:history", args=["objects.complaint", link.complaint_id])
    assert "Nachbarhaus gemeint" in client.get(history).content.decode()


def test_nobody_names_a_proceeding_she_may_not_read(clerk, here, client):
    complaint = ComplaintFactory(department=here)
    house = LinkFactory(complaint=complaint).property
    secret = ProceedingFactory(property=house, visibility="internal", subject="Kanari")
    url = reverse("objects:complaint_refer", args=[complaint.pk])
    assert "Kanari" not in client.get(url).content.decode()
    client.post(url, {"proceeding": secret.pk, "kind": "cause"})
    assert not ComplaintReference.objects.exists()
    with pytest.raises(PermissionDenied):
        refer(complaint, by=clerk, proceeding=secret, kind="cause")


def test_an_inspection_may_be_the_result(clerk, here, client):
    complaint = ComplaintFactory(department=here)
    visit = InspectionFactory(property=LinkFactory(complaint=complaint).property, day__state="invited")
    client.post(
        reverse("objects:complaint_refer", args=[complaint.pk]), {"inspection": visit.pk, "kind": "result"}
    )
    assert ComplaintReference.objects.get().kind == "result"
