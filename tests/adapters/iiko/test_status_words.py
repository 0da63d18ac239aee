"""Iiko's words for a status, in ours."""

from typing import Any

import pytest

from app.adapters.iiko.status import event_of, known_event_of
from app.adapters.iiko.wire import OrderInfo
from app.domain.status import Word

TABLE = [
    ("UNCONFIRMED", "Не подтверждена", Word.SUBMITTED),
    ("NEW", "Новая", Word.ACCEPTED),
    ("new", "Новая", Word.ACCEPTED),
    ("WAITING", "Ждет отправки", Word.READY),
    ("ON_WAY", "В пути", Word.IN_DELIVERY),
    ("DELIVERED", "Доставлена", Word.COMPLETED),
    ("CLOSED", "Закрыта", Word.COMPLETED),
    ("CANCELLED", "Отменена", Word.CANCELLED),
    # The codes of these two are UNKNOWN.
    (None, "Готовится", Word.IN_PREPARATION),
    (None, "In progress", Word.IN_PREPARATION),
    ("IN_PROGRESS", None, Word.IN_PREPARATION),
    ("COOKING_STARTED", "?", Word.IN_PREPARATION),
    (None, "Готово", Word.READY),
    (None, "Приготовлен", Word.READY),
    (None, "Ready", Word.READY),
    ("READY", None, Word.READY),
    # Text alone, as an older server answers.
    (None, "НЕ ПОДТВЕРЖДЕНА", Word.SUBMITTED),
    (None, "Not confirmed", Word.SUBMITTED),
    (None, "создается", Word.SUBMITTED),
    (None, "Новая", Word.ACCEPTED),
    (None, "New", Word.ACCEPTED),
    (None, "Awaiting delivery", Word.READY),
    (None, "On the way", Word.IN_DELIVERY),
    (None, "Закрыта", Word.COMPLETED),
    (None, "Отменена", Word.CANCELLED),
    (None, "Не доставлена", Word.UNKNOWN),
    (None, "Undelivered", Word.UNKNOWN),
    ("TELEPORTED", "Телепортирована", Word.UNKNOWN),
    (None, None, Word.UNKNOWN),
    (7, {"a": 1}, Word.UNKNOWN),
]


def info(**members: Any) -> OrderInfo:
    return OrderInfo.model_validate({"orderId": "A0000000-0000-4000-8000-000000000001", **members})


@pytest.mark.parametrize(("code", "text", "word"), TABLE)
def test_word(code: Any, text: Any, word: Word) -> None:
    assert event_of(info(statusCode=code, status=text)).word is word


def test_an_order_that_iiko_has_is_at_least_submitted() -> None:
    event = known_event_of(info(statusCode="TELEPORTED", number=1042))
    assert (event.word, event.raw, event.number) == (Word.SUBMITTED, "TELEPORTED", "1042")


def test_the_reference_is_our_id_in_our_letters() -> None:
    event = event_of(info(statusCode="NEW"))
    assert event.reference == "a0000000-0000-4000-8000-000000000001"
    assert event.order_id == "A0000000-0000-4000-8000-000000000001"


def test_problem_and_cancel_reason() -> None:
    told = info(
        statusCode="CANCELLED",
        problem={"hasProblem": True, "problem": "Guest is not at home"},
        deliveryCancelCause={"id": "1", "name": "Refused"},
        deliveryCancelComment="Too late",
    )
    assert event_of(told).reason == "Guest is not at home; Refused; Too late"
    assert event_of(info(statusCode="NEW", problem={"hasProblem": False, "problem": None})).reason is None
    assert event_of(info(statusCode="NEW", problem="?")).reason is None
