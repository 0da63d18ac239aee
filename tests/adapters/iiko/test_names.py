"""What the settings name is looked up in the dictionaries as last synced, at each translation."""

from typing import Any

import pytest

from app.adapters.iiko.dictionaries import entries_of
from app.domain.catalog import Kind, Menu
from app.domain.errors import NOT_FOUND_BY_NAME, Finding, Misconfigured, OrderNotExpressible
from app.simulators.iiko import ids
from tests.adapters.iiko.nomenclature import ANSWERS, MENU, NAMES, SYNCED_AT
from tests.adapters.iiko.places import delivery, pickup, translated

PAID = {"method": "CARD", "amount": "98.00", "paid": True}


def body(order: dict[str, Any], menu: Menu = MENU, **pos: Any) -> dict[str, Any]:
    return dict(translated(order, menu=menu, **pos).request.body)


def findings(order: dict[str, Any], menu: Menu = MENU, **pos: Any) -> list[Finding]:
    with pytest.raises(OrderNotExpressible) as refused:
        translated(order, menu=menu, **pos)
    return list(refused.value.findings)


def paid_as(**payment_types: str) -> Any:
    order = pickup(payments=[{**PAID, "method": next(iter(payment_types))}])
    return body(order, payment_types=payment_types)["order"]["paymentItems"][0]["paymentType"]


@pytest.mark.parametrize("name", ["Centre", "centre ", ids.TERMINAL_CENTRE])
def test_terminal(name: str) -> None:
    assert body(pickup(), delivery_terminal=name)["deliveryTerminalId"] == ids.TERMINAL_CENTRE


@pytest.mark.parametrize("name", ["Riverside", "R-2"])
def test_a_terminal_by_either_of_its_names(name: str) -> None:
    assert body(pickup(), delivery_terminal=name)["deliveryTerminalId"] == ids.TERMINAL_RIVERSIDE


def test_a_terminal_that_is_not_there_blocks_the_lane() -> None:
    with pytest.raises(Misconfigured, match=r"no delivery terminal 'Harbour' .*'Centre', 'R-2'"):
        translated(pickup(), menu=MENU, delivery_terminal="Harbour")


def test_order_types() -> None:
    types = {"pickup": "pickup", "delivery": "Courier"}
    assert body(pickup(), order_types=types)["order"]["orderTypeId"] == ids.ORDER_TYPE_PICKUP
    assert body(delivery(), order_types=types)["order"]["orderTypeId"] == ids.ORDER_TYPE_DELIVERY


def test_only_the_order_type_of_the_service_is_looked_up() -> None:
    assert body(pickup(), order_types={"pickup": "Pickup", "delivery": "Drone"})
    (finding,) = findings(delivery(), order_types={"pickup": "Pickup", "delivery": "Drone"})
    assert (finding.pointer, finding.code) == ("/service_type", NOT_FOUND_BY_NAME)
    assert "order type 'Drone' (pos.order_types.delivery)" in finding.message


def test_an_id_is_sent_whatever_the_dictionary_says() -> None:
    stale = "30000000-0000-4000-8000-0000000000ff"
    assert body(pickup(), order_types={"pickup": stale})["order"]["orderTypeId"] == stale
    assert body(pickup(), delivery_terminal=stale)["deliveryTerminalId"] == stale


def test_payment_types_by_code_name_and_id() -> None:
    assert paid_as(CARD="CARD") == {"code": "CARD"}
    assert paid_as(CARD="bank card") == {"id": ids.PAYMENT_CARD}
    assert paid_as(CARD="cash") == {"code": "CASH"}
    assert paid_as(CARD=ids.PAYMENT_VOUCHER_DELETED) == {"id": ids.PAYMENT_VOUCHER_DELETED}


@pytest.mark.parametrize("name", ["VOUCHER", "Gift voucher", "Old card", "Bitcoin"])
def test_a_deleted_payment_type_is_not_found(name: str) -> None:
    (finding,) = findings(pickup(payments=[PAID]), payment_types={"CARD": name})
    assert (finding.pointer, finding.code) == ("/payments/0/method", NOT_FOUND_BY_NAME)
    assert "It has: 'CASH', 'CARD'." in finding.message


def test_marketing_source() -> None:
    assert body(pickup(), marketing_source="website")["order"]["marketingSourceId"] == ids.MARKETING_WEBSITE
    told = body(pickup(), marketing_source="flyer")["order"]
    assert (told["marketingSource"], "marketingSourceId" in told) == ("flyer", False)


def test_an_orders_own_marketing_source_is_sent_where_iiko_knows_it() -> None:
    translation = translated(pickup(marketing_source="Website"), menu=MENU, marketing_source="flyer")
    assert translation.request.body["order"]["marketingSourceId"] == ids.MARKETING_WEBSITE
    assert "/marketing_source" not in translation.not_sent
    kept = translated(pickup(marketing_source="tv"), menu=MENU, marketing_source="flyer")
    assert kept.not_sent == ("/marketing_source",)
    assert kept.request.body["order"]["marketingSource"] == "flyer"


NEVER = [
    ("/location", {"delivery_terminal": "Centre"}),
    ("/service_type", {"order_types": {"pickup": "Pickup"}}),
]


@pytest.mark.parametrize(("pointer", "pos"), NEVER)
def test_before_the_first_sync_names_may_be_found_later(pointer: str, pos: dict[str, Any]) -> None:
    (finding,) = findings(pickup(), Menu(), **pos)
    assert (finding.pointer, finding.code) == (pointer, NOT_FOUND_BY_NAME)
    assert "sync" in finding.message


def test_after_a_sync_of_nothing_they_are_not_there() -> None:
    with pytest.raises(Misconfigured):
        translated(pickup(), menu=Menu(names_synced_at=SYNCED_AT), delivery_terminal="Centre")


def test_before_the_first_sync_a_code_is_sent() -> None:
    told = body(pickup(payments=[PAID]), Menu())["order"]
    assert told["paymentItems"][0]["paymentType"] == {"code": "CARD"}


@pytest.mark.parametrize("kind", list(ANSWERS))
def test_dictionaries_come_bare_and_wrapped(kind: Kind) -> None:
    rows = next(iter(ANSWERS[kind].values())) if isinstance(ANSWERS[kind], dict) else ANSWERS[kind]
    capital = [{name[0].upper() + name[1:]: value for name, value in row.items()} for row in rows]
    for answer in (rows, {"items": rows}, {"somethingNew": rows, "revision": 3}, {"Items": rows}, capital):
        assert entries_of(kind, answer) == NAMES[kind]


@pytest.mark.parametrize("answer", [None, 7, "no", {}, {"code": "5", "message": "?"}])
def test_what_holds_no_list_is_no_dictionary(answer: Any) -> None:
    assert entries_of(Kind.PAYMENT_TYPES, answer) is None


def test_an_explicit_null_is_an_empty_dictionary() -> None:
    assert entries_of(Kind.PAYMENT_TYPES, {"paymentTypes": None}) == []


def test_entries_keep_what_iiko_adds() -> None:
    (pickup_type,) = (entry for entry in NAMES[Kind.ORDER_TYPES] if entry.name == "Pickup")
    assert pickup_type.model_extra == {"orderServiceType": "DELIVERY_PICKUP"}
    (odd,) = entries_of(Kind.ORDER_TYPES, [{"id": 7, "name": None, "bad": ["\x00", float("inf")]}, {}, "?"]) or []
    assert odd.model_dump() == {"id": "7", "code": None, "name": None, "bad": ["\N{REPLACEMENT CHARACTER}", None]}
