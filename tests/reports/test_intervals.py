from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.intervals import Equation, Infeasible, components, interval


def by_hand(equations, lower, name, top=14):
    names = sorted(lower)
    found = []
    for values in product(*(range(lower[n], top + 1) for n in names)):
        x = dict(zip(names, values, strict=True))
        if all(sum(c * x[n] for n, c in e.terms) == e.total for e in equations):
            found.append(x[name])
    return (min(found), max(found)) if found else None


def test_the_counter_example_has_exactly_one_solution():
    """Two hidden per row and column, and yet everything can be computed (peers-steering § 4.3)."""
    equations = [
        Equation((("bg1", 1), ("bg3", 1)), 2),
        Equation((("ro1", 1), ("ro3", 1)), 58 - 3),
        Equation((("bg1", 1), ("ro1", 1)), 26),
        Equation((("bg3", 1), ("ro3", 1)), 31),
    ]
    lower = dict.fromkeys(["bg1", "bg3", "ro1", "ro3"], 1)
    assert interval(equations, lower, "bg1") == (1, 1)
    assert interval(equations, lower, "ro1") == (25, 25)
    assert interval(equations, lower, "ro3") == (30, 30)


def test_nothing_bounds_a_number_without_an_equation():
    assert interval([], {"x": 1}, "x") == (1, None)


def test_unbounded_with_equation():
    equations = [Equation((("x", 1), ("y", -1)), 3)]
    assert interval(equations, {"x": 1, "y": 1}, "x") == (4, None)


def test_only_whole_numbers_count():
    """2x + 2y = 7 has fractions but no whole solution."""
    with pytest.raises(Infeasible):
        interval([Equation((("x", 2), ("y", 2)), 7)], {"x": 0, "y": 0}, "x")


def test_branching_finds_the_whole_extreme():
    # x + 3y = 10, 2y + z = 5: y ≤ 2, so x ≥ 4 although y = 2.5 would allow 2.5.
    equations = [Equation((("x", 1), ("y", 3)), 10), Equation((("y", 2), ("z", 1)), 5)]
    assert interval(equations, dict.fromkeys("xyz", 0), "x") == (4, 10)
    assert interval(equations, dict.fromkeys("xyz", 0), "y") == (0, 2)


def test_components_separate_what_has_nothing_in_common():
    equations = [Equation((("a", 1), ("b", 1)), 3), Equation((("c", 1), ("d", 1)), 3)]
    assert [names for names, _ in components(equations, "abcde")] == [["a", "b"], ["c", "d"], ["e"]]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_interval_equals_enumeration(data):
    names = ["a", "b", "c", "d"]
    truth = {n: data.draw(st.integers(0, 3)) for n in names}
    equations = [Equation(tuple((n, 1) for n in names), sum(truth.values()))]
    for _ in range(data.draw(st.integers(0, 3))):
        chosen = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True))
        terms = tuple((n, data.draw(st.sampled_from([1, 1, 1, -1, 2]))) for n in chosen)
        equations.append(Equation(terms, sum(c * truth[n] for n, c in terms)))
    lower = {n: data.draw(st.integers(0, truth[n])) for n in names}
    name = data.draw(st.sampled_from(names))
    assert interval(equations, lower, name) == by_hand(equations, lower, name, top=sum(truth.values()))
