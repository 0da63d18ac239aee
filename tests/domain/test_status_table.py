"""Every word to every order, measured against the design's table."""

import pytest

from app.domain.attention import AttentionCode
from app.domain.status import RANK, Status, Word
from app.domain.status_table import GOOD_WORDS, OrderState, decide
from tests.domain.status_design import COLUMNS, RISING, TABLE, WORDS, cell_of, expected, orders

PAID = OrderState(status=Status.ACCEPTED, prepaid=True, milestones=frozenset({"accepted"}))
UNPAID = OrderState(status=Status.ACCEPTED, prepaid=False, milestones=frozenset({"accepted"}))


def test_the_table_speaks_of_every_word_and_of_every_status() -> None:
    assert sorted(word for words in WORDS.values() for word in words) == sorted(Word)
    assert {status for statuses in COLUMNS.values() for status in statuses} == set(Status)
    assert list(TABLE) == list(WORDS)
    assert all(list(row) == list(COLUMNS) for row in TABLE.values())
    assert [status.value for status in sorted(RANK, key=RANK.__getitem__)] == list(RISING)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("word", Word)
def test_a_word_does_what_its_cell_says(word: Word, column: str) -> None:
    for order in orders(column):
        change = decide(order, word)
        want = expected(cell_of(word, column), order, word)
        assert (change.status or order.status) == want.status, order
        assert order.milestones | set(change.milestones) == want.reached, order
        assert (change.attention, change.store_reason, change.by_pos) == (want.attention, want.reason, want.by_pos)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("word", Word)
def test_a_word_about_a_send_that_was_replaced_changes_no_order(word: Word, column: str) -> None:
    """A word that it is in the POS raises double_in_pos, bad words change nothing. "Taken" counts as one: nobody
    follows a replaced reference, so Iiko's UNCONFIRMED may be the only word that ever comes."""
    in_pos = word not in (Word.REJECTED, Word.CANCELLED, Word.UNKNOWN)
    for order in orders(column):
        change = decide(order, word, superseded=True)
        assert (change.status, change.milestones, change.store_reason, change.by_pos) == (None, (), False, False)
        assert change.attention == (AttentionCode.DOUBLE_IN_POS if in_pos else None)


@pytest.mark.parametrize("word", sorted(GOOD_WORDS))
def test_no_order_stays_ended_by_us_or_refused_while_the_pos_says_that_it_has_it(word: Word) -> None:
    for column in COLUMNS:
        for order in orders(column):
            status = decide(order, word).status or order.status
            assert RANK.get(status, 0) >= RANK[Status.ACCEPTED] or order.cancelled_by_pos


@pytest.mark.parametrize("word", sorted(set(Word) - {Word.REJECTED, Word.CANCELLED}))
def test_no_word_but_a_refusal_or_a_cancel_moves_an_order_down(word: Word) -> None:
    for column in ("received, submitted", "accepted .. in_delivery", "completed"):
        for order in orders(column):
            after = decide(order, word).status
            assert after is None or RANK[after] > RANK[order.status]


@pytest.mark.parametrize("handed_over", [Word.READY, Word.IN_DELIVERY])
def test_closed_and_handed_over_is_the_end_in_either_order(handed_over: Word) -> None:
    closed_first = OrderState(status=Status.ACCEPTED, prepaid=True, milestones=frozenset({"accepted", "closed"}))
    handed_over_first = OrderState(
        status=Status(handed_over.value), prepaid=True, milestones=frozenset({"accepted", handed_over.value})
    )
    assert decide(closed_first, handed_over).status is Status.COMPLETED
    assert decide(handed_over_first, Word.CLOSED).status is Status.COMPLETED


def test_closed_ends_an_order_that_was_not_prepaid() -> None:
    assert decide(UNPAID, Word.CLOSED).status is Status.COMPLETED


def test_closed_alone_does_not_end_a_prepaid_order() -> None:
    change = decide(PAID, Word.CLOSED)
    assert (change.status, change.milestones) == (None, ("closed",))


def test_in_preparation_is_not_handed_over() -> None:
    closed = OrderState(status=Status.ACCEPTED, prepaid=True, milestones=frozenset({"accepted", "closed"}))
    assert decide(closed, Word.IN_PREPARATION).status is Status.IN_PREPARATION


def test_completed_has_its_milestone() -> None:
    assert "completed" in decide(UNPAID, Word.CLOSED).milestones


@pytest.mark.parametrize("word", sorted(set(Word) - {Word.CLOSED, Word.READY, Word.IN_DELIVERY, Word.COMPLETED}))
def test_nothing_else_completes_an_order(word: Word) -> None:
    for column in COLUMNS:
        for order in orders(column):
            handed_over = "closed" in order.milestones and order.milestones & {"ready", "in_delivery"}
            if not handed_over:
                assert decide(order, word).status is not Status.COMPLETED


def test_an_order_that_is_cooked_shows_no_failure() -> None:
    change = decide(PAID, Word.REJECTED)
    assert change.attention is AttentionCode.REFUSED_AFTER_ACCEPT
    assert not change.store_reason


def test_a_cancel_that_was_asked_for_needs_no_attention() -> None:
    asked = OrderState(status=Status.ACCEPTED, cancel_asked=True, milestones=frozenset({"accepted"}))
    assert decide(asked, Word.CANCELLED).attention is None
    assert decide(PAID, Word.CANCELLED).attention is AttentionCode.CANCELLED_BY_POS
