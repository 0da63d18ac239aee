"""How orders move: by the clock, by hand, not at all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.simulators.iiko import Policy, Stages, default_config
from app.simulators.iiko.walk import Stage, steps_after
from tests.simulators.iiko.orders import Body, asabix_order, delivery_order
from tests.simulators.iiko.pos import DEADLINE_S, Pos, running

COURIER = ["NEW", "IN_PROGRESS", "READY", "WAITING", "ON_WAY", "DELIVERED", "CLOSED"]
PICKUP = ["NEW", "IN_PROGRESS", "READY", "DELIVERED", "CLOSED"]
STAGES = Stages()
FAST = replace(default_config(), clock_factor=100_000, token_ttl_s=1e12)


async def walk_to_the_end(pos: Pos, body: Body) -> dict[str, Any]:
    order_id = (await pos.add(body)).json()["orderId"]
    await closed(pos, order_id)
    order: dict[str, Any] = (await pos.info(order_id)).json()
    return order


async def closed(pos: Pos, order_id: str) -> None:
    query: dict[str, str | float] = {"statusCode": "CLOSED", "wait": DEADLINE_S / 2}
    assert (await pos.http.get(f"/_sim/orders/{order_id}", params=query)).json()["statusCode"] == "CLOSED"


@pytest.mark.parametrize(("make", "sent"), [(delivery_order, True), (asabix_order, False)])
async def test_an_order_walks_to_its_end_by_itself(make: Callable[[], Body], sent: bool) -> None:
    async with running(FAST) as pos:
        order = await walk_to_the_end(pos, make())
        times = [order[name] for name in ("createdTime", "confirmTime", "printTime", "actualTime", "closeTime")]
        assert all(times)
        assert times == sorted(times)
        assert (order["sendTime"] is not None) is sent


@pytest.mark.parametrize(("pickup", "codes"), [(False, COURIER), (True, PICKUP)])
def test_the_stages_in_between(pickup: bool, codes: list[str]) -> None:
    steps = steps_after(Stage.NEW, now_s=0, pickup=pickup, wanted_in_s=None, stages=STAGES)
    shown = {"COOKING": "IN_PROGRESS"}
    assert [shown.get(one.stage, one.stage) for one in steps] == codes[1:]


def test_an_order_for_later_stays_new_until_its_preparation() -> None:
    far = steps_after(Stage.NEW, now_s=100, pickup=True, wanted_in_s=36_000, stages=STAGES)
    near = steps_after(Stage.NEW, now_s=100, pickup=True, wanted_in_s=60, stages=STAGES)
    assert far[0].due_s == 100 + 36_000 - STAGES.preparation_s
    assert near[0].due_s == 100 + STAGES.new_s


async def test_an_order_for_later_over_http() -> None:
    async with running(FAST) as pos:
        wanted = datetime.now(UTC).astimezone(ZoneInfo("Europe/Kyiv")) + timedelta(days=300)
        later, now = delivery_order(date=f"{wanted:%Y-%m-%d %H:%M:%S}"), delivery_order()
        await pos.add(later)
        await walk_to_the_end(pos, now)
        assert await pos.status(later["order"]["id"]) == "NEW"


async def test_confirmation_can_be_needed() -> None:
    async with running(default_config(), auto=False, policy=Policy(confirm=True)) as pos:
        order = (await pos.add(asabix_order())).json()
        assert (order["statusCode"], order["confirmTime"]) == ("UNCONFIRMED", None)
        await pos.control(f"orders/{order['orderId']}/status", statusCode="NEW")
        assert (await pos.info(order["orderId"])).json()["confirmTime"]


@pytest.mark.parametrize("code", ["UNCONFIRMED", *COURIER, "CANCELLED"])
async def test_any_status_can_be_set_by_hand(pos: Pos, code: str) -> None:
    order_id = (await pos.add(delivery_order())).json()["orderId"]
    assert (await pos.control(f"orders/{order_id}/status", statusCode=code))["statusCode"] == code
    order = (await pos.info(order_id)).json()
    assert order["statusCode"] == code
    assert (order["cancelTime"] is not None) is (code == "CANCELLED")


async def test_the_unknown_codes_are_configuration() -> None:
    async with running(default_config(), auto=False, cooking_code="COOKING_STARTED") as pos:
        order_id = (await pos.add(delivery_order())).json()["orderId"]
        await pos.control(f"orders/{order_id}/status", statusCode="COOKING_STARTED")
        order = (await pos.info(order_id)).json()
        assert (order["statusCode"], order["status"]) == ("COOKING_STARTED", "Готовится")


async def test_the_walk_can_be_held_and_resumed() -> None:
    async with running(FAST) as pos:
        await pos.control("auto", on=False)
        held = asabix_order()
        await pos.add(held)
        assert await pos.status(held["order"]["id"]) == "NEW"
        await pos.control("auto", on=True)
        await closed(pos, held["order"]["id"])


async def test_a_cancelled_order_stays_cancelled() -> None:
    async with running(FAST) as pos:
        order_id = (await pos.add(asabix_order())).json()["orderId"]
        await pos.control(f"orders/{order_id}/status", statusCode="CANCELLED")
        await walk_to_the_end(pos, asabix_order())
        assert await pos.status(order_id) == "CANCELLED"
