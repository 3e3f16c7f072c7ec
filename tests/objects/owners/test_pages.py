"""Pages around owners: what each reader sees, costs, journeys."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from objects.models import InspectionDay, OwnerChange, Party, PartyLink, PartyRelation, Readdressing
from objects.owners import merging, suspicion
from objects.owners.changing import Buyer, change_owner
from objects.proceedings.models.claims import Balance
from tests.factories.core import member, somebody
from tests.factories.owners import RelationFactory
from tests.factories.proceedings import (
    ClaimFactory,
    ItemFactory,
    MeasureFactory,
    OrderFactory,
    ProceedingFactory,
)
from tests.factories.register import OwnershipFactory, PartyFactory, PropertyFactory

pytestmark = pytest.mark.django_db
READER = ("register.view", "owner.view", "proceeding.view")
CLERK = (
    *READER,
    "register.change",
    "measure.change",
    "proceeding.change",
    "inspection.plan",
    "inspection.view",
)
OFFICE = (*CLERK, "register.steer", "owner.personal")
CANARY = "Kanarienvogel"


def portfolio_of(n=1):
    party = PartyFactory(name="Hallenbach Grundbesitz GmbH")
    houses = [OwnershipFactory(party=party).property for _ in range(n)]
    for house in houses:
        MeasureFactory(property=house, visibility="open", what="Treppe sichern")
        MeasureFactory(property=house, visibility="internal", what=CANARY)
        ProceedingFactory(property=house, visibility="internal", subject=CANARY)
        item = ItemFactory(
            order=OrderFactory(proceeding=ProceedingFactory(property=house), addressee=party), fee=120
        )
        item.text = "Haustür"
    return party, houses


def test_portfolio_counts_what_others_keep_to_themselves_and_names_nothing_of_it(client):
    party, houses = portfolio_of(2)
    client.force_login(member(*READER))
    page = client.get(party.get_absolute_url()).content.decode()
    assert houses[0].number in page
    assert houses[1].number in page
    assert "Treppe sichern" in page
    assert CANARY not in page
    assert "2 weitere bei anderen Stellen, ohne Einsicht" in page
    assert "2 weitere Verfahren bei anderen Stellen" in page
    assert "240,00 € Gebühren aus Verfügungen sind noch nicht als Forderung angelegt" in page.replace(
        "\xa0", " "
    )
    own = member(*READER, department=houses[0].lead_department)
    client.force_login(own)
    assert CANARY in client.get(party.get_absolute_url()).content.decode()


def test_the_account_of_an_owner_is_that_of_the_claims_the_reader_may_see(client):
    from objects.owners.portfolio import portfolio_of as portfolio

    party, (house, _) = portfolio_of(2)
    gone = PartyFactory(merged_into=party)
    item = house.proceedings.filter(visibility="open").get().orders.get().items.get()
    proceeding = item.order.proceeding
    late = ClaimFactory(
        proceeding=proceeding,
        item=item,
        party=party,
        amount=120,
        claimed_on=date(2026, 1, 2),
        due_on=date(2026, 2, 2),
    )
    late.pay(by=member(), amount=20, on=date(2026, 3, 1))
    late.waive(by=member(), amount=30, reason="unbillig")
    ClaimFactory(
        proceeding=proceeding, party=gone, amount=500, due_on=timezone.localdate() + timedelta(days=9)
    )
    ClaimFactory(proceeding=proceeding, amount=7)
    ClaimFactory(proceeding=house.proceedings.get(visibility="internal"), party=party, amount=999)
    found = portfolio(party, user=member(*READER))
    assert found.money == Balance(claimed=620, due=70, paid=20, waived=30, open=570)
    assert (found.unclaimed, found.nameless) == (
        120,
        7,
    )  # the fee of the other house; of this one it is a claim
    own = member(*READER, department=house.lead_department)
    assert portfolio(party, user=own).money.claimed == 1619
    client.force_login(own)
    assert (
        client.get("/forderungen/", {"eigentuemer": party.pk}).context["count"] == 3
    )  # the merged entry's as well


def test_without_the_right_to_proceedings_the_portfolio_says_nothing_about_them(client):
    party, _houses = portfolio_of()
    client.force_login(member("owner.view", "register.view"))
    page = client.get(party.get_absolute_url()).content.decode()
    assert "Offene Maßnahmen" not in page
    assert "ohne Einsicht" not in page


def test_a_reader_without_the_register_sees_an_owner_without_houses(client):
    party, houses = portfolio_of()
    client.force_login(member("owner.view"))
    assert houses[0].title not in client.get(party.get_absolute_url()).content.decode()


def test_portfolio_and_lists_cost_the_same_for_few_and_many(client, django_assert_max_num_queries):
    client.force_login(member(*OFFICE))
    party, _ = portfolio_of(2)
    client.get(party.get_absolute_url())
    counts = []
    for more in (0, 6):
        for _ in range(more):
            house = OwnershipFactory(party=party).property
            MeasureFactory(property=house)
            PartyFactory(phone="02323 333 000", city="Essen")
        with somebody():
            suspicion.suggest()
        for url in (
            party.get_absolute_url(),
            "/eigentuemer/",
            reverse("objects:link_list"),
            f"/eigentuemer/{party.pk}/umfeld/",
        ):
            with django_assert_max_num_queries(
                40 if "umfeld" not in url and str(party.pk) in url else 20
            ) as spent:
                assert client.get(url).status_code == 200
            counts.append(len(spent))
    assert counts[:4] == counts[4:]


def test_list_sorts_and_filters_by_what_the_summary_holds(client):
    client.force_login(member(*OFFICE))
    party, _ = portfolio_of(3)
    PartyFactory(name="Ohnehaus eG", street="Weg 1", postcode="45127", city="Essen")
    PartyFactory(name="Herner Kind", street="Weg 1", postcode="44623", city="Herne")

    def rows(**query):
        return client.get("/eigentuemer/", query).content.decode()

    assert "Ohnehaus" not in rows(bestand="2")
    assert party.name in rows(bestand="2")
    assert "Ohnehaus" in rows(bestand="0")
    assert party.name not in rows(bestand="0")
    assert "Ohnehaus" in rows(ort="auswaertig")
    assert "Herner Kind" not in rows(ort="auswaertig")
    for order in ("name", "-name", "stock", "pressing", "links"):
        page = rows(sortierung=order)
        assert page.index(party.name) > 0
    page = rows(sortierung="stock")
    assert page.index(party.name) < page.index("Ohnehaus")
    houses = client.get("/objekte/", {"eigentuemer": party.pk}).context["count"]
    assert houses == 3


# --- contact data ----------------------------------------------------------------------------------------------------


def everything_about(client, party):
    """All pages and files that show owners."""
    addresses = [
        party.get_absolute_url(), f"/eigentuemer/{party.pk}/umfeld/", "/eigentuemer/", "/eigentuemer/?export=csv",
        reverse("objects:link_list"), reverse("objects:link_list") + "?export=csv", "/suche/?q=Kanari",
        f"/eigentuemer/vorschlag/?q={party.name[:8]}", f"/verlauf/objects.party/{party.pk}/",
        f"/eigentuemer/{party.pk}/zusammenfuehren/?in={Party.objects.exclude(pk=party.pk).first().pk}",
    ]  # fmt: skip
    addresses += [link.get_absolute_url() for link in PartyLink.objects.all()]
    addresses += [reverse("objects:link_decide", args=[link.pk]) for link in PartyLink.objects.all()]
    text = ""
    for address in addresses:
        answer = client.get(address)
        text += b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
    return text


SECRETS = ("02323 424242", "424242", "Kanarienstieg", "kanari-gruppe", "1971")


@pytest.fixture
def secretive():
    facts = {
        "phone": "02323 424242",
        "street": "Kanarienstieg 3",
        "city": "Essen",
        "email": "a@kanari-gruppe.de",
    }
    one = PartyFactory(name="Stojan Dimitrov", kind="person", birth_date=date(1971, 2, 3), **facts)
    PartyFactory(name="Mila Petrova", kind="person", **facts)
    with somebody():
        suspicion.suggest()
    return one


def test_contact_data_stays_behind_its_right_on_every_page_file_and_link(client, secretive):
    client.force_login(member(*CLERK, "register.steer"))
    text = everything_about(client, secretive)
    assert "gleiche Telefonnummer" in text
    assert not [secret for secret in SECRETS if secret in text]


def test_negative_control_the_same_pages_show_it_to_those_who_may(client, secretive):
    client.force_login(member(*OFFICE))
    text = everything_about(client, secretive)
    assert all(secret in text for secret in ("02323 424242", "Kanarienstieg", "kanari-gruppe", "1971"))


def test_where_somebody_lives_cannot_be_filtered_without_the_right(client, secretive):
    PartyFactory(name="Herner Kind", street="Weg 1", city="Herne")
    client.force_login(member(*CLERK))
    assert "Herner Kind" in client.get("/eigentuemer/", {"ort": "auswaertig"}).content.decode()


def test_who_may_not_see_owners_finds_no_page_of_them_and_no_filter(client):
    party, _ = portfolio_of()
    other = PropertyFactory()
    link_pages = [reverse("objects:link_list"), party.get_absolute_url(), f"/eigentuemer/{party.pk}/umfeld/"]
    client.force_login(member("register.view", "register.change", "inspection.plan"))
    for url in (*link_pages, f"/objekte/{other.pk}/eigentuemerwechsel/", f"/eigentuemer/{party.pk}/beziehung/",
                f"/eigentuemer/{party.pk}/kontrolle/"):  # fmt: skip
        assert client.get(url).status_code in (403, 404)
    assert client.get("/objekte/", {"eigentuemer": party.pk}).context["count"] == 2


# --- journeys --------------------------------------------------------------------------------------------------------


def test_relation_is_entered_ended_and_shown_on_both_sides(client):
    user = member(*CLERK)
    client.force_login(user)
    heirs, heir = (
        PartyFactory(name="Erbengemeinschaft Trutwin", kind="heirs"),
        PartyFactory(name="Eva Trutwin", kind="person"),
    )
    url = f"/eigentuemer/{heirs.pk}/beziehung/"
    answer = client.post(
        url, {"part": heir.pk, "part_text": heir.name, "kind": "heir", "share": "1/3"}, follow=True
    )
    assert "Miterbe, Anteil 1/3" in answer.content.decode()
    assert "dort: Miterbe" in client.get(heir.get_absolute_url()).content.decode()
    answer = client.post(url, {"part": heirs.pk, "part_text": heirs.name, "kind": "heir"})
    assert "zwei verschiedene Seiten" in answer.content.decode()
    row = PartyRelation.objects.get()
    client.post(reverse("objects:relation_end", args=[row.pk]), {"reason": "verkauft", "on": "01.11.2026"})
    row.refresh_from_db()
    assert row.until == date(2026, 11, 1)


def test_link_is_decided_with_a_reason(client, secretive):
    client.force_login(member(*CLERK))
    link = PartyLink.objects.filter(kind="phone").get()
    url = reverse("objects:link_decide", args=[link.pk])
    assert "begründen" in client.post(url, {"state": "confirmed", "reason": ""}).content.decode()
    client.post(url, {"state": "confirmed", "reason": "Ehepaar, bestätigt im Gespräch"})
    link.refresh_from_db()
    assert link.state == "confirmed"
    client.force_login(member(*READER))
    assert client.post(url, {"state": "dismissed", "reason": "x"}).status_code == 403


def test_merge_shows_both_sides_redirects_the_old_address_and_is_undone_on_the_page(client):
    client.force_login(member(*OFFICE))
    kept, gone = PartyFactory(name="Amberg GmbH"), PartyFactory(name="Amberg Gmbh", register_number="HRB 5")
    OwnershipFactory(party=gone)
    url = f"/eigentuemer/{gone.pk}/zusammenfuehren/"
    assert "HRB 5" in client.get(url, {"in": kept.pk}).content.decode()
    assert client.get(url, {"in": "unfug"}).status_code == 200
    client.post(url, {"into": kept.pk, "into_text": kept.name, "reason": "gleiche Firma"})
    answer = client.get(gone.get_absolute_url(), follow=True)
    assert answer.redirect_chain[0][0].startswith(kept.get_absolute_url())
    assert "ist in diesem Eintrag aufgegangen" in answer.content.decode()
    assert b"Amberg Gmbh" not in client.get("/eigentuemer/vorschlag/", {"q": "Amberg"}).content
    client.post(reverse("objects:merge_undo", args=[kept.merges.get().pk]), {"reason": "doch zwei"})
    gone.refresh_from_db()
    assert not gone.is_merged
    client.force_login(member(*CLERK))
    assert client.get(url).status_code == 403


def test_several_houses_of_one_owner_become_one_inspection_day(client):
    user = member(*CLERK, "inspection.record")
    client.force_login(user)
    party, houses = portfolio_of(3)
    foreign = PropertyFactory()
    url = f"/eigentuemer/{party.pk}/kontrolle/"
    fields = {"date": (timezone.localdate() + timedelta(days=9)).isoformat(), "lead": user.departments[0].pk}
    answer = client.post(url, fields | {"houses": [houses[0].pk, foreign.pk]})
    assert "nur Einträge von dieser Seite" in answer.content.decode()
    assert not InspectionDay.objects.exists()
    client.post(url, fields | {"houses": [house.pk for house in houses[:2]]})
    day = InspectionDay.objects.get()
    assert {row.property for row in day.inspections.all()} == set(houses[:2])


def test_owner_change_on_one_page_and_the_departments_tasks(client):
    user = member(*CLERK)
    house = PropertyFactory(lead_department=user.departments[0])
    old = OwnershipFactory(property=house)
    stranger = member("proceeding.view", "measure.change")
    MeasureFactory(property=house, department=stranger.departments[0], visibility="internal", what=CANARY)
    own = MeasureFactory(property=house, what="Heizung")
    client.force_login(user)
    url = f"/objekte/{house.pk}/eigentuemerwechsel/"
    page = client.get(url).content.decode()
    assert "Heizung" in page
    assert CANARY not in page
    assert "1 Vorgang anderer Stellen, ohne Einsicht" in page
    fields = {
        "ends": [old.pk], "name_1": "Neubauer GmbH", "kind_1": "company", "share_1": "1/1", "on": "02.11.2026",
        "kind": "sale", "source": "Grundbuch",
    }  # fmt: skip
    # Half typed and kept: it comes back as it was, also the field that is missing.
    client.post(url, {"name_1": "Neubauer GmbH", "share_1": "1/2", "entwurf": str(user.pk)})
    draft = client.get(client.get(url).context["draft_offers"][0][1]).content.decode()
    assert 'value="Neubauer GmbH"' in draft
    assert 'value="1/2"' in draft
    assert "soe-field--error" not in draft
    elsewhere = OwnershipFactory()
    refused = client.post(url, fields | {"ends": [elsewhere.pk]})
    assert "nur Einträge von dieser Seite" in refused.content.decode()
    assert not OwnerChange.objects.exists()
    assert not Party.objects.filter(name="Neubauer GmbH").exists()
    answer = client.post(url, fields, follow=True).content.decode()
    assert "Neubauer GmbH" in answer
    assert "Heizung" in answer
    assert CANARY not in answer
    assert "Andere Stellen: 1 Vorgang, davon 1 noch offen" in answer
    assert "Eigentümerwechsel prüfen" in client.get("/").content.decode()
    row = Readdressing.objects.get(measure=own)
    new = Party.objects.get(name="Neubauer GmbH")
    client.post(
        reverse("objects:readdress", args=[row.pk]), {"state": "moved", "addressee": new.pk, "note": "gilt"}
    )
    row.refresh_from_db()
    assert (row.state, row.addressee) == ("moved", new)
    assert (
        client.get(
            reverse("objects:readdress", args=[Readdressing.objects.exclude(pk=row.pk).get().pk])
        ).status_code
        == 404
    )
    client.force_login(stranger)
    assert "Eigentümerwechsel prüfen" in client.get("/").content.decode()
    page = client.get(
        reverse("objects:readdress", args=[Readdressing.objects.exclude(pk=row.pk).get().pk])
    ).content.decode()
    assert CANARY in page
    assert "Neubauer" not in page


def test_negative_control_without_restrict_the_foreign_measure_would_stand_on_the_page(client, monkeypatch):
    user = member(*CLERK)
    house = PropertyFactory(lead_department=user.departments[0])
    old = OwnershipFactory(property=house)
    measure = MeasureFactory(
        property=house, department=member("measure.change").departments[0], visibility="internal", what=CANARY
    )
    change = change_owner(
        house, by=user, ends=[old], buyers=[Buyer(PartyFactory())], on=date(2026, 11, 2), source="Grundbuch"
    )
    client.force_login(user)
    assert CANARY not in client.get(change.get_absolute_url()).content.decode()
    for model in (Readdressing, type(measure)):
        monkeypatch.setattr(type(model.objects.all()), "restrict", lambda self, *a, **k: self)
    assert CANARY in client.get(change.get_absolute_url()).content.decode()


def test_rules_of_succession_are_dated_rows_the_coordination_office_edits(client):
    client.force_login(member(*OFFICE))
    fields = {"law": "WohnStG NRW", "effect": "check", "hint": "Einzelfall", "valid_from": "01.07.2021"}
    client.post(reverse("objects:succession_rule_create"), fields)
    assert "WohnStG NRW" in client.get(reverse("objects:succession_rules")).content.decode()
    client.force_login(member(*CLERK))
    assert client.get(reverse("objects:succession_rule_create")).status_code == 403


def test_a_former_owner_is_kept_while_a_tie_remains():
    from objects.retention import owners_due

    heir, heirs, gone = (PartyFactory(kind=kind) for kind in ("person", "heirs", "person"))
    relation = RelationFactory(whole=heirs, part=heir, kind="heir")
    addressed = PartyFactory(kind="person")
    ItemFactory(order=OrderFactory(addressee=addressed))
    later = timezone.now() + timedelta(days=4000)
    assert set(owners_due(later)) == {gone}
    with somebody():
        relation.end(by=member("register.change"), reason="ausgeschieden")
    assert set(owners_due(later)) == {gone, heir}


def test_erasing_a_person_takes_suspicions_along():
    from objects.retention import owner_parts
    from soe.audit.erasure import Ground, erase

    one, _two = (PartyFactory(kind="person", name=name, phone="02323 424242") for name in ("Amberg", "Zobel"))
    with somebody():
        suspicion.suggest()
        erase(owner_parts(one), ground=Ground("owner", "Frist", "DSGVO"), model=Party, object_id=one.pk)
    one.refresh_from_db()
    assert (one.name, one.phone_key, one.summary.name) == ("gelöscht", "", "gelöscht")
    assert not PartyLink.objects.exists()
    assert not PartyLink.history.exists()


def test_two_merges_of_the_same_entry_leave_one():
    user = member(*OFFICE)
    gone, one, two = PartyFactory(), PartyFactory(), PartyFactory()
    merging.merge(gone, one, by=user, reason="x")
    with pytest.raises(Exception, match="aufgegangen"):
        merging.merge(gone, two, by=user, reason="y")
