"""What a check of a location's set-up says: every line, right and wrong, and what to do."""

from typing import Any

import pytest

from app.adapters.base import Directory, SetUp
from app.domain.venue import SetUpCheck
from app.simulators.control import Match
from app.simulators.iiko import ids
from tests.adapters.iiko.conftest import Opening, Restaurant
from tests.adapters.iiko.places import SETTINGS
from tests.adapters.iiko.serving import AUTH, Script, reply
from tests.adapters.iiko.test_catalog import NAMED
from tests.adapters.raw_server import refused_port

LINES = [
    "reachable",
    "credentials",
    "organization_id",
    "delivery_terminal",
    "order_types.pickup",
    "order_types.delivery",
    "payment_types.CARD",
    "marketing_source",
    "menu",
    "tip_sku",
    "pos_ready",
    "addresses",
]
GONE = "10000000-0000-4000-8000-0000000000ff"


async def checked(restaurant: Restaurant, **pos: Any) -> dict[str, SetUpCheck]:
    async with restaurant.opened(**{**NAMED, **pos}) as adapter:
        assert isinstance(adapter, SetUp)
        lines = await adapter.check_set_up(callback_url="https://relay.example/webhooks/iiko/x")
    assert len({line.name for line in lines}) == len(lines)
    return {line.name: line for line in lines}


def wrong(lines: dict[str, SetUpCheck]) -> dict[str, str]:
    return {name: line.problem or "" for name, line in lines.items() if not line.ok}


async def test_places(restaurant: Restaurant) -> None:
    async with restaurant.opened() as adapter:
        assert isinstance(adapter, Directory)
        (place,) = await adapter.places()
    assert (place.id, place.name) == (ids.ORGANIZATION, "Asabix Trattoria")
    assert place.more["isActive"] is True
    assert place.more["currencyIsoName"] == "UAH"
    assert place.more["address"]


async def test_all_is_well(restaurant: Restaurant) -> None:
    lines = await checked(restaurant)
    assert wrong(lines) == {}
    assert list(lines) == LINES
    assert lines["addresses"].problem == (
        "Iiko knows Zhytomyr (5 streets), Stanyshivka (2 streets); "
        "city and street of a delivery must be spelled as there."
    )
    assert restaurant.state.kitchen.book.orders == {}


async def test_nobody_there(restaurant: Restaurant) -> None:
    lines = await checked(restaurant, base_url=f"http://127.0.0.1:{refused_port()}")
    assert list(lines) == ["reachable", "rest"]
    assert "pos.base_url" in wrong(lines)["reachable"]


async def test_a_wrong_secret(restaurant: Restaurant) -> None:
    lines = await checked(restaurant, user_secret="wrong")
    assert list(lines) == ["reachable", "credentials", "rest"]
    assert lines["reachable"].ok
    assert "Correct pos.user_id and pos.user_secret." in wrong(lines)["credentials"]


async def test_an_organization_that_they_do_not_see(restaurant: Restaurant) -> None:
    lines = await checked(restaurant, organization_id=GONE)
    assert list(lines) == ["reachable", "credentials", "organization_id", "rest"]
    assert f"They see: Asabix Trattoria ({ids.ORGANIZATION})." in wrong(lines)["organization_id"]


WRONG_NAMES: list[tuple[dict[str, Any], str, str]] = [
    ({"delivery_terminal": "Harbour"}, "delivery_terminal", "It has: 'Centre', 'Riverside'."),
    ({"delivery_terminal": GONE}, "delivery_terminal", "no delivery terminal"),
    ({"order_types": {"pickup": "Pick-up"}}, "order_types.pickup", "no order type 'Pick-up'"),
    ({"order_types": {"pickup": "Delivery by courier"}}, "order_types.pickup", "an order type for delivery"),
    ({"order_types": {"delivery": ids.ORDER_TYPE_PICKUP}}, "order_types.delivery", "an order type for pickup"),
    ({"payment_types": {"CARD": "VOUCHER"}}, "payment_types.CARD", "no payment type 'VOUCHER'"),
    ({"marketing_source": "radio"}, "marketing_source", "Until then it is sent as free text."),
    ({"tip_sku": "GRATUITY"}, "tip_sku", "no product with the SKU or id 'GRATUITY'"),
]


@pytest.mark.parametrize(("pos", "name", "words"), WRONG_NAMES)
async def test_a_wrong_name(restaurant: Restaurant, pos: dict[str, Any], name: str, words: str) -> None:
    found = wrong(await checked(restaurant, **pos))
    assert set(found) - {"pos_ready"} == {name}
    assert words in found[name]


async def test_nothing_named(restaurant: Restaurant) -> None:
    nothing: dict[str, Any] = {
        "delivery_terminal": None,
        "order_types": {},
        "payment_types": {},
        "marketing_source": None,
    }
    lines = await checked(restaurant, **nothing, tip_sku=None)
    assert wrong(lines) == {}
    assert "It has: 'Centre', 'Riverside'." in (lines["delivery_terminal"].problem or "")
    assert "It has: 'CASH', 'CARD'." in (lines["payment_types"].problem or "")


async def test_ids_are_fine_with_a_warning(restaurant: Restaurant) -> None:
    lines = await checked(restaurant, **{name: SETTINGS[name] for name in NAMED})
    assert wrong(lines) == {}
    for name, better in (
        ("delivery_terminal", "Centre"),
        ("order_types.pickup", "Pickup"),
        ("payment_types.CASH", "CASH"),
    ):
        problem = lines[name].problem or ""
        assert "change with every edit" in problem
        assert repr(better) in problem


async def test_a_check_that_says_no(restaurant: Restaurant) -> None:
    restaurant.fault("check_problem", reason="Не найдена точка доставки", count=2)
    found = wrong(await checked(restaurant))
    assert found == {"pos_ready": "Iiko would not take an order now (resultState 2): Не найдена точка доставки"}


async def test_code_701_is_explained(restaurant: Restaurant) -> None:
    restaurant.fault("rabbit_701", match=Match(endpoint="orders/checkCreate"))
    found = wrong(await checked(restaurant))
    assert set(found) == {"pos_ready"}
    assert "not connected to Iiko's server (701)" in found["pos_ready"]


async def test_an_empty_menu(restaurant: Restaurant) -> None:
    for product in list(restaurant.state.kitchen.catalog.products.values()):
        if product.type != "modifier":
            await restaurant.edit(f"menu/products/{product.code}", in_menu=False)
    found = wrong(await checked(restaurant))
    assert set(found) == {"menu", "pos_ready"}
    assert "none can be sold" in found["menu"]


async def test_whatever_is_answered_nothing_is_raised(speaking_to: Opening) -> None:
    class Anything(dict[str, Any]):
        """The same answer to every path but the login."""

        def __missing__(self, path: str) -> Any:
            return [reply([{"id": ids.ORGANIZATION, "name": None, "isActive": False, "currencyIsoName": "EUR"}])]

    script = Script(Anything())
    async with speaking_to(script) as adapter:
        lines = {line.name: line for line in await adapter.check_set_up(callback_url="")}
    assert "not active" in wrong(lines)["organization_id"]
    assert wrong(lines)["currency"] == f"The location sells in UAH, but {ids.ORGANIZATION} in Iiko in EUR."
    assert "menu" in wrong(lines)
    assert script.count(AUTH) == 1
