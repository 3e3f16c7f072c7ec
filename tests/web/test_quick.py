"""„Neu anlegen“ beside a field: by the rights of the create page, and nothing typed is lost."""

import pytest
from django.urls import resolve, reverse

from objects.models import Ownership, Party
from soe.web.views import ScopedCreateView
from soe.web.views.edit import FormPage
from tests.factories.core import DepartmentFactory, member
from tests.factories.register import PartyFactory, PropertyFactory
from tests.factories.steering import CommitteeFactory
from tests.web.test_once import posting

pytestmark = pytest.mark.django_db
RIGHTS = ("register.view", "register.change", "owner.view")


@pytest.fixture
def house(client):
    own = DepartmentFactory()
    client.force_login(member(*RIGHTS, department=own))
    return PropertyFactory(lead_department=own)


@pytest.fixture
def url(house):
    return reverse("objects:ownership_create", args=[house.pk])


def test_without_script_the_form_waits_with_its_input_and_the_new_record_is_chosen(client, url):
    typed = {"neu_anlegen": "party", "role": "manager", "share": "1/2", "source": "Grundbuch"}
    away = client.post(url, typed)
    assert away["Location"].startswith(reverse("objects:party_create"))
    create = client.get(away["Location"])
    assert create.context["cancel_url"].startswith(url)
    back = client.post(away["Location"], {"kind": "company", "name": "Zechenhof GmbH"})
    assert back["Location"].startswith(url)
    page = client.get(back["Location"])
    html = page.content.decode()
    party = Party.objects.get()
    assert f'value="{party.pk}"' in html
    assert 'value="Zechenhof GmbH"' in html
    assert 'value="1/2"' in html
    assert 'value="Grundbuch"' in html
    sent = {"role": "manager", "share": "1/2", "party": str(party.pk), "party_text": "Zechenhof GmbH"}
    client.post(back["Location"], sent)
    assert Ownership.objects.get().party == party
    assert not client.session["neu"]


def test_in_the_dialog_the_create_page_is_a_bare_form_and_answers_with_the_record(client, url):
    create = reverse("objects:party_create") + "?dialog=1"
    html = client.get(create).content.decode()
    assert "<html" not in html
    refused = client.post(create, {"kind": "company", "name": ""})
    assert "soe-errors" in refused.content.decode()
    done = client.post(create, {"kind": "company", "name": "Zechenhof GmbH"}, follow=True)
    assert done.json() == {"id": str(Party.objects.get().pk), "text": "Zechenhof GmbH"}


def test_who_may_not_create_is_not_offered_it(client, url, monkeypatch):
    assert "neu_anlegen" in client.get(url).content.decode()
    monkeypatch.setattr("soe.web.quick.QuickCreate.offered_to", lambda self, user: False)
    assert "neu_anlegen" not in client.get(url).content.decode()
    assert client.post(url, {"neu_anlegen": "party"}).status_code == 404


@pytest.mark.parametrize("field", ["role", "gibtsnicht", "__class__"])
def test_only_fields_that_offer_it_lead_away(client, url, field):
    assert client.post(url, {"neu_anlegen": field}).status_code == 404


def test_the_answer_of_the_dialog_is_no_oracle(client, url):
    party = PartyFactory()
    made = reverse("web:made", args=["objects.party", party.pk])
    assert client.get(made).status_code == 200
    client.force_login(member("offer.view"))
    assert client.get(made).status_code == 404
    for label in ("cases.person", "accounts.user", "gibts.nicht", "quatsch", "web.bulkrow"):
        assert client.get(reverse("web:made", args=[label, party.pk])).status_code == 404


def test_a_foreign_or_forged_mark_changes_nothing(client, url):
    assert client.get(f"{url}?neu=abc").status_code == 200
    done = client.post(reverse("objects:party_create") + "?neu=abc", {"kind": "company", "name": "X GmbH"})
    assert done["Location"] == Party.objects.get().get_absolute_url()


def test_negative_control_without_the_question_it_is_offered_to_those_who_may_not(client, url, monkeypatch):
    monkeypatch.setattr("soe.web.quick.scope.may", lambda user, model, action: False)
    assert "neu_anlegen" not in client.get(url).content.decode()
    monkeypatch.setattr("soe.web.quick.QuickCreate.offered_to", lambda self, user: True)
    assert "neu_anlegen" in client.get(url).content.decode()
    assert client.post(url, {"neu_anlegen": "party"}).status_code == 302


def test_negative_control_without_the_rights_the_dialog_would_name_anybody(client, url, monkeypatch):
    made = reverse("web:made", args=["objects.party", PartyFactory().pk])
    client.force_login(member("offer.view"))
    assert client.get(made).status_code == 404
    monkeypatch.setattr(type(Party.objects.all()), "restrict", lambda rows, user, action="view": rows)
    assert client.get(made).status_code == 200


def quick_creates():
    """{(form, field): QuickCreate} of every form page."""
    for _, callback in posting():
        view = callback.view_class
        if issubclass(view, FormPage):
            meta = getattr(view.form_class, "Meta", None)
            for name, quick in getattr(meta, "quick_create", {}).items():
                yield (view.form_class.__name__, name), quick


def test_every_offer_leads_to_a_create_page_of_its_own_kind():
    found = dict(quick_creates())
    assert {
        ("OwnershipForm", "party"), ("RelationForm", "part"), ("CaseCreateForm", "offer"),
        ("CaseCreateForm", "person"), ("ContactForm", "person"), ("ReferralForm", "to_offer"),
        ("OfferForm", "carrier"), ("SeatForm", "user"), ("SeatForm", "department"), ("MeetingForm", "committee"),
        ("ProposalForm", "property"), ("ProposalForm", "offer"), ("RuleForm", "category"),
    } <= set(found)  # fmt: skip
    for quick in found.values():
        view = resolve(reverse(quick.url_name)).func.view_class
        assert issubclass(view, ScopedCreateView)
        assert view.queryset.model is quick.model
        # A dialog is the bare form, and its answer never names a person of a case.
        assert not quick.dialog or (view.template_name == "web/form.html" and not quick.model.social_data)


def test_a_house_that_is_missing_is_opened_while_a_day_is_planned(client):
    own = DepartmentFactory()
    client.force_login(
        member(
            "register.view",
            "register.change",
            "inspection.view",
            "inspection.plan",
            department=own,
        )
    )
    day = reverse("objects:inspection_day_create")
    assert 'name="neu_anlegen" value="house_2"' in client.get(day).content.decode()
    away = client.post(
        day, {"neu_anlegen": "house_2", "meeting_point": "Vor dem Tor", "reason": "Brandschau"}
    )
    assert away["Location"].startswith(reverse("objects:property_create"))
    house = PropertyFactory(lead_department=own)
    session = client.session
    (entry,) = session["neu"].values()
    assert (entry["field"], entry["model"]) == ("house_2", "objects.property")
    entry["made"] = str(house.pk)
    session.save()
    page = client.get(f"{day}?{away['Location'].partition('?')[2]}").content.decode()
    assert f'value="{house.pk}"' in page
    assert "Vor dem Tor" in page
    assert "Brandschau" in page


def test_an_account_for_a_seat_is_offered_to_those_who_may_make_accounts(client):
    committee = CommitteeFactory()
    seat = reverse("steering:seat_add", args=[committee.pk])
    client.force_login(member("steering.view", "steering.manage"))
    assert "neu_anlegen" not in client.get(seat).content.decode()
    assert client.post(seat, {"neu_anlegen": "user"}).status_code == 404
    client.force_login(member("steering.view", "steering.manage", "admin.members", "admin.all"))
    assert 'name="neu_anlegen" value="user"' in client.get(seat).content.decode()
    dialog = client.get(reverse("administration:account_add") + "?dialog=1").content.decode()
    assert "<html" not in dialog
