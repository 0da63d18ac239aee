"""What the order of arrival may change, and what not. Callbacks come late, twice, and in any order.

Proven here of the table:

* Words that the order is in the POS ("good" words, and "taken") end in the same status, with the same milestones, in
  whatever order they come and however often.
* A refusal among them changes neither: good words win, before and after it.
* A cancel among them ends in "cancelled" in any order, as long as the others do not complete the order.

The design lets order matter between two different ends, where the first one stands: completed and cancelled; refused
and cancelled. Then the other word is in the history, and with attention where it speaks of food that may be cooked.
"""

from collections.abc import Iterable
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from app.domain.status import Status, Word
from app.domain.status_table import GOOD_WORDS, OrderState, decide

IN_POS = st.sampled_from(sorted({*GOOD_WORDS, Word.SUBMITTED, Word.UNKNOWN}))
ANY = st.sampled_from(sorted(Word))
LIFE = (Word.SUBMITTED, Word.ACCEPTED, Word.CHECK_UPDATED, Word.READY, Word.IN_DELIVERY, Word.CLOSED)


def start(*, prepaid: bool = True, cancel_asked: bool = False) -> OrderState:
    return OrderState(status=Status.RECEIVED, prepaid=prepaid, cancel_asked=cancel_asked)


def tell(order: OrderState, word: Word) -> OrderState:
    """The order after the word, as the relay's order case keeps it."""
    change = decide(order, word)
    return OrderState(
        status=change.status or order.status,
        cancelled_by_pos=order.cancelled_by_pos or change.by_pos,
        cancel_asked=order.cancel_asked and not change.by_pos,  # a cancel that came true is settled
        prepaid=order.prepaid,
        milestones=order.milestones | set(change.milestones),
    )


def after(words: Iterable[Word], *, prepaid: bool = True) -> OrderState:
    return reduce(tell, words, start(prepaid=prepaid))


@given(st.lists(IN_POS, max_size=8), st.booleans(), st.data())
def test_good_words_end_the_same_in_any_order(words: list[Word], prepaid: bool, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(words))
    assert after(words, prepaid=prepaid) == after(shuffled, prepaid=prepaid)


@given(st.lists(IN_POS, max_size=8), st.booleans(), st.data())
def test_good_words_twice_equal_once(words: list[Word], prepaid: bool, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(words + words))
    assert after(words, prepaid=prepaid) == after(shuffled, prepaid=prepaid)


@given(st.lists(ANY, max_size=8), ANY, st.booleans())
def test_any_word_twice_in_a_row_equals_once(words: list[Word], word: Word, prepaid: bool) -> None:
    order = after([*words, word], prepaid=prepaid)
    assert tell(order, word) == order


@given(st.lists(IN_POS, max_size=8), st.booleans(), st.data())
def test_a_refusal_among_good_words_changes_nothing(words: list[Word], prepaid: bool, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations([*words, Word.REJECTED]))
    order = after(shuffled, prepaid=prepaid)
    if GOOD_WORDS & set(words):
        without = after(words, prepaid=prepaid)
        passing = {"rejected", "submitted"}  # "taken" after a refusal is history only
        assert (order.status, order.milestones - passing) == (without.status, without.milestones - passing)
    else:
        assert order.status is Status.REJECTED


@given(st.lists(IN_POS, max_size=8), st.booleans(), st.data())
def test_a_cancel_among_words_that_complete_nothing_cancels(
    words: list[Word], prepaid: bool, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations([*words, Word.CANCELLED]))
    order = after(shuffled, prepaid=prepaid)
    before = shuffled[: shuffled.index(Word.CANCELLED)]
    if after(before, prepaid=prepaid).status is Status.COMPLETED:
        assert order.status is Status.COMPLETED  # the design's choice: eaten is eaten, a person looks at it
    else:
        assert order.status is Status.CANCELLED


@given(st.permutations(LIFE), st.integers(min_value=0, max_value=len(LIFE)))
def test_a_whole_life_is_completed_in_any_order_refusal_or_not(life: list[Word], place: int) -> None:
    assert after(life).status is Status.COMPLETED
    assert after([*life[:place], Word.REJECTED, *life[place:]]).status is Status.COMPLETED


def test_of_refused_and_cancelled_the_first_stands() -> None:
    assert after([Word.REJECTED, Word.CANCELLED]).status is Status.REJECTED
    assert after([Word.CANCELLED, Word.REJECTED]).status is Status.CANCELLED


def test_a_cancel_of_a_refused_order_is_not_remembered() -> None:
    """The price of "history only" there. The same words in their true order end in cancelled; here a person is told
    that the order was accepted after its end, and looks."""
    assert after([Word.REJECTED, Word.CANCELLED, Word.ACCEPTED]).status is Status.ACCEPTED
    assert after([Word.REJECTED, Word.ACCEPTED, Word.CANCELLED]).status is Status.CANCELLED
    order = after([Word.REJECTED, Word.CANCELLED])
    assert decide(order, Word.ACCEPTED).attention is not None


def test_of_completed_and_cancelled_the_first_stands() -> None:
    assert after([Word.CLOSED, Word.READY, Word.CANCELLED]).status is Status.COMPLETED
    assert after([Word.CANCELLED, Word.CLOSED, Word.READY]).status is Status.CANCELLED
