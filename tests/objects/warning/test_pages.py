"""Pages of early warning: who may come here, what each step does, and that nothing leaks to the others."""

import pytest

from objects.models import EarlyWarning, RiskHint
from objects.warning import services
from soe.audit.errors import IllegalTransition
from tests.factories.core import DepartmentFactory, member
from tests.factories.priority import EarlyWarningFactory, RiskHintFactory, WarningRuleFactory
from tests.factories.register import AddressFactory, PropertyFactory
from tests.web.forms import submit

pytestmark = pytest.mark.django_db
LIST = "/objekte/fruehwarnung/"
CLERK = ("register.view", "register.change", "complaint.view", "owner.view", "address.view")


@pytest.fixture
def office(client):
    user = member(*CLERK, "register.steer")
    client.force_login(user)
    return user


def test_the_list_names_rule_figures_and_place_and_filters(client, office):
    house = PropertyFactory()
    inside = EarlyWarningFactory(property=house)
    outside = EarlyWarningFactory(rule__signal="arrears", address=AddressFactory())
    page = client.get(LIST).content.decode()
    for text in (
        house.number,
        inside.rule.name,
        "4 Beschwerden in 6 Monaten, Schwelle 3",
        outside.address.line,
    ):
        assert text in page
    page = client.get(f"{LIST}?wo=ausserhalb").content.decode()
    assert outside.address.line in page
    assert house.number not in page
    assert house.number not in client.get(f"{LIST}?stand=taken").content.decode()


def test_the_list_costs_the_same_for_2_and_12(client, office, django_assert_max_num_queries):
    for _ in range(12):
        EarlyWarningFactory(property=PropertyFactory())
    client.get("/")
    with django_assert_max_num_queries(20):
        client.get(LIST)


def test_who_does_not_steer_sees_neither_warnings_nor_their_traces(client):
    """The rule of the canary stands nowhere a clerk may look: page, tab, timeline, history, start page, search."""
    house = PropertyFactory()
    warning = EarlyWarningFactory(rule__name="Kanarie Rückstände", rule__signal="arrears", property=house)
    RiskHintFactory(property=house, kind="levies", basis="Kanarie Bescheid")
    client.force_login(member(*CLERK, department=house.lead_department))
    assert client.get(LIST).status_code == 403
    assert client.get(warning.get_absolute_url()).status_code == 403
    url = house.get_absolute_url()
    for address in (url, f"{url}akte/bewertung/", f"{url}akte/zeitleiste/", f"/verlauf/objects.property/{house.pk}/",
                    "/", "/suche/?q=Rückstände", "/objekte/", f"{LIST}hinweise/"):  # fmt: skip
        assert "Kanarie" not in client.get(address).content.decode(), address


def test_taking_over_from_the_page(client, office):
    warning = EarlyWarningFactory(address=AddressFactory())
    lead = member("register.change").departments.get()
    url = f"{warning.get_absolute_url()}uebernehmen/"
    answer = submit(client, url, lead_department=str(lead.pk), severity="2", reason="Ortstermin am Montag")
    assert answer.status_code == 302
    warning.refresh_from_db()
    assert (warning.state, warning.problem_area.property.lead_department) == ("taken", lead)
    assert answer.url == warning.problem_area.property.get_absolute_url()
    assert "Was daraus wurde" in client.get(warning.get_absolute_url()).content.decode()


def test_dismissing_needs_a_reason_and_acts_once(client, office):
    warning = EarlyWarningFactory(property=PropertyFactory())
    url = f"{warning.get_absolute_url()}ablehnen/"
    assert submit(client, url, reason="").status_code == 200
    assert submit(client, url, reason="Baustelle").status_code == 302
    with pytest.raises(IllegalTransition):
        services.dismiss(warning, by=office, reason="zweimal")
    assert EarlyWarning.objects.get().reason == "Baustelle"


def test_a_clerk_gives_a_hint_about_a_property_or_an_address_and_ends_her_own(client):
    clerk = member(*CLERK)
    client.force_login(clerk)
    house, address = PropertyFactory(), AddressFactory()
    assert "Hinweis auf Risiko geben" in client.get(house.get_absolute_url()).content.decode()
    assert submit(client, f"/objekte/{house.pk}/risiko/", kind="vacancy").status_code == 302
    create = f"{LIST}hinweise/neu/"
    answer = submit(client, create, kind="levies", address=str(address.pk), address_text=address.full)
    assert answer.status_code == 200
    assert "erlaubt" in answer.content.decode()
    ok = {"kind": "levies", "basis": "§ 31 AO", "address": str(address.pk), "address_text": address.full}
    assert submit(client, create, **ok).status_code == 302
    own = house.addresses.get().address
    assert (
        submit(client, create, kind="vacancy", address=str(own.pk), address_text=own.full).status_code == 302
    )
    assert RiskHint.objects.filter(property=house).count() == 2  # the address belongs to the property
    assert set(RiskHint.objects.values_list("department", flat=True)) == {clerk.departments.get().pk}
    foreign = RiskHintFactory(address=address, department=DepartmentFactory())
    assert client.get(f"{LIST}hinweise/{foreign.pk}/beenden/").status_code == 404
    mine = RiskHint.objects.filter(address=address).exclude(pk=foreign.pk).get()
    assert submit(client, f"{LIST}hinweise/{mine.pk}/beenden/", reason="bezahlt").status_code == 302


def test_rules_are_changed_by_who_steers_only(client):
    rule = WarningRuleFactory()
    url = f"{LIST}regeln/{rule.pk}/"
    client.force_login(member(*CLERK))
    assert client.get(f"{LIST}regeln/").status_code == 200
    assert client.get(url).status_code == 403
    client.force_login(member(*CLERK, "register.steer"))
    assert submit(client, url, at_least="5").status_code == 302
    rule.refresh_from_db()
    assert rule.at_least == 5


def test_the_start_page_of_who_steers_has_one_line_for_all(client, office):
    for _ in range(3):
        EarlyWarningFactory(property=PropertyFactory())
    page = client.get("/").content.decode()
    assert "3 Frühwarnungen ansehen" in page
