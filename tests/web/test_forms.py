"""Fields: type-ahead without script, dates, picks, wording."""

from datetime import date

import pytest
from django import forms
from django.http import QueryDict

from soe.web import wording
from soe.web.forms import Form, Pick, PickMany
from tests.factories.core import DepartmentFactory, member

from .pages import PickForm

pytestmark = pytest.mark.urls("tests.web.pages")


@pytest.fixture
def houses(db):
    return [DepartmentFactory(name=name) for name in ("Lampenstubenweg", "Lampenwärterhof", "Alter Ring")]


def bound(user, **data):
    query = QueryDict(mutable=True)
    query.update(data)
    return PickForm(query, user=user)


@pytest.fixture
def reader(db):
    return member("register.view")


def test_a_chosen_id_counts_together_with_its_text(houses, reader):
    form = bound(reader, department=str(houses[0].pk), department_text="lampenstuben-weg")
    assert form.is_valid()
    assert form.cleaned_data["department"] == houses[0]


def test_what_the_suggestion_said_need_not_be_the_label_of_the_row(houses, reader):
    said = "Lampenstubenweg, 44649 Herne"
    data = {"department": str(houses[0].pk), "department_text": said, "department_for": said}
    assert bound(reader, **data).is_valid()
    changed = bound(reader, **data | {"department_text": "Alter Ring"})
    assert changed.is_valid()
    assert changed.cleaned_data["department"] == houses[2]


def test_a_changed_text_beats_the_old_id(houses, reader):
    form = bound(reader, department=str(houses[0].pk), department_text="Alter Ring")
    assert form.is_valid()
    assert form.cleaned_data["department"] == houses[2]


def test_without_script_the_text_is_resolved_on_the_server(houses, reader):
    assert bound(reader, department="", department_text="Alter").is_valid()


def test_an_ambiguous_text_offers_candidates_that_work_without_script(houses, reader):
    form = bound(reader, department="", department_text="lampen")
    assert not form.is_valid()
    assert "passt auf 2 Einträge" in str(form.errors)
    html = str(form)
    assert 'value="lampen"' in html
    assert f'name="department_pick" value="{houses[1].pk}"' in html
    again = bound(reader, department="", department_text="lampen", department_pick=str(houses[1].pk))
    assert again.is_valid()
    assert again.cleaned_data["department"] == houses[1]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"department_text": "Nirgendwo"}, "ist nicht bekannt"),
        ({"department": "kein-uuid", "department_text": ""}, "aus den Vorschlägen"),
        ({"department": "", "department_text": ""}, "eine Auswahl"),
    ],
)
def test_errors_say_what_to_do(houses, reader, data, message):
    form = bound(reader, **data)
    assert not form.is_valid()
    assert message in str(form.errors)


def test_a_row_out_of_reach_cannot_be_chosen_by_id(houses, user):
    assert not bound(user, department=str(houses[0].pk), department_text="").is_valid()


def test_the_field_loads_no_table_to_be_drawn(houses, reader, django_assert_num_queries):
    with django_assert_num_queries(1):  # what the reader may do, and no row of the table
        assert "Lampenstubenweg" not in str(PickForm(user=reader))


class Dates(Form):
    day = forms.DateField(label="Frist")
    moment = forms.DateTimeField(label="Termin", required=False)
    few = forms.ChoiceField(label="Weg", choices=[("a", "Telefon"), ("b", "Brief")], required=False)
    many = forms.ChoiceField(
        label="Bezirk", choices=[(str(n), f"Bezirk {n}") for n in range(20)], required=False
    )
    kinds = forms.MultipleChoiceField(label="Art", choices=[("x", "Müll"), ("y", "Lärm")], required=False)


@pytest.mark.parametrize("typed", ["2026-11-17", "17.11.2026", "17.11.26"])
def test_dates_are_read_as_people_write_them(typed):
    form = Dates({"day": typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["day"] == date(2026, 11, 17)


def test_dates_are_drawn_as_the_browser_needs_them():
    assert 'type="date" name="day" value="2026-11-17"' in str(Dates(initial={"day": date(2026, 11, 17)}))


def test_few_choices_become_chips_and_many_a_list():
    form = Dates()
    assert isinstance(form.fields["few"].widget, Pick)
    assert isinstance(form.fields["kinds"].widget, PickMany)
    assert type(form.fields["many"].widget) is forms.Select
    assert "keine Angabe" in str(form["few"])


def test_optional_fields_are_marked_and_help_stands_above():
    html = str(Dates())
    assert html.count("freiwillig") == 4
    assert "Frist <span" not in html


def test_several_picks_arrive_as_a_list():
    query = QueryDict("day=2026-11-17&kinds=x&kinds=y")
    form = Dates(query)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["kinds"] == ["x", "y"]


@pytest.mark.parametrize(
    "text", ["Familie aus der Volksgruppe der Roma", "zigeunerisch", "südländisches Aussehen"]
)
def test_words_about_origin_are_found(text):
    assert wording.note("Text", text)


@pytest.mark.parametrize(
    "text", ["spricht Rumänisch", "Romastraße 4", "Sintflut im Keller", "Herr Romanow", "Rasselbande", ""]
)
def test_other_words_are_left_alone(text):
    assert not wording.note("Text", text)
