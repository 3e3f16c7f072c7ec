"""Owners: summaries, shares, suspected links, merging, change of owner."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from objects.models import Ownership, Party, PartyLink, PartySummary, Readdressing, SuccessionRule
from objects.owners import merging, suspicion
from objects.owners.changing import (
    Buyer,
    change_owner,
    drafts_to,
    ensure_succession_rules,
    proposed_addressee,
    succession_hints,
)
from objects.owners.network import network
from objects.owners.shares import excess
from objects.register.party_summaries import refresh_all
from soe.web.letters.models import Letter
from soe.web.notices.models import Notice
from tests.factories.core import DepartmentFactory, member, somebody
from tests.factories.owners import RelationFactory
from tests.factories.proceedings import (
    ItemFactory,
    LegalBasisFactory,
    MeasureFactory,
    OrderFactory,
    ProceedingFactory,
)
from tests.factories.register import AssessmentFactory, OwnershipFactory, PartyFactory, PropertyFactory

pytestmark = pytest.mark.django_db
CODES = (
    "register.view",
    "register.change",
    "owner.view",
    "proceeding.view",
    "proceeding.change",
    "measure.change",
)


@pytest.fixture
def clerk():
    return member(*CODES)


def suggested():
    with somebody():
        suspicion.suggest()
    return {(row.kind, frozenset({row.one.name, row.other.name})) for row in PartyLink.objects.suggested()}


# --- summary ---------------------------------------------------------------------------------------------------------


def test_summary_counts_houses_that_stand_and_those_under_pressure(clerk):
    party = PartyFactory()
    houses = [OwnershipFactory(party=party).property for _ in range(3)]
    OwnershipFactory(party=party, property=houses[0], role="manager")
    AssessmentFactory(property=houses[0])
    row = PartySummary.objects.get(party=party)
    assert (row.stock, row.pressing) == (3, 1)
    houses[0].retire(by=clerk, outcome="solved", reason="behoben")
    row.refresh_from_db()
    assert (row.stock, row.pressing) == (2, 0)
    with somebody():
        houses[1].ownerships.get().delete()
    row.refresh_from_db()
    assert row.stock == 1


def test_a_right_that_ended_by_date_leaves_the_summary_at_night(monkeypatch):
    own = OwnershipFactory(since=None)
    with somebody():
        own.until = timezone.localdate() + timedelta(days=1)
        own.save()
    row = PartySummary.objects.get(party=own.party)
    assert row.stock == 1
    later = timezone.localdate() + timedelta(days=400)
    monkeypatch.setattr(timezone, "localdate", lambda *args: later)
    refresh_all()
    row.refresh_from_db()
    assert row.stock == 0


def test_shares_of_one_day_add_up_to_at_most_the_whole():
    house = PropertyFactory()
    OwnershipFactory(
        property=house, numerator=1, denominator=2, since=date(2020, 1, 1), until=date(2024, 1, 1)
    )
    OwnershipFactory(property=house, numerator=1, denominator=2, since=date(2020, 1, 1))
    OwnershipFactory(property=house, numerator=1, denominator=2, since=date(2024, 1, 1))
    assert excess(house.ownerships.all()) is None
    OwnershipFactory(property=house, numerator=1, denominator=4, since=date(2025, 1, 1))
    day, total = excess(house.ownerships.all())
    assert (day, str(total)) == (date(2025, 1, 1), "5/4")


# --- suspected links -------------------------------------------------------------------------------------------------


def test_each_rule_finds_its_pair_and_says_only_which_fact_is_shared():
    a = PartyFactory(name="Amberg GmbH", street="Lorenkippe 7", postcode="44649", city="Herne")
    PartyFactory(name="Zobel UG", street="Lorenkippe 7", postcode="44649", city="Herne")
    PartyFactory(name="Bode KG", phone="+49 (0)2323 / 16-55 00", email="a@bode-gruppe.de")
    PartyFactory(name="Quast OHG", phone="0232316 5500", email="b@bode-gruppe.de")
    PartyFactory(name="Wilfried Nottebohm", kind="person", email="x@gmx.de")
    PartyFactory(name="Wilfrid Nottebohm", kind="person", email="y@gmx.de")
    keeper, boss = PartyFactory(name="Keller Verwaltung"), PartyFactory(name="Ute Ahn", kind="person")
    one, two = PartyFactory(name="Xaver AG"), PartyFactory(name="Tiemann eG")
    for owner in (one, two):
        house = OwnershipFactory(party=owner).property
        OwnershipFactory(party=keeper, property=house, role="manager")
        RelationFactory(whole=owner, part=boss)
    assert suggested() == {
        ("delivery", frozenset({"Amberg GmbH", "Zobel UG"})),
        ("phone", frozenset({"Bode KG", "Quast OHG"})),
        ("domain", frozenset({"Bode KG", "Quast OHG"})),
        ("name", frozenset({"Wilfried Nottebohm", "Wilfrid Nottebohm"})),
        ("manager", frozenset({"Xaver AG", "Tiemann eG"})),
        ("director", frozenset({"Xaver AG", "Tiemann eG"})),
    }
    assert PartySummary.objects.get(party=a).links == 1
    assert not any("Lorenkippe" in str(row.__dict__) for row in PartyLink.history.all())


def test_searching_around_one_party_finds_the_same_as_searching_everywhere():
    parties = [PartyFactory(name=f"Firma {n}", phone="02323 999 000") for n in "abc"]
    keeper = PartyFactory(name="Keller")
    for party in parties[:2]:
        OwnershipFactory(party=keeper, property=OwnershipFactory(party=party).property, role="manager")
    with somebody():
        suspicion.suggest([parties[0].pk])
    near = set(PartyLink.objects.values_list("one", "other", "kind"))
    with somebody():
        suspicion.suggest()
    everywhere = set(PartyLink.objects.of([parties[0].pk]).values_list("one", "other", "kind"))
    assert near == everywhere
    assert len(near) == 3


def test_a_decision_stays_and_a_suspicion_goes_with_its_fact(clerk):
    one, two, three = (
        PartyFactory(name=name, phone="02323 777 000") for name in ("Amberg", "Zobel", "Quast")
    )
    assert len(suggested()) == 3
    link = PartyLink.objects.of([one.pk]).filter(state="suggested").first()
    link.decide(by=clerk, state="dismissed", reason="Sammelnummer der Kanzlei")
    with somebody():
        for party in (one, two, three):
            party.refresh_from_db()
            party.phone = ""
            party.save()
    assert suggested() == set()
    link.refresh_from_db()
    assert (link.state, link.decision) == ("dismissed", "Sammelnummer der Kanzlei")
    assert PartyLink.objects.filter(state="gone").count() == 2
    with pytest.raises(IntegrityError), transaction.atomic(), somebody():
        link.decision = ""
        link.save()


def test_a_large_group_hangs_on_one_member_instead_of_every_pair():
    for n in range(12):
        PartyFactory(name=f"{'abcdefghijkl'[n] * 6} KG", phone="02323 555 000")
    assert len(suggested()) == 11


def test_network_reaches_two_steps_with_reasons_and_leaves_out_what_was_dismissed(clerk):
    start, boss, firm, far = (PartyFactory(name=name) for name in ("Start", "Chefin", "Firma", "Ferner"))
    RelationFactory(whole=start, part=boss)
    RelationFactory(whole=firm, part=boss)
    house = OwnershipFactory(party=firm).property
    OwnershipFactory(party=far, property=house)
    near = network(start, user=clerk)
    assert [(row.party.name, row.steps, row.reasons) for row in near] == [
        ("Chefin", 1, ("Geschäftsführung",)),
        ("Firma", 2, ("Geschäftsführung dort",)),
    ]
    assert near[1].over == boss
    stranger = PartyFactory(name="Fremd", phone="02323 111 222")
    with somebody():
        start.phone = "02323 111222"
        start.save()
        suspicion.suggest()
    assert [row.sure for row in network(start, user=clerk) if row.party == stranger] == [False]
    PartyLink.objects.get(kind="phone").decide(by=clerk, state="dismissed", reason="Zufall")
    assert stranger not in [row.party for row in network(start, user=clerk)]


# --- merging ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def twins():
    kept, gone = PartyFactory(name="Amberg GmbH"), PartyFactory(name="Amberg Gmbh")
    both = PropertyFactory()
    OwnershipFactory(party=kept, property=both)
    OwnershipFactory(party=gone, property=both)
    OwnershipFactory(party=gone)
    RelationFactory(whole=gone)
    suggested()
    return kept, gone


def state():
    """Who holds what: everything a merge may move."""
    rights = set(Ownership.objects.values_list("pk", "party", "until"))
    return (
        rights,
        set(PartyLink.objects.values_list("pk", "state")),
        Party.objects.get(name="Amberg Gmbh").merged_into,
    )


def test_merging_moves_rights_and_undoing_brings_back_exactly_these(clerk, twins):
    kept, gone = twins
    order = OrderFactory(addressee=gone)
    before = state()
    row = merging.merge(gone, kept, by=clerk, reason="gleiche Registernummer")
    assert PartySummary.objects.get(party=kept).stock == 2
    assert not PartySummary.objects.get(party=gone).standing
    assert kept.members.count() == 1
    order.refresh_from_db()
    assert order.addressee == gone  # the order stays as it was written
    merging.undo(row, by=clerk, reason="doch zwei Firmen")
    assert state() == before
    assert PartySummary.objects.get(party=gone).stock == 2
    with pytest.raises(ValidationError, match="schon rückgängig"):
        merging.undo(row, by=clerk, reason="noch einmal")


def test_undo_is_refused_when_a_moved_row_changed_since(clerk, twins):
    kept, gone = twins
    row = merging.merge(gone, kept, by=clerk, reason="gleich")
    moved = kept.ownerships.filter(until=None).exclude(property__ownerships__party=gone).first()
    moved.end(by=clerk, reason="verkauft")
    with pytest.raises(ValidationError, match="Inzwischen"):
        merging.undo(row, by=clerk, reason="zurück")
    gone.refresh_from_db()
    assert gone.is_merged


def test_merging_refuses_itself_other_kinds_and_what_is_merged(clerk, twins):
    kept, gone = twins
    with pytest.raises(ValidationError, match="derselbe"):
        merging.merge(kept, kept, by=clerk, reason="x")
    with pytest.raises(ValidationError, match="lassen sich nicht"):
        merging.merge(PartyFactory(kind="person"), kept, by=clerk, reason="x")
    merging.merge(gone, kept, by=clerk, reason="x")
    with pytest.raises(ValidationError, match="aufgegangen"):
        merging.merge(gone, PartyFactory(), by=clerk, reason="x")


def test_people_born_on_different_days_are_never_merged(clerk):
    one, two = (PartyFactory(kind="person", birth_date=date(1970, 1, day)) for day in (1, 2))
    with pytest.raises(ValidationError, match="nicht dieselben") as refused:
        merging.merge(one, two, by=clerk, reason="x")
    assert "1970" not in str(refused.value)


# --- change of owner -------------------------------------------------------------------------------------------------


@pytest.fixture
def sale():
    """A house with an order of one department and a measure of another."""
    house = PropertyFactory()
    seller = OwnershipFactory(property=house, party=PartyFactory(name="Altherr KG")).party
    other = DepartmentFactory()
    law = LegalBasisFactory(law="BauO NRW", paragraph="§ 82")
    order = OrderFactory(
        proceeding=ProceedingFactory(property=house, legal_basis=law), addressee=seller, enforceable=True
    )
    item, done = (
        ItemFactory(order=order),
        ItemFactory(order=order, state="fulfilled", settled_on=date(2026, 10, 2)),
    )
    measure = MeasureFactory(property=house, department=other, visibility="internal")
    return house, seller, item, done, measure


def sell(house, by, to=None, **kwargs):
    to = to or PartyFactory(name="Neubauer GmbH")
    values = {
        "on": date(2026, 11, 2),
        "source": "Grundbuch",
        "ends": list(house.ownerships.filter(until=None)),
    }
    return change_owner(house, by=by, buyers=[Buyer(to)], **values | kwargs)


def test_change_ends_and_begins_rights_and_asks_each_department_about_its_own(clerk, sale):
    house, seller, item, _done, measure = sale
    change = sell(house, clerk)
    assert [(row.party.name, row.until) for row in change.ended.all()] == [("Altherr KG", date(2026, 11, 2))]
    assert [(row.party.name, row.since) for row in change.begun.all()] == [
        ("Neubauer GmbH", date(2026, 11, 2))
    ]
    asked = {(row.department, row.subject, row.state) for row in change.readdressings.all()}
    assert asked == {(house.lead_department, item, "asked"), (measure.department, measure, "asked")}
    item.order.refresh_from_db()
    assert item.order.addressee == seller
    new = change.begun.get().party_id
    assert proposed_addressee(item.order.proceeding) == new
    assert proposed_addressee(ProceedingFactory(property=house)) == new


def test_each_department_is_told_of_its_own_matters_and_unsent_letters(clerk, sale):
    house, seller, item, _done, measure = sale
    user = member("proceeding.view", "proceeding.change", department=house.lead_department)
    theirs = member("proceeding.view", "measure.change", department=measure.department)
    with somebody():
        for recipient, sent in (
            (seller.name, None),
            (seller.name, date(2026, 9, 1)),
            ("Frau Unbeteiligt", None),
        ):
            letter = Letter(
                department=house.lead_department, written_by=user, recipient=recipient, subject="Anhörung", body="x",
                sent_on=sent, channel="post" if sent else "",
            )  # fmt: skip
            letter.target = item.order.proceeding
            letter.save()
    change = sell(house, clerk)
    assert drafts_to(house, [seller]).count() == 1
    head = f"Eigentümerwechsel an {house.number}"

    def told(person):
        return sorted(Notice.objects.shown_to(person).values_list("title", flat=True))

    assert told(user) == [f"{head}: Briefe im Entwurf prüfen, 1", f"{head}: Vorgänge prüfen, 1"]
    assert told(theirs) == [f"{head}: Vorgänge prüfen, 1"]
    assert not told(member("proceeding.view", "measure.change"))
    assert (
        Notice.objects.get(recipient=theirs).url
        == f"/eigentuemer/wechsel/pruefung/{change.readdressings.get(measure=measure).pk}/"
    )


def test_without_a_change_letters_go_to_whom_the_order_went(clerk, sale):
    house, seller, item, *_ = sale
    OwnershipFactory(property=house, party=PartyFactory(), since=date(2026, 11, 1))
    assert proposed_addressee(item.order.proceeding) == seller.pk


def test_a_served_order_is_never_re_addressed_by_page_or_database(clerk, sale):
    house, _seller, item, _done, measure = sale
    change = sell(house, clerk)
    of_item = change.readdressings.get(item=item)
    with pytest.raises(ValidationError, match="nicht umadressiert"):
        of_item.decide(by=clerk, state="moved", note="einfach so", addressee=change.begun.get().party)
    with pytest.raises(IntegrityError), transaction.atomic(), somebody():
        of_item.state, of_item.decided_on = "moved", date(2026, 11, 3)
        of_item.save()
    of_item.refresh_from_db()
    of_item.decide(by=clerk, state="new_order", note="Androhung neu")
    of_measure = change.readdressings.get(measure=measure)
    of_measure.decide(by=clerk, state="moved", note="mit ihm vereinbart", addressee=change.begun.get().party)
    assert of_measure.addressee.name == "Neubauer GmbH"


def test_other_departments_do_not_even_see_that_they_are_asked(clerk, sale):
    house, *_, measure = sale
    change = sell(house, clerk)
    mine = member(*CODES, department=house.lead_department)
    theirs = member("proceeding.view", "measure.change", department=measure.department)

    def seen(user):
        return {row.subject for row in Readdressing.objects.restrict(user, "change").filter(change=change)}

    assert seen(clerk) == set()
    assert seen(theirs) == {measure}
    assert measure not in seen(mine)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"on": timezone.localdate() + timedelta(days=2)}, "Zukunft"),
        ({"on": date(2019, 1, 1)}, "begann erst"),
        ({"source": ""}, "Feld"),
    ],
)
def test_what_cannot_be_leaves_nothing_behind(clerk, sale, broken, message):
    house = sale[0]
    with pytest.raises(ValidationError, match=message):
        sell(house, clerk, **broken)
    assert house.owner_changes.count() == 0
    assert house.ownerships.filter(until=None).count() == 1


def test_hints_on_succession_follow_the_law_and_its_dates(clerk, sale):
    item = sale[2]
    with somebody():
        ensure_succession_rules()
        assert ensure_succession_rules() == 0

    def names(on):
        return [str(rule) for rule in succession_hints(item, on)]

    assert names(date(2026, 11, 3)) == ["§ 58 Abs. 3 BauO NRW", "§ 63 VwVG NRW"]
    assert names(date(2018, 1, 1)) == ["allgemein", "§ 63 VwVG NRW"]
    with somebody():
        for rule in SuccessionRule.objects.filter(law="BauO NRW"):
            rule.valid_until = date(2026, 1, 1)
            rule.save()
    assert "§ 58 Abs. 3 BauO NRW" not in names(date(2026, 11, 3))
