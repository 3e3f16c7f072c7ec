"""The mail: once per person and period, nothing in it but counts, numbers and links."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from soe.administration.models import RetentionRule
from soe.audit.context import acting_as
from soe.web.notices import digests, kinds, notify
from soe.web.notices.models import Digest, Notice
from tests.factories.complaints import ComplaintFactory
from tests.factories.core import member

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 30)


@pytest.fixture
def reader():
    return member("complaint.view")


@pytest.fixture(autouse=True)
def probe():
    for channel in ("daily", "weekly", "bell"):
        kinds.add(f"probe_{channel}", f"Probe {channel}", about=("objects.complaint",), channel=channel)
    yield
    for channel in ("daily", "weekly", "bell"):
        del kinds.entries[f"probe_{channel}"]


def tell(person, channel="daily", target=None):
    target = target or ComplaintFactory(text="Frau Kanari hat Schimmel.")
    notify([person], f"probe_{channel}", title="Frau Kanari", url=target.get_absolute_url(), target=target)
    return target


def test_each_period_has_one_mail_and_its_own_kinds(reader, mailoutbox):
    for channel in ("daily", "weekly", "bell"):
        tell(reader, channel)
    counted = digests.send_all(MONDAY)
    assert (counted["daily"], counted["weekly"]) == (1, 1)
    assert not digests.send_all(MONDAY)["daily"]
    tell(reader)
    digests.send_all(MONDAY + timedelta(days=1))
    digests.send_all(MONDAY + timedelta(days=1))
    assert len(mailoutbox) == 3
    assert Digest.objects.values_list("period", flat=True).count() == 3


def test_a_mail_holds_counts_numbers_and_links_only(reader, mailoutbox, settings):
    settings.SOE_BASE_URL = "https://soe.herne.example"
    complaint = tell(reader)
    digests.send_all(MONDAY)
    [mail] = mailoutbox
    html, _ = mail.alternatives[0]
    for body in (mail.body, html):
        assert complaint.number in body
        assert f"https://soe.herne.example{complaint.get_absolute_url()}" in body
        assert "https://soe.herne.example/konto/hinweise/" in body
        for leak in ("Kanari", "Schimmel", reader.last_name, reader.first_name):
            assert leak not in body + mail.subject
    assert mail.extra_headers["List-Unsubscribe"]
    # Negative control: a name in the one thing a mail takes over, the address, would be seen here.
    tell(reader)
    Notice.objects.filter(digest=None).update(url="/Kanari/")
    digests.send_all(MONDAY + timedelta(days=1))
    assert "Kanari" in mailoutbox[1].body


def test_who_may_no_longer_see_it_or_is_gone_or_has_read_it_gets_no_mail(reader, mailoutbox):
    gone, idle = member("complaint.view"), member("complaint.view")
    for person in (reader, gone, idle):
        tell(person)
    Notice.objects.filter(recipient=idle).update(read_at=timezone.now())
    with acting_as(reader):
        reader.memberships.get().end(reason="versetzt")
        gone.is_active = False
        gone.save()
    digests.send_all(MONDAY)
    assert mailoutbox == []


def test_a_run_that_died_is_taken_up_later_and_two_at_once_send_one(reader, mailoutbox):
    tell(reader)
    assert digests.claim(reader, "daily", MONDAY) is not None  # … and then the process dies
    assert digests.claim(reader, "daily", MONDAY) is None  # the second run meanwhile: not its turn
    digests.send_all(MONDAY)
    assert mailoutbox == []
    Digest.objects.update(claimed_at=timezone.now() - digests.STUCK - timedelta(seconds=1))
    digests.send_all(MONDAY)
    digests.send_all(MONDAY)
    assert len(mailoutbox) == 1


def test_without_the_claim_two_runs_send_two(reader, mailoutbox, monkeypatch):
    """Negative control of the test above."""
    tell(reader)
    digest = digests.claim(reader, "daily", MONDAY)
    monkeypatch.setattr(digests, "claim", lambda *args: digest)
    digests.send(reader, "daily", MONDAY)
    digests.send(reader, "daily", MONDAY)
    assert len(mailoutbox) == 2


def test_a_mail_server_that_is_away_fails_loudly_and_is_made_up_for(reader, mailoutbox, monkeypatch):
    tell(reader)
    real = digests.message
    monkeypatch.setattr(digests, "message", lambda *args: (_ for _ in ()).throw(OSError("weg")))
    with pytest.raises(CommandError, match="1 Mails"):
        call_command("send_digests")
    monkeypatch.setattr(digests, "message", real)
    Digest.objects.update(claimed_at=timezone.now() - timedelta(hours=1))
    call_command("send_digests")
    assert len(mailoutbox) == 1


def test_notes_on_mails_go_after_ninety_days_but_not_while_their_notices_are_there(reader):
    tell(reader)
    digests.send_all(MONDAY)
    rule = RetentionRule.all_of_them()["digests"]
    late = timezone.now() + timedelta(days=91)
    with time_machine.travel(late, tick=False):
        assert rule.kind.clean(rule.cutoff(), False) == 0
        Notice.objects.all().delete()
        assert rule.kind.clean(rule.cutoff(timezone.now() - timedelta(days=2)), False) == 0
        assert (rule.kind.clean(rule.cutoff(), True), Digest.objects.count()) == (1, 1)
        assert (rule.kind.clean(rule.cutoff(), False), Digest.objects.count()) == (1, 0)
