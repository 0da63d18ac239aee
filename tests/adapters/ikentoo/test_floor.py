"""Places, tables and open checks, from the simulator and from the guide's examples."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.adapters.base import Directory, Floor
from app.adapters.ikentoo.checks import moment, open_check
from app.domain.errors import InDoubt, Misconfigured
from app.domain.venue import DiningTable, FloorPlan
from tests.adapters.ikentoo.guide_examples import example
from tests.adapters.ikentoo.till import DEMO, Till, adapter, canned

NO_CHECK = (404, {"status": 404, "error": "Not Found", "message": "account not found for BL 123"})


async def test_places(till: Till) -> None:
    async with adapter(till.url) as opened:
        assert isinstance(opened, Directory)
        found = await opened.places()
    assert [(each.id, each.name, each.business) for each in found] == [
        ("25769803788", "Demo", "iKentoo"),
        ("25769805870", "iKentoo 2", "iKentoo"),
        ("123", "API guide", "API guide"),
    ]


async def test_floor_plans(till: Till) -> None:
    async with adapter(till.url, business_location_id=DEMO) as opened:
        assert isinstance(opened, Floor)
        room, terrace = await opened.floor_plans()
    assert (room.name, [each.number for each in room.tables]) == ("Salle 1", [1, 2, 3])
    assert terrace.tables[0] == DiningTable(number=21, description="Table 21", default_guests=24)


@pytest.mark.parametrize("body", ["", {"message": "none"}])
async def test_no_floor_plans(body: Any) -> None:
    async with canned({"/op/data/123/floorplans": (404, body)}) as url, adapter(url) as opened:
        assert await opened.floor_plans() == ()


async def test_a_wrong_address_is_no_restaurant_without_tables() -> None:
    async with canned({"/op/data/123/floorplans": (404, "<html>nothing here</html>")}) as url, adapter(url) as opened:
        with pytest.raises(Misconfigured):
            await opened.floor_plans()


async def test_odd_floor_plans() -> None:
    odd = [None, {"tables": [7, {"number": "4"}, {"number": "x"}]}]
    async with canned({"/op/data/123/floorplans": (200, odd)}) as url, adapter(url) as opened:
        assert await opened.floor_plans() == (FloorPlan(name="", tables=(DiningTable(number=4),)),)


def test_the_guides_check() -> None:
    found = open_check(example("check"))
    assert found is not None
    assert (found.check, found.name, found.table, found.guests) == ("A1232.23443", "Order FMGV, Table 1", 1, 2)
    assert (found.total, found.paid, found.outstanding) == (Decimal("87.10"), Decimal("87.10"), Decimal(0))
    assert (found.opened_at, found.staff) == (datetime(2017, 11, 14, 15, 42, 46, tzinfo=UTC), "testStaff-Pos")
    cappuccino = found.lines[1]
    assert (cappuccino.sku, cappuccino.quantity, cappuccino.amount) == ("100", Decimal("1.0"), Decimal("2.10"))
    (paid,) = found.payments
    assert (paid.method, paid.amount, paid.active) == ("CASH", Decimal("87.10"), True)
    assert paid.at == datetime(2017, 11, 14, 15, 53, 27, tzinfo=UTC)


def test_lines_of_every_kind() -> None:
    lines = [
        {"itemSku": "A", "quantity": "2", "active": False, "subLineItems": [{"itemSku": "B", "quantity": -1.0}]},
        None,
        {"itemSku": 14, "amountWithTax": "-3.00"},
    ]
    found = open_check({"salesEntries": lines, "ikaccountId": 46802258625135, "currentAmount": 10, "paidAmount": 2.5})
    assert found is not None
    assert [(each.sku, each.quantity, each.active) for each in found.lines] == [
        ("A", Decimal(2), False),
        ("B", Decimal("-1.0"), True),
        ("14", None, True),
    ]
    assert (found.check, found.outstanding) == ("46802258625135", Decimal("7.5"))


def test_a_closed_check_is_not_open() -> None:
    assert open_check({**example("check"), "closeDate": "2017-11-14T15:53:27.000+0000"}) is None


@pytest.mark.parametrize("odd", [None, "", "soon", "2017-11-14T15:42:46.000+0000"])
def test_moments(odd: str | None) -> None:
    assert moment(odd) == (datetime(2017, 11, 14, 15, 42, 46, tzinfo=UTC) if odd and odd[0] == "2" else None)


async def test_open_checks_of_all_tables(till: Till) -> None:
    async with adapter(till.url, business_location_id=DEMO) as opened:
        found = await opened.open_checks(None)
    assert {each.check for each in found} >= {"A1232.23443", "46802258625135"}


async def test_all_open_checks_of_a_table(till: Till) -> None:
    """The POS shows the oldest one of a table only."""
    async with adapter(till.url, business_location_id=DEMO) as opened:
        assert [each.check for each in await opened.open_checks(1)] == ["A1232.23443", "46802258625135"]
        assert await opened.open_checks(2) == ()


async def test_a_wrong_address_is_no_empty_table() -> None:
    async with canned({}) as url, adapter(url) as opened:
        with pytest.raises(Misconfigured):
            await opened.open_checks(1)


async def test_checks_that_cannot_be_read() -> None:
    gone = {"/op/1/order/table/1/getCheck": NO_CHECK}
    async with canned(gone) as url, adapter(url) as opened:
        assert await opened.open_checks(1) == ()
    for status, body in ((200, "nothing"), (503, {"message": "down"})):
        async with canned({"/op/1/order/table/getCheck": (status, body)}) as url, adapter(url) as opened:
            with pytest.raises(InDoubt):
                await opened.open_checks(None)
