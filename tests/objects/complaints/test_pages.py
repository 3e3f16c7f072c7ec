import pytest
from django.urls import reverse
from django.utils import timezone

from objects.models import Complaint, RoutingRule
from soe.web.registry import inbox, navigation
from tests.clients import without_templates
from tests.costs import assert_same_cost
from tests.factories.complaints import (
    CategoryFactory,
    ComplaintFactory,
    InvolvementFactory,
    LinkFactory,
    ReporterFactory,
    RuleFactory,
    TopicFactory,
)
from tests.factories.core import DepartmentFactory, member, somebody
from tests.factories.register import AddressFactory, AssessmentFactory, PropertyFactory, StreetFactory

pytestmark = pytest.mark.django_db
CLERK = (
    "address.view", "register.view", "register.change", "proceeding.view", "complaint.view", "complaint.record",
    "complaint.route", "complaint.reporter",
)  # fmt: skip
NEW = "/beschwerden/neu/"


def clerk(client, *more, **kwargs):
    person = member(*CLERK, *more, **kwargs)
    client.force_login(person)
    return person


def post(client, **values):
    values = {"channel": "phone", "who": "named", "text": "Haustür schließt nicht"} | values
    return client.post(NEW, values)


def test_a_call_is_taken_down_on_one_page(client):
    person = clerk(client)
    address = AddressFactory()
    category = CategoryFactory()
    rule = RuleFactory(category=category)
    answer = post(
        client,
        address=address.pk,
        address_text=address.full,
        categories=[category.pk],
        name="Frau Pohlschmidt",
        contact="02323 555 0142",
        wants_answer="on",
    )
    complaint = Complaint.objects.get()
    assert answer.url == complaint.get_absolute_url()
    assert complaint.department == rule.lead
    assert complaint.recorded_in == person.departments.get()
    assert complaint.answer_due > timezone.localdate()
    assert complaint.reporter.name == "Frau Pohlschmidt"
    page = client.get(answer.url).content.decode()
    assert complaint.number in page
    assert f"Sie geht an: {rule.lead}" in page


def test_the_next_call_follows_at_once(client):
    clerk(client)
    answer = post(client, address_text=AddressFactory().full, naechste="1")
    assert answer.url == NEW
    assert Complaint.objects.count() == 1


def test_without_script_the_typed_address_is_resolved(client):
    clerk(client)
    address = AddressFactory(street=StreetFactory(name="Mont-Cenis-Straße"), number=12)
    post(client, address_text="mont cenis str 12")
    assert Complaint.objects.get().address == address


def test_an_unknown_place_asks_before_it_is_taken_over(client):
    clerk(client)
    page = post(client, address_text="Hinter dem Bahnhof 3", text="Müll").content.decode()
    assert not Complaint.objects.exists()
    assert "ohne amtliche Anschrift übernehmen" in page
    assert "Hinter dem Bahnhof 3" in page  # the input is kept
    post(client, address_text="Hinter dem Bahnhof 3", text="Müll", unofficial="on")
    assert Complaint.objects.get().place == "Hinter dem Bahnhof 3"


def test_errors_keep_the_input_and_say_what_to_do(client):
    clerk(client)
    page = post(client, text="", contact="0170 1").content.decode()
    assert "Noch nicht gespeichert: 2 Angaben bitte prüfen" in page
    assert "Ein Satz reicht" in page
    assert "0170 1" in page


def test_anonymous_and_a_name_contradict_each_other(client):
    clerk(client)
    page = post(client, address_text=AddressFactory().full, who="anonymous", name="Frau P.").content.decode()
    assert "„anonym“ ist gewählt" in page
    assert not Complaint.objects.exists()


def test_checking_without_script_saves_nothing_and_keeps_everything(client):
    clerk(client)
    address = AddressFactory()
    earlier = ComplaintFactory(address=address)
    page = post(client, address_text=address.full, pruefen="1", name="Frau P.").content.decode()
    assert earlier.number in page
    assert 'value="Frau P."' in page
    assert "Haustür schließt nicht" in page
    assert Complaint.objects.count() == 1


def test_hints_show_what_was_reported_the_house_and_the_neighbours(client):
    clerk(client)
    street = StreetFactory(name="Kurhausstraße")
    here, near, far = (AddressFactory(street=street, number=number) for number in (104, 98, 170))
    house, neighbour, other = (
        PropertyFactory(address=here),
        PropertyFactory(address=near),
        PropertyFactory(address=far),
    )
    AssessmentFactory(property=house)
    earlier = ComplaintFactory(address=here)
    page = client.get(reverse("objects:complaint_hints"), {"address": here.pk}).content.decode()
    assert earlier.number in page
    assert house.number in page
    assert neighbour.number in page
    assert "Nr. 98 mit verknüpfen" in page
    assert other.number not in page
    assert "Druck <b>hoch</b>" in page


def test_a_complaint_about_104_finds_98_and_114_and_links_them_when_asked(client):
    clerk(client)
    street = StreetFactory(name="Kurhausstraße")
    here, *others = (AddressFactory(street=street, number=number) for number in (104, 98, 114))
    houses = [PropertyFactory(address=address) for address in others]
    post(client, address=here.pk, address_text=here.full, also_about=[house.pk for house in houses])
    assert set(Complaint.objects.get().links.values_list("property", "kind")) == {
        (house.pk, "hint") for house in houses
    }


def test_the_preview_says_who_gets_it(client):
    clerk(client)
    rule = RuleFactory(category=CategoryFactory())
    page = client.get(reverse("objects:complaint_hints"), {"categories": rule.category_id}).content.decode()
    assert f"{rule.lead} (federführend)" in page
    page = client.get(reverse("objects:complaint_hints"), {"categories": "kein-uuid"}).content.decode()
    assert "bleibt bei Ihrem Fachbereich" in page


def test_receivers_can_be_chosen_by_hand(client):
    clerk(client)
    chosen = member("complaint.route").departments.get()
    RuleFactory()
    post(client, address_text=AddressFactory().full, lead=chosen.pk)
    assert Complaint.objects.get().department == chosen


def test_a_complaint_opens_a_property_on_the_same_page(client):
    clerk(client)
    address = AddressFactory()
    post(client, address=address.pk, address_text=address.full, problem_areas=["environment"])
    link = Complaint.objects.get().links.get()
    assert link.property.problem_areas.get().kind == "environment"


def test_who_may_not_open_properties_cannot_smuggle_problem_areas(client):
    client.force_login(member("complaint.record", "complaint.view", "address.view"))
    address = AddressFactory()
    answer = post(client, address=address.pk, address_text=address.full, problem_areas=["environment"])
    assert answer.status_code == 200
    assert not Complaint.objects.exists()


def test_a_repeated_report_hangs_on_the_first(client):
    clerk(client)
    first = ComplaintFactory()
    post(client, address=first.address_id, address_text=first.address.full, repeats=first.pk)
    assert Complaint.objects.exclude(pk=first.pk).get().repeats == first


def test_the_same_form_sent_twice_is_saved_once(client):
    clerk(client)
    token = "0b6e1e0e-6a0e-4c58-9e0c-0d1f4a4f7d11"
    values = {"address_text": AddressFactory().full, "form_token": token}
    assert post(client, **values).url == post(client, **values).url
    assert Complaint.objects.count() == 1


def test_hostile_text_is_shown_as_text(client):
    clerk(client)
    post(client, address_text=AddressFactory().full, text="<script>alert(1)</script> {{ 7 }}")
    page = client.get(Complaint.objects.get().get_absolute_url()).content.decode()
    assert "&lt;script&gt;" in page


def test_steps_on_the_page(client):
    person = clerk(client)
    complaint = ComplaintFactory(department=person.departments.get())
    today = timezone.localdate().isoformat()
    for name, values in [
        ("accept", {}),
        ("answer", {"text": "Wir waren da.", "on": today}),
        ("close", {"outcome": "remedied", "on": today}),
        ("reopen", {"reason": "wieder kaputt"}),
    ]:
        url = reverse(f"objects:complaint_{name}", args=[complaint.pk])
        assert client.get(url).status_code == 200, name
        assert client.post(url, values).status_code == 302, name
    complaint.refresh_from_db()
    assert complaint.state == "in_progress"


def test_forward_and_accept_between_two_departments(client):
    complaint = ComplaintFactory()
    there = member(*CLERK)
    clerk(client, department=complaint.department)
    url = reverse("objects:complaint_forward", args=[complaint.pk])
    client.post(url, {"to": there.departments.get().pk, "reason": "Ihr Bezirk"})
    assert client.post(reverse("objects:complaint_take_over", args=[complaint.pk])).status_code == 404
    client.force_login(there)
    assert "Annehmen" in client.get(complaint.get_absolute_url()).content.decode()
    client.post(reverse("objects:complaint_take_over", args=[complaint.pk]))
    complaint.refresh_from_db()
    assert complaint.department == there.departments.get()


def test_others_cannot_act_on_a_complaint(client):
    complaint = ComplaintFactory()
    clerk(client)
    names = ["accept", "forward", "answer", "close", "reopen", "update", "link", "open_property", "involve"]
    for name in names:
        assert client.get(reverse(f"objects:complaint_{name}", args=[complaint.pk])).status_code == 404, name
    client.force_login(member("complaint.view"))
    for name in names:
        assert client.get(reverse(f"objects:complaint_{name}", args=[complaint.pk])).status_code == 403, name


def test_link_and_open_property_from_the_complaint(client):
    person = clerk(client)
    complaint, house = ComplaintFactory(department=person.departments.get()), PropertyFactory()
    url = reverse("objects:complaint_link", args=[complaint.pk])
    assert client.get(url).status_code == 200
    client.post(url, {"property": house.pk, "property_text": str(house), "kind": "result"})
    assert complaint.links.get().property == house
    other = ComplaintFactory(department=person.departments.get())
    client.post(reverse("objects:complaint_open_property", args=[other.pk]), {"problem_areas": ["housing"]})
    assert other.links.get().kind == "cause"


def test_changing_a_complaint_keeps_its_history(client):
    person = clerk(client)
    complaint = ComplaintFactory(department=person.departments.get())
    topic = TopicFactory(complaint=complaint)
    new = CategoryFactory()
    url = reverse("objects:complaint_update", args=[complaint.pk])
    page = client.get(url)
    assert page.status_code == 200
    values = {
        "channel": "letter",
        "received_at": timezone.localtime(complaint.received_at).strftime("%Y-%m-%dT%H:%M"),
        "address": complaint.address_id,
        "address_text": complaint.address.full,
        "categories": [new.pk],
        "text": "Neuer Text",
        "version": complaint.version,
    }
    assert client.post(url, values).status_code == 302
    complaint.refresh_from_db()
    assert (complaint.channel, complaint.text) == ("letter", "Neuer Text")
    assert [row.category for row in complaint.topics.all()] == [new]
    assert topic.category != new
    assert client.get(reverse("web:history", args=["objects.complaint", complaint.pk])).status_code == 200


def test_routing_rules_are_kept_by_the_coordination_office(client):
    clerk(client)
    assert client.get(reverse("objects:routing_list")).status_code == 200
    assert client.get(reverse("objects:routing_create")).status_code == 403
    person = clerk(client, "register.steer")
    values = {
        "position": 5,
        "category": CategoryFactory().pk,
        "lead": person.departments.get().pk,
        "active": "on",
    }
    assert client.post(reverse("objects:routing_create"), values).status_code == 302
    rule = RoutingRule.objects.get()
    assert client.get(rule.get_absolute_url()).status_code == 200


def test_a_broken_rule_is_a_task_until_it_is_repaired(client):
    person = clerk(client, "register.steer")
    rule = RuleFactory()
    with somebody():
        rule.switch_off(reason="Amt 99 gibt es nicht mehr.")
    tasks = [task for task in inbox.tasks(person, timezone.localdate()) if "Verteilregel" in task.title]
    assert tasks[0].place == "Amt 99 gibt es nicht mehr."
    values = {"position": 1, "lead": person.departments.get().pk, "active": "on", "version": rule.version}
    client.post(rule.get_absolute_url(), values)
    rule.refresh_from_db()
    assert (rule.active, rule.broken_because) == (True, "")


def test_new_complaints_of_my_department_are_counted_and_listed_as_tasks():
    person = member(*CLERK)
    mine = ComplaintFactory(department=person.departments.get())
    ComplaintFactory()
    ComplaintFactory(department=person.departments.get(), in_progress=True)
    forwarded = ComplaintFactory()
    forwarded.forward(by=person, to=person.departments.get(), reason="…")
    told = InvolvementFactory(department=person.departments.get()).complaint
    entry = navigation.entries["objects:complaint_list"]
    assert set(entry.count(person)) == {mine, forwarded}
    urls = {task.url for task in inbox.tasks(person, timezone.localdate())}
    assert {mine.get_absolute_url(), forwarded.get_absolute_url(), told.get_absolute_url()} <= urls


def test_an_answer_due_is_a_task():
    person = member(*CLERK)
    complaint = ComplaintFactory(
        department=person.departments.get(),
        in_progress=True,
        wants_answer=True,
        answer_due=timezone.localdate(),
    )
    tasks = [task for task in inbox.tasks(person, timezone.localdate()) if task.due]
    assert [task.button_url for task in tasks] == [reverse("objects:complaint_answer", args=[complaint.pk])]


def test_every_way_to_look_at_the_list(client):
    clerk(client)
    ComplaintFactory()
    queries = (
        "state=open", "state=closed", "ansicht=neu", "ansicht=meine", "ansicht=beteiligt", "ansicht=ueberfaellig",
        "text=2026", "von=01.01.2026&bis=31.12.2026", "sortierung=number", "sortierung=-answer_due", "bezirk=Wanne",
        "export=csv", "export=xlsx", "von=quatsch",
    )  # fmt: skip
    with without_templates():
        for query in queries:
            answer = client.get(reverse("objects:complaint_list") + f"?{query}")
            assert answer.status_code == 200, query
            assert not answer.streaming or b"".join(answer.streaming_content), query


def test_the_list_costs_the_same_for_few_and_many_rows(client):
    clerk(client)

    def make(rows):
        for _ in range(rows):
            complaint = ComplaintFactory()
            TopicFactory(complaint=complaint)
            ReporterFactory(complaint=complaint)

    assert_same_cost(make, lambda: client.get(reverse("objects:complaint_list")), most=20)


def test_the_inbox_costs_the_same_for_few_and_many_rows():
    from objects.complaints.registration import tasks

    person = member(*CLERK, "register.steer")
    home = person.departments.get()

    def make(rows):
        for _ in range(rows):
            ComplaintFactory(department=home)
            ComplaintFactory(department=home, wants_answer=True, answer_due=timezone.localdate())
            InvolvementFactory(department=home)
            with somebody():
                RuleFactory().switch_off(reason="kaputt")

    assert_same_cost(make, lambda: list(tasks(person, timezone.localdate())), most=12)


def test_the_tab_of_a_property_and_its_timeline(client):
    clerk(client)
    link = LinkFactory()
    page = client.get(
        reverse("objects:property_tab", args=[link.property_id, "beschwerden"])
    ).content.decode()
    assert link.complaint.number in page
    assert link.complaint.number in client.get(link.property.get_absolute_url()).content.decode()


def test_search_finds_number_and_place(client):
    clerk(client)
    complaint = ComplaintFactory()
    for query in (complaint.number, complaint.address.line):
        assert str(complaint.pk) in client.get(reverse("web:search"), {"q": query}).content.decode()


def test_taking_note_is_for_the_department_that_was_told(client):
    entry = InvolvementFactory()
    clerk(client)
    assert client.post(reverse("objects:complaint_note", args=[entry.pk])).status_code == 404
    clerk(client, department=entry.department)
    assert (
        client.post(reverse("objects:complaint_note", args=[entry.pk])).url
        == entry.complaint.get_absolute_url()
    )
    entry.refresh_from_db()
    assert entry.noted_on == timezone.localdate()


def test_somebody_in_two_departments_says_for_which_one(client):
    person = clerk(client)
    other = DepartmentFactory()
    member("complaint.record", department=other, user=person)
    page = client.get(NEW).content.decode()
    assert "Aufgenommen von" in page
    post(client, address_text=AddressFactory().full, department=other.pk)
    assert Complaint.objects.get().recorded_in == other


def test_suggestions_say_which_houses_stand_in_the_register(client, django_assert_max_num_queries):
    clerk(client)
    street = StreetFactory(name="Lampenstubenweg")
    known, free = AddressFactory(street=street, number=14), AddressFactory(street=street, number=16)
    house = PropertyFactory(address=known)
    AssessmentFactory(property=house)
    with django_assert_max_num_queries(12):
        answer = client.get(reverse("objects:complaint_places"), {"q": "lampenstubenw"})
    notes = {row["id"]: row["note"] for row in answer.json()["results"]}
    assert notes == {
        str(known.pk): f"Wanne · im Kataster: {house.number} · Druck hoch",
        str(free.pk): "Wanne",
    }
    assert reverse("objects:complaint_places") in client.get(NEW).content.decode()
