"""Which part of an order's end depends on the order in which the POS's words arrive: all sets of four, in any order.

``test_status_order`` proves the single properties with longer lists; here stands the whole truth, and nothing is left
out. Of the words of one order:

* No cancel among them: one end. A refusal yields to any word that the order is in the POS ("good"), before or after.
* A cancel among them: cancelled, unless the words before it had completed the order, or refused it. Of two ends the
  first stands, for nobody can tell from the words which came last at the till.
* Refused, cancelled and good: any of these, by the order of arrival.

What never depends on it: a person is called if, and only if, a refusal or a cancel that nobody asked for is among them.
"""

from collections.abc import Iterable
from itertools import combinations, permutations

import pytest

from app.domain.status import ENDS, RANK, Status, Word
from app.domain.status_table import GOOD_WORDS, OrderState, decide

SETS = [frozenset(words) for count in range(1, 5) for words in combinations(Word, count)]


def heard(words: Iterable[Word], *, prepaid: bool, cancel_asked: bool = False) -> tuple[OrderState, bool]:
    """The order after the words, and whether anybody was called."""
    order, called = OrderState(status=Status.RECEIVED, prepaid=prepaid, cancel_asked=cancel_asked), False
    for word in words:
        change = decide(order, word)
        called = called or change.attention is not None
        order = OrderState(
            status=change.status or order.status,
            cancelled_by_pos=order.cancelled_by_pos or change.by_pos,
            cancel_asked=order.cancel_asked,
            prepaid=prepaid,
            milestones=order.milestones | set(change.milestones),
        )
    return order, called


def ends(words: frozenset[Word], *, prepaid: bool) -> set[Status]:
    """In every order."""
    return {heard(some, prepaid=prepaid)[0].status for some in permutations(words)}


@pytest.mark.parametrize("prepaid", [True, False])
def test_without_a_cancel_there_is_one_end(prepaid: bool) -> None:
    for words in SETS:
        if Word.CANCELLED not in words:
            (end,) = ends(words, prepaid=prepaid)
            good = words & GOOD_WORDS
            assert (end is Status.REJECTED) == (Word.REJECTED in words and not good), words
            if good:
                assert RANK[end] >= RANK[Status.ACCEPTED], words


@pytest.mark.parametrize("prepaid", [True, False])
def test_a_cancel_ends_it_unless_another_end_was_there_first(prepaid: bool) -> None:
    for words in SETS:
        if Word.CANCELLED not in words:
            continue
        others = words - {Word.CANCELLED, Word.REJECTED}
        found, possible = ends(words, prepaid=prepaid), {Status.CANCELLED}
        if others and ends(others, prepaid=prepaid) == {Status.COMPLETED}:
            possible |= {Status.COMPLETED}
        if Word.REJECTED in words:  # refused first: the cancel is not remembered, a good word later still counts
            possible |= ends(others | {Word.REJECTED}, prepaid=prepaid)
        assert found == possible, words


@pytest.mark.parametrize("cancel_asked", [True, False])
@pytest.mark.parametrize("prepaid", [True, False])
def test_who_is_called_does_not_depend_on_the_order(prepaid: bool, cancel_asked: bool) -> None:
    for words in SETS:
        called = {heard(some, prepaid=prepaid, cancel_asked=cancel_asked)[1] for some in permutations(words)}
        bad = Word.REJECTED in words or (Word.CANCELLED in words and not cancel_asked)
        if cancel_asked and Word.CANCELLED in words:
            continue  # a cancel that comes true calls nobody; whether something came too late, the order tells
        assert called == {bad}, words


@pytest.mark.parametrize("prepaid", [True, False])
def test_milestones_do_not_depend_on_the_order_where_the_pos_ends_nothing(prepaid: bool) -> None:
    """After a cancel of the POS only the closing of its check counts: what it reached does depend on the order."""
    for words in SETS:
        if not words & {Word.CANCELLED, Word.REJECTED}:
            assert len({heard(some, prepaid=prepaid)[0].milestones for some in permutations(words)}) == 1, words


@pytest.mark.parametrize("prepaid", [True, False])
def test_every_word_twice_ends_where_once_ends(prepaid: bool) -> None:
    """Twice in a row, and the whole story told again: also where a refusal and a cancel are among the words."""
    for words in SETS:
        for some in permutations(words):
            once, _ = heard(some, prepaid=prepaid)
            stammered, _ = heard([word for word in some for _ in range(2)], prepaid=prepaid)
            assert stammered == once, some
            again, _ = heard((*some, *some), prepaid=prepaid)
            assert again.status == once.status or _revived(some, once), some


def _revived(words: tuple[Word, ...], once: OrderState) -> bool:
    """Refused, then cancelled, then good: the refused order came back, and the repeated cancel now finds it there."""
    return {Word.REJECTED, Word.CANCELLED} <= set(words) and once.status not in ENDS - {Status.COMPLETED}
