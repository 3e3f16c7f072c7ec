from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from reports.disclosure import Cell, Earlier, Relation, Why, protect
from reports.intervals import Equation, interval


def table(rows, threshold=5, prefix=""):
    """Cells and relations of a two-way table of counts with its margins."""
    height, width = len(rows), len(rows[0])
    full = [[*row, sum(row)] for row in rows]
    full.append([sum(column) for column in zip(*full, strict=True)])
    cells = {
        f"{prefix}{r},{c}": Cell(full[r][c], threshold, level=(r == height) + (c == width))
        for r, c in product(range(height + 1), range(width + 1))
    }
    relations = [
        Relation((*((f"{prefix}{r},{c}", 1) for c in range(width)), (f"{prefix}{r},{width}", -1)))
        for r in range(height + 1)
    ] + [
        Relation((*((f"{prefix}{r},{c}", 1) for r in range(height)), (f"{prefix}{height},{c}", -1)))
        for c in range(width + 1)
    ]
    return cells, relations


def outside(cells, relations, protection):
    """The equations an outsider can write down, for an independent check."""
    equations = []
    for relation in relations:
        terms = tuple((n, k) for n, k in relation.terms if n in protection.hidden)
        if terms:
            total = -sum(k * cells[n].value for n, k in relation.terms if n not in protection.hidden)
            equations.append(Equation(terms, total))
    return equations


def assert_protected(cells, relations, protection):
    equations = outside(cells, relations, protection)
    lower = {n: 1 if cells[n].value else 0 for n in protection.hidden}
    for name in protection.hidden:
        bottom, top = interval(equations, lower, name)
        assert bottom <= cells[name].value
        assert top is None or cells[name].value <= top
        assert top is None or top - bottom >= cells[name].threshold, (name, bottom, top)
    for name, cell in cells.items():
        if 0 < cell.value < cell.threshold:
            assert name in protection.hidden


def test_numbers_from_one_to_four_are_hidden_zero_and_five_are_not():
    cells = {str(value): Cell(value, 5) for value in (0, 1, 4, 5)}
    assert set(protect(cells, []).hidden) == {"1", "4"}


def test_objects_are_hidden_below_three():
    cells = {str(value): Cell(value, 3) for value in (0, 2, 3)}
    assert set(protect(cells, []).hidden) == {"2"}


def test_numbers_without_protection_are_never_hidden():
    assert not protect({"beschluesse": Cell(1, 0)}, []).hidden


def test_a_single_small_number_takes_a_rectangle_with_it():
    cells, relations = table([[2, 40], [33, 20]])
    protection = protect(cells, relations)
    assert set(protection.hidden) == {"0,0", "0,1", "1,0", "1,1"}
    assert protection.hidden["0,0"] is Why.SMALL
    assert protection.hidden["1,1"] is Why.COMPLEMENT
    assert_protected(cells, relations, protection)


def test_two_hidden_per_row_and_column_are_not_enough():
    """The counter-example of peers-steering § 4.3: BG (1, 40, 1, 30), RO (25, 33, 30, 28)."""
    cells, relations = table([[1, 40, 1, 30], [25, 33, 30, 28]])
    naive = {"0,0", "0,2", "1,0", "1,2"}
    equations = [
        Equation(
            tuple((n, k) for n, k in relation.terms if n in naive),
            -sum(k * cells[n].value for n, k in relation.terms if n not in naive),
        )
        for relation in relations
        if any(n in naive for n, _ in relation.terms)
    ]
    assert interval(equations, dict.fromkeys(naive, 1), "0,0") == (1, 1)  # computable although two are hidden

    protection = protect(cells, relations)
    assert naive < set(protection.hidden)
    assert_protected(cells, relations, protection)


def test_tables_that_share_a_margin_are_audited_together():
    """By age and by district: the same total per nationality must not open what one table hides."""
    first, relations = table([[3, 30], [20, 47]], prefix="alter:")
    # The second table prints the same row totals under other names; they are one number.
    second, more = table([[11, 22], [30, 37]], prefix="bezirk:")
    same = {"bezirk:0,2": "alter:0,2", "bezirk:1,2": "alter:1,2", "bezirk:2,2": "alter:2,2"}
    cells = first | {n: c for n, c in second.items() if n not in same}
    relations += [Relation(tuple((same.get(n, n), k) for n, k in r.terms)) for r in more]
    protection = protect(cells, relations)
    assert_protected(cells, relations, protection)


def test_a_row_total_is_not_given_back_by_another_table():
    """Hidden row total in one table, its parts in the other: hiding goes on until neither helps."""
    cells = {
        "a": Cell(2, 5), "b": Cell(1, 5), "ab": Cell(3, 5, level=1),
        "c": Cell(50, 5), "all": Cell(53, 5, level=2),
    }  # fmt: skip
    relations = [
        Relation((("a", 1), ("b", 1), ("ab", -1))),
        Relation((("ab", 1), ("c", 1), ("all", -1))),
    ]
    protection = protect(cells, relations)
    assert {"a", "b", "ab"} <= set(protection.hidden)
    assert {"c", "all"} & set(protection.hidden)
    assert_protected(cells, relations, protection)


def test_what_an_earlier_release_hid_stays_hidden():
    """Stock of the quarter before: hidden then, and not to be computed now from the balance."""
    cells = {
        "before": Cell(3, 5),
        "in": Cell(20, 5),
        "out": Cell(9, 5),
        "now": Cell(14, 5, level=1),
    }
    relations = [Relation((("before", 1), ("in", 1), ("out", -1), ("now", -1)))]
    earlier = Earlier(hidden={"before": 5})
    protection = protect(cells, relations, earlier)
    assert "before" in protection.hidden
    assert len(protection.hidden) > 1


def test_a_number_hidden_only_in_the_earlier_release_is_not_opened():
    """Earlier: x + y = 12 with both hidden. Now y is to be printed with another value of the same name: refused."""
    earlier = Earlier(
        values={"sum": 12}, hidden={"x": 5, "y": 5}, relations=[Relation((("x", 1), ("y", 1), ("sum", -1)))]
    )
    protection = protect({"y": Cell(10, 5)}, [], earlier)
    assert protection.hidden == {"y": Why.EARLIER}


def test_a_number_already_printed_is_named():
    """A small number that an earlier release printed cannot be hidden any more; the check says so."""
    protection = protect({"x": Cell(3, 5)}, [], Earlier(values={"x": 3}))
    assert protection.unprotectable == ["x"]
    assert not protection.is_safe()


def test_the_rest_of_a_balance_is_hidden_first():
    cells = {
        "before": Cell(500, 5, level=1), "in": Cell(60, 5), "deaths": Cell(2, 5),
        "rest": Cell(-7, 5, signed=True, sensitive=False), "now": Cell(551, 5, level=1),
    }  # fmt: skip
    relations = [Relation((("before", 1), ("in", 1), ("deaths", -1), ("rest", 1), ("now", -1)))]
    assert set(protect(cells, relations).hidden) == {"deaths", "rest"}


def test_not_recorded_is_a_bound_too():
    """10 = 6 + hidden + not recorded: the hidden one is at most 4, so more must be hidden."""
    cells = {"a": Cell(6, 5), "b": Cell(3, 5), "c": Cell(None, 5), "sum": Cell(10, 5, level=1)}
    protection = protect(cells, [Relation((("a", 1), ("b", 1), ("c", 1), ("sum", -1)))])
    assert {"a", "b"} <= set(protection.hidden)


def test_the_check_turns_red_when_nothing_may_be_hidden():
    """Negative control: without protection the outsider computes the small number."""
    cells, relations = table([[2, 40], [33, 20]])
    equations = [Equation((("0,0", 1),), 2)]
    assert interval(equations, {"0,0": 1}, "0,0") == (2, 2)
    assert len(protect(cells, relations).hidden) > 1


counts = st.integers(0, 60)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 4).flatmap(
        lambda w: st.lists(st.lists(counts, min_size=w, max_size=w), min_size=2, max_size=5)
    )
)
def test_no_small_number_of_any_table_can_be_computed(rows):
    cells, relations = table(rows)
    assert_protected(cells, relations, protect(cells, relations))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 7), min_size=3, max_size=3), min_size=2, max_size=3),
    st.sampled_from([3, 5]),
)
def test_nearly_empty_tables_stay_safe(rows, threshold):
    cells, relations = table(rows, threshold)
    assert_protected(cells, relations, protect(cells, relations))
