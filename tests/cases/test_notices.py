"""Notices, mails and comments around cases: nobody's name leaves the case, and readers of its card learn nothing."""

from datetime import date

import pytest
from django.urls import reverse

from cases import services
from soe.web.comments import services as comments
from soe.web.comments.models import Comment
from soe.web.notices import digests
from soe.web.notices.models import Notice
from tests.factories.cases import CaseFactory, OfferFactory, PersonFactory

pytestmark = pytest.mark.django_db
CANARY = ("Kanarigiven", "Kanarifamily", "Wohnungssuche", "Räumung")


@pytest.fixture
def case(caritas, counsellor):
    person = PersonFactory(own_department=caritas, given_name=CANARY[0], family_name=CANARY[1])
    return CaseFactory(offer=OfferFactory(carrier=caritas), lead=counsellor, by=counsellor, person=person)


def test_a_referral_and_its_answer_are_told_without_a_word_about_the_person(
    case, counsellor, outsider, planb, mailoutbox
):
    referral = services.refer(case, by=counsellor, to=planb, purpose=CANARY[2], reason=CANARY[3])
    [received] = Notice.objects.shown_to(outsider)
    assert received.title == "Caritas hat eine Vermittlung gesendet"
    referral.accept(by=outsider)
    [answered] = Notice.objects.shown_to(counsellor)
    assert answered.title == "Plan B hat eine Vermittlung beantwortet"
    digests.send_all(date(2026, 12, 1))
    assert {mail.to[0] for mail in mailoutbox} == {outsider.email, counsellor.email}
    for mail in mailoutbox:
        text = mail.subject + mail.body + mail.alternatives[0][0]
        assert not [word for word in CANARY if word in text]


def test_comments_on_a_case_are_for_those_who_see_it_in_full(
    client, case, caritas, counsellor, colleague, outsider, planb
):
    services.refer(case, by=counsellor, to=planb, purpose=CANARY[2], reason=CANARY[3])
    comment = comments.write(case, by=counsellor, department=caritas, text="Kanaritext", visibility="open")
    assert list(Comment.objects.restrict(colleague)) == [comment]
    assert not Comment.objects.restrict(outsider).exists()
    client.force_login(outsider)  # reads the card
    page = client.get(case.get_absolute_url())
    assert page.status_code == 200
    assert "Kanaritext" not in page.text
    address = reverse("web:comment_create", args=["cases.case", case.pk])
    assert client.post(address, {"text": "x", "visibility": "open"}).status_code == 404
    assert client.post(reverse("web:watch", args=["cases.case", case.pk])).status_code == 404
    # Negative control: the same posts by a colleague of the own carrier.
    client.force_login(colleague)
    assert "Kanaritext" in client.get(case.get_absolute_url()).text
    assert client.post(address, {"text": "x", "visibility": "open"}).status_code == 302
    # A page of its own would show social data without a look in the log.
    history = reverse("web:history", args=["web.comment", comment.pk])
    assert client.get(history).status_code == 404
