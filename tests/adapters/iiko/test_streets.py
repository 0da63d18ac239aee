"""An address that Iiko refuses: the refusal says what it knows instead."""

from typing import Any

import pytest

from app.adapters.iiko.streets import CITIES, STREETS
from app.domain.errors import Rejected
from app.domain.ids import new_id
from app.domain.status import FailureCode
from app.simulators.control import Match
from tests.adapters.iiko.conftest import Restaurant
from tests.adapters.iiko.places import delivery, location, submission


async def refusal(restaurant: Restaurant, **address: str) -> Rejected:
    await restaurant.edit("policy", address="reject")
    order: dict[str, Any] = delivery(
        delivery_address={"street": "Vitruka", "house": "9", "city": "Zhytomyr", **address}
    )
    request = restaurant.pos.translate(location(), submission(order, new_id())).request
    async with restaurant.opened() as adapter:
        with pytest.raises(Rejected) as refused:
            await adapter.create(request)
    return refused.value


async def test_a_street_by_another_spelling(restaurant: Restaurant) -> None:
    error = await refusal(restaurant, street="Vitruka street")
    assert error.code == FailureCode.ADDRESS_INVALID
    assert "Iiko knows no street 'Vitruka street' in Zhytomyr; it knows 'Vitruka'" in error.message
    assert error.pos_message
    assert len(restaurant.asked(STREETS)) == 1


async def test_a_city_by_another_spelling(restaurant: Restaurant) -> None:
    error = await refusal(restaurant, city="city of Zhytomyr")
    assert "Iiko knows no city 'city of Zhytomyr'; it knows 'Zhytomyr'" in error.message
    assert restaurant.asked(STREETS) == []


async def test_the_no_stands_where_nothing_more_is_known(restaurant: Restaurant) -> None:
    restaurant.fault("error_500_html", match=Match(endpoint=CITIES.removeprefix("/api/0/")))
    error = await refusal(restaurant, street="Nowhere")
    assert error.code == FailureCode.ADDRESS_INVALID
    assert "Iiko knows no" not in error.message


async def test_an_order_that_is_taken_asks_nothing(restaurant: Restaurant) -> None:
    request = restaurant.pos.translate(location(), submission(delivery(), new_id())).request
    async with restaurant.opened() as adapter:
        await adapter.create(request)
    assert restaurant.asked(CITIES) == []
