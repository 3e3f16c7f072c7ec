"""Contacts without a person, closed proceedings and houses: texts go after their period, counted in a trial first."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from cases.models import Contact
from objects.models import Order, OrderItem, Proceeding, Property
from soe.administration.models import RetentionRule
from soe.administration.retention import services
from soe.audit.context import acting_as
from soe.audit.models import Erasure
from soe.audit.sealing.verify import verify
from soe.web.tokens import new_token
from tests.factories.cases import CaseFactory, ContactFactory
from tests.factories.core import UserFactory
from tests.factories.proceedings import ItemFactory
from tests.factories.register import PropertyFactory

pytestmark = pytest.mark.django_db
OLD = datetime(2010, 3, 1, 10, tzinfo=ZoneInfo("Europe/Berlin"))


def rule(code):
    return RetentionRule.all_of_them()[code]


def test_the_keyword_of_a_loose_contact_goes_and_the_contact_counts_on(acting):
    old, young = ContactFactory(note="Kanari", at=OLD), ContactFactory(note="Kanari")
    case = CaseFactory(state="active")
    ContactFactory(note="Kanari", at=OLD, case=case, person=case.person, offer=case.offer)
    assert list(services.due(rule("contact"))) == [old]
    services.erase(rule("contact"), [old.pk], reason="Frist")
    old.refresh_from_db()
    assert (old.note, old.minutes) == ("", young.minutes)
    assert not Contact.history.filter(id=old.pk, note__contains="Kanari").exists()
    assert not services.due(rule("contact")).exists()
    assert verify().findings == []


def test_texts_of_a_closed_proceeding_go_and_the_order_stays(acting):
    item = ItemFactory()
    proceeding = item.order.proceeding
    proceeding.note = "Kanari"
    proceeding.save(reason="Kanari")
    proceeding.opened_on = date(2011, 1, 1)
    proceeding.closed_on, proceeding.closing = date(2012, 1, 1), Proceeding.Closing.values[0]
    proceeding.save()
    assert list(services.due(rule("proceeding"))) == [proceeding]
    services.erase(rule("proceeding"), [proceeding.pk], reason="Frist")
    proceeding.refresh_from_db()
    assert (proceeding.note, OrderItem.objects.get().text, Order.objects.count()) == ("", item.text, 1)
    rows = Proceeding.history.filter(id=proceeding.pk)
    assert not rows.filter(note__contains="Kanari").exists()
    assert not rows.filter(history_change_reason__contains="Kanari").exists()
    assert not services.due(rule("proceeding")).exists()


def test_reasons_in_the_history_of_a_closed_house_go(acting):
    house = PropertyFactory()
    house.former_use = "Kiosk"
    house.save(reason="Kanari")
    house.registered_on = date(2011, 1, 1)
    house.retired_on, house.retired_reason = date(2012, 1, 1), Property.RetiredReason.values[0]
    house.save()
    assert list(services.due(rule("property"))) == [house]
    services.erase(rule("property"), [house.pk], reason="Frist")
    house.refresh_from_db()
    assert house.former_use == "Kiosk"
    assert not Property.history.filter(id=house.pk, history_change_reason__contains="Kanari").exists()


def test_a_trial_counts_by_kind_and_changes_nothing(as_member):
    client, _ = as_member("privacy.erase")
    with acting_as(UserFactory()):
        old = ContactFactory(note="Kanari", at=OLD)
    address = reverse("administration:retention_due", args=["contact"])
    data = {"selected": [str(old.pk)], "form_token": new_token(), "schritt": "probe"}
    page = client.post(address, data).content.decode()
    assert "Probelauf: Das würde gelöscht oder geleert" in page
    assert f"{Contact._meta.verbose_name_plural}: 1, im Verlauf 1 Zeilen" in page
    assert "Kanari" not in page
    old.refresh_from_db()
    assert old.note == "Kanari"
    assert not Erasure.objects.exists()
    # The same form then goes through (negative control: it is the step that keeps it a trial).
    assert client.post(address, {**data, "schritt": "", "reason": "Frist"}).status_code == 302
    assert Erasure.objects.count() == 1
