"""Positions sort as the items stand, whatever is put where."""

from hypothesis import given
from hypothesis import strategies as st

from homespun.stories.positions import LONGEST, between, spread


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 5)), max_size=60))
def test_positions_sort_as_the_items_were_put(puts: list[tuple[int, int]]) -> None:
    order: list[str] = []
    for place, count in puts:
        at = place % (len(order) + 1)
        after, before = (order[at - 1] if at else ""), (order[at] if at < len(order) else "")
        order[at:at] = between(after, before, count)
    assert order == sorted(set(order))
    assert not any(position.endswith("0") or not position for position in order)


def test_a_thousand_additions_at_the_end_stay_short() -> None:
    last = ""
    for _ in range(1000):
        [last] = between(last, "")
    assert len(last) <= 8


def test_a_hundred_moves_into_one_gap_stay_below_the_limit() -> None:
    low, high = between("", "", 2)
    for _ in range(100):
        [high] = between(low, high)
    assert len(high) < LONGEST


def test_ten_thousand_items_spread_with_room_between_them() -> None:
    order = spread(10_000)
    assert order == sorted(set(order))
    assert max(map(len, order)) <= 8
