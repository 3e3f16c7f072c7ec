"""One person, many spellings: candidates with a reason, never a merge."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import services
from cases.models import Person
from cases.names import sounds, words
from cases.people.search import find_people, namesakes
from tests.factories.cases import PersonFactory

SAME = [
    "Георги Georgi Georghi Gheorghe",
    "Живко Zhivko Schiwko Jivko",
    "Ангелова Angelova Angeloff Angelow Angelov",
    "Ștefan Ştefan Stefan Stephan Стефан",
    "Йорданов Jordanov Yordanov Iordanov Jordanow",
    "Чавдар Chavdar Tschawdar",
    "Христо Hristo Christo Khristo",
    "Цветан Tsvetan Zwetan Tzvetan",
    "Стоянова Stoyanova Stojanowa Stoianova",
    "Щерев Shterev Schterew",
    "Юлия Yulia Julia Iulia",
    "Țuțu Ţuţu Tutu",
    "Мария Maria Marija Mariya",
    "Джамбазов Dzhambazov Dschambasow Djambazov",
]


@pytest.mark.parametrize("group", SAME)
def test_spellings_of_one_name_sound_the_same(group):
    assert len({tuple(sounds(name)) for name in group.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("Georgi", "Gabriel"), ("Stefan", "Florin"), ("Ivanov", "Petrov")]
)
def test_different_names_do_not_sound_the_same(one, other):
    assert sounds(one) != sounds(other)


@given(st.text(max_size=40))
def test_any_text_can_be_folded(text):
    assert all(word.isascii() for word in words(text))
    assert len(sounds(text)) == len(words(text))


@pytest.fixture
def georgi(caritas, counsellor):
    person = PersonFactory(
        given_name="Gheorghe", family_name="Angelov", birth_year=1991, own_department=caritas, by=counsellor
    )
    services.add_name(person, by=counsellor, given_name="Георги", family_name="Ангелов", kind="original")
    return person


@pytest.mark.parametrize(
    ("typed", "rank", "why"),
    [
        ("angel", 0, ""),
        ("Gheorghe Angelov", 0, ""),
        ("gheorghe 1991", 0, ""),
        ("Георги", 1, "auch geschrieben „Георги Ангелов“ (eigene Schrift)"),
        ("Georgi", 1, "auch geschrieben „Георги Ангелов“ (eigene Schrift)"),
        ("Georghi Angeloff", 2, "klingt wie „Georghi Angeloff“: Gheorghe Angelov"),
    ],
)
def test_a_person_is_found_in_any_spelling_and_the_match_says_why(georgi, typed, rank, why):
    (hit,) = find_people(Person.objects.all(), typed)
    assert (hit.person, hit.rank, hit.reason) == (georgi, rank, why)


@pytest.mark.parametrize("typed", ["Florin", "gheorghe 1975", "", "   ", "%", "_", "'; drop table"])
def test_others_are_not_found(georgi, typed):
    assert find_people(Person.objects.all(), typed) == []


def test_exact_spellings_come_before_similar_ones(georgi, caritas):
    exact = PersonFactory(given_name="Georgi", family_name="Angelov", own_department=caritas)
    assert [hit.person for hit in find_people(Person.objects.all(), "Georgi Angelov")] == [exact, georgi]


def test_namesakes_are_proposed_unless_the_year_of_birth_contradicts(georgi):
    everybody = Person.objects.all()
    assert [hit.person for hit in namesakes(everybody, given_name="Georgi", family_name="Angeloff")] == [
        georgi
    ]
    assert namesakes(everybody, given_name="Georgi", family_name="Angeloff", birth_year=1975) == []
