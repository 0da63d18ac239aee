"""The neutral order is strict: what is not exactly right is refused, and nothing is silently changed."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.domain.order import Order, as_received, differences
from tests.domain.orders import FULL, SMALL, Path, get, leaves, order, put, without

REQUIRED: list[Path] = [
    ("location",),
    ("reference",),
    ("service_type",),
    ("items",),
    ("items", 0, "quantity"),
    ("total",),
    ("fees", 0, "amount"),
    ("discounts", 0, "amount"),
    ("payments", 0, "method"),
    ("payments", 0, "amount"),
    ("payments", 0, "paid"),
]
MONEY = [path for path in leaves(FULL) if path[-1] in ("unit_price", "amount", "tip", "total")]
QUANTITIES = [path for path in leaves(FULL) if path[-1] == "quantity"]
TEXTS = [
    path
    for path in leaves(FULL)
    if isinstance(get(FULL, path), str) and path not in MONEY and path[-1] not in ("requested_for", "service_type")
]
NOTES = [path for path in TEXTS if path[-1] in ("note", "notes", "comment", "campaign")]
LONGEST = {
    ("location",): 63,
    ("reference",): 48,
    ("customer", "first_name"): 128,
    ("customer", "notes"): 500,
    ("delivery_address", "line1"): 255,
    ("delivery_address", "house"): 32,
    ("table", "check"): 64,
    ("collection_code",): 32,
    ("items", 0, "sku"): 64,
    ("items", 0, "name"): 255,
    ("items", 0, "note"): 255,
    ("note",): 500,
    ("marketing_source",): 64,
    ("metadata", "campaign"): 500,
}


def wrong(document: Any) -> list[tuple[tuple[int | str, ...], str]]:
    """Where and how the document is refused; empty: it is taken."""
    try:
        Order.model_validate(document)
    except ValidationError as error:
        found = [(details["loc"], details["type"]) for details in error.errors()]
        # Pydantic counts the good members only: a list with a bad one is also called too short.
        return [(loc, kind) for loc, kind in found if not any(loc == other[: len(loc)] != other for other, _ in found)]
    return []


def objects(document: Any, path: Path = ()) -> list[Path]:
    match document:
        case dict():
            here = [] if path[-1:] == ("metadata",) else [path]
            return here + [found for key, member in document.items() for found in objects(member, (*path, key))]
        case list():
            return [found for place, member in enumerate(document) for found in objects(member, (*path, place))]
        case _:
            return []


def test_the_full_and_the_small_order_are_taken() -> None:
    assert wrong(FULL) == []
    assert wrong(SMALL) == []


@pytest.mark.parametrize("path", objects(FULL))
def test_an_unknown_member_is_refused_in_every_object(path: Path) -> None:
    for value in (1, None):
        assert [kind for _, kind in wrong(put(FULL, (*path, "unheard_of"), value))] == ["extra_forbidden"]


@pytest.mark.parametrize("path", REQUIRED)
def test_what_is_required_may_be_neither_absent_nor_null(path: Path) -> None:
    assert wrong(without(FULL, path)) == [(path, "missing")]
    assert wrong(put(FULL, path, None)) == [(path, "missing")]


@pytest.mark.parametrize("path", [path for path in leaves(FULL) if path not in REQUIRED and path[0] != "metadata"])
def test_null_of_a_known_member_is_absent(path: Path) -> None:
    assert order(put(FULL, path, None)) == order(without(FULL, path))


@pytest.mark.parametrize("path", MONEY)
@pytest.mark.parametrize(
    "value", [5, 5.5, True, "-1", "+1", "1.", ".5", "1,5", " 1", "1e2", "1.0000", "1" * 10, "٣", "NaN"]
)
def test_money_is_a_plain_decimal_string(path: Path, value: Any) -> None:
    assert [loc for loc, _ in wrong(put(FULL, path, value))] == [path]


@pytest.mark.parametrize("path", QUANTITIES)
@pytest.mark.parametrize("value", [True, False, 0, -1, 1000, 1.5, "0", "0.000", "1000", "-1", "1e1", "1.0001", "", "٣"])
def test_quantities_are_whole_or_decimal_strings(path: Path, value: Any) -> None:
    assert [loc for loc, _ in wrong(put(FULL, path, value))] == [path]


@pytest.mark.parametrize("value", [1, 999, "1", "0.5", "0.001", "999.999"])
def test_quantities_that_are_taken(value: Any) -> None:
    assert wrong(put(FULL, ("items", 0, "quantity"), value)) == []


@pytest.mark.parametrize("path", TEXTS)
@pytest.mark.parametrize("bad", ["\x00", "\t", "\r", "\x1b", "\x7f", "\x85", "\u2028", "\ud800"])
def test_no_control_characters(path: Path, bad: str) -> None:
    assert [loc[: len(path)] for loc, _ in wrong(put(FULL, path, f"a{bad}b"))] == [path]


@pytest.mark.parametrize("path", TEXTS)
def test_newlines_in_notes_only(path: Path) -> None:
    assert (wrong(put(FULL, path, "a\nb")) == []) is (path in NOTES)


@pytest.mark.parametrize("path", TEXTS)
@pytest.mark.parametrize("value", [1, True, [], {}])
def test_text_is_text(path: Path, value: Any) -> None:
    assert wrong(put(FULL, path, value)) != []


@pytest.mark.parametrize("path", TEXTS)
def test_every_text_has_a_longest(path: Path) -> None:
    assert wrong(put(FULL, path, "1" * 501)) != []


@pytest.mark.parametrize(("path", "longest"), LONGEST.items())
def test_lengths(path: Path, longest: int) -> None:
    assert wrong(put(FULL, path, "é" * longest)) == []
    assert [loc for loc, _ in wrong(put(FULL, path, "é" * (longest + 1)))] == [path]


@pytest.mark.parametrize(
    ("path", "most"),
    [
        (("items",), 200),
        (("items", 0, "modifiers"), 50),
        (("items", 0, "sub_items"), 50),
        (("fees",), 20),
        (("discounts",), 20),
        (("payments",), 20),
    ],
)
def test_lists_have_a_longest(path: Path, most: int) -> None:
    member = get(FULL, (*path, 0))
    assert wrong(put(FULL, path, [member] * most)) == []
    assert wrong(put(FULL, path, [member] * (most + 1))) == [(path, "too_long")]


@pytest.mark.parametrize("value", [[], {}, "x", {"0": {"sku": "a", "quantity": 1}}, None])
def test_items_are_a_list_with_something_in_it(value: Any) -> None:
    assert wrong(SMALL | {"items": value}) != []


@pytest.mark.parametrize(
    "email",
    ["ann", "ann@", "@example.com", "ann@example", "a b@example.com", "Ann <ann@example.com>", " ann@example.com", ""],
)
def test_a_malformed_email_is_refused(email: str) -> None:
    assert [loc for loc, _ in wrong(put(FULL, ("customer", "email"), email))] == [("customer", "email")]


@pytest.mark.parametrize("phone", ["", "1234", "call me", "+", "12345678x", "1" * 41])
def test_a_phone_that_is_none_is_refused(phone: str) -> None:
    assert [loc for loc, _ in wrong(put(FULL, ("customer", "phone"), phone))] == [("customer", "phone")]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("custom_name",), True),
        (("service_type",), "eat_in"),
        (("service_type",), 1),
        (("currency",), "chf"),
        (("currency",), "XXX"),
        (("guests",), "2"),
        (("guests",), 2.0),
        (("guests",), True),
        (("guests",), 0),
        (("table", "number"), "10"),
        (("table", "number"), 0),
        (("items", 0, "custom_name"), 1),
        (("items", 0, "custom_name"), "true"),
        (("items", 0, "course"), True),
        (("payments", 0, "paid"), 1),
        (("payments", 0, "paid"), "yes"),
        (("reference",), ""),
        (("metadata", "number"), 1),
        (("metadata", "x" * 65), "a"),
        (("metadata",), {str(number): "x" for number in range(51)}),
    ],
)
def test_wrong_types_and_values(path: Path, value: Any) -> None:
    assert wrong(put(FULL, path, value)) != []


def test_an_order_is_kept_as_it_came() -> None:
    assert as_received(order(FULL), "CHF") == FULL
    assert as_received(order(), "CHF") == SMALL


def test_money_is_kept_with_all_its_places() -> None:
    kept = as_received(order(SMALL | {"total": "5.5", "fees": [{"amount": "3"}]}), "CHF")
    assert (kept["total"], kept["fees"]) == ("5.50", [{"amount": "3.00"}])
    assert as_received(order(SMALL | {"total": "500"}), "JPY")["total"] == "500"


def test_what_was_kept_reads_as_the_same_order() -> None:
    assert order(as_received(order(FULL), "CHF")) == order(FULL)


@pytest.mark.parametrize(("paid", "prepaid"), [([], False), ([False], False), ([False, True], True)])
def test_prepaid_is_any_part_paid_online(paid: list[bool], prepaid: bool) -> None:
    payments = [{"method": "CARD", "amount": "1.00", "paid": each} for each in paid]
    assert order(payments=payments).prepaid is prepaid


def test_differences_name_each_leaf() -> None:
    old = {"total": "20.00", "items": [{"sku": "12", "quantity": 2}], "note": "x"}
    new = {"total": "20.00", "items": [{"sku": "11", "quantity": 2}, {"sku": "13", "quantity": 1}]}
    assert differences(old, new) == [
        '/items/0/sku "12" -> "11"',
        '/items/1 null -> {"sku": "13", "quantity": 1}',
        '/note "x" -> null',
    ]
    assert differences(old, old) == []
