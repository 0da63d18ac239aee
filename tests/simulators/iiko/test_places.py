"""Organization, delivery zones, cities and streets."""

import pytest

from app.simulators.iiko import ids
from tests.simulators.iiko.orders import changed, delivery_order
from tests.simulators.iiko.pos import Pos

STRANGER = "99999999-0000-4000-8000-000000000001"


async def test_one_organization_is_what_the_list_says(pos: Pos) -> None:
    (listed,) = (await pos.get("organization/list")).json()
    assert (await pos.get(f"organization/{ids.ORGANIZATION}")).json() == listed
    stranger = await pos.get(f"organization/{STRANGER}")
    assert (stranger.status_code, stranger.headers["x-sim-reason"]) == (403, "OrganizationNotFound")


@pytest.mark.parametrize("prefix", ["/api/0", "/api0"])
async def test_delivery_restrictions(pos: Pos, prefix: str) -> None:
    query = {"access_token": pos.token, "organization": ids.ORGANIZATION}
    answer = (await pos.http.get(f"{prefix}/deliverySettings/getDeliveryRestrictions", params=query)).json()
    assert answer["defaultMinSum"] == 100
    (rule,) = answer["restrictions"]
    (zone,) = answer["deliveryZones"]
    assert (rule["zone"], rule["deliveryTerminalId"]) == (zone["name"], ids.TERMINAL_CENTRE)


async def test_terminals_tell_their_hours(pos: Pos) -> None:
    answer = (await pos.get("deliverySettings/getDeliveryTerminals", organization=ids.ORGANIZATION)).json()
    hours = answer["deliveryTerminals"][0]["openingHours"]
    assert [one["dayOfWeek"] for one in hours] == list(range(7))
    assert hours[0]["from"] == "10:00"


async def test_streets_belong_to_cities(pos: Pos) -> None:
    cities = (await pos.get("cities/citiesList", organization=ids.ORGANIZATION)).json()
    both = (await pos.get("cities/cities", organization=ids.ORGANIZATION)).json()
    assert [one["city"] for one in both] == cities
    assert [one["name"] for one in cities] == ["Zhytomyr", "Stanyshivka"]
    for one in both:
        city_id = one["city"]["id"]
        answer = await pos.get("streets/streets", organization=ids.ORGANIZATION, city=city_id)
        assert answer.json() == one["streets"]
        assert {street["cityId"] for street in one["streets"]} == {city_id}


@pytest.mark.parametrize(("city", "status"), [(STRANGER, 400), ("Zhytomyr", 400), (None, 400)])
async def test_streets_of_no_city(pos: Pos, city: str | None, status: int) -> None:
    query = {"organization": ids.ORGANIZATION} | ({"city": city} if city else {})
    assert (await pos.get("streets/streets", **query)).status_code == status


async def test_a_street_is_known_by_its_id_too(pos: Pos) -> None:
    await pos.control("policy", address="reject")
    both = (await pos.get("cities/cities", organization=ids.ORGANIZATION)).json()
    street_id = both[0]["streets"][0]["id"]
    body = changed(delivery_order(), "order.address.street", "вул. Вітрука")
    refused = await pos.add(changed(body, "order.address.streetId", STRANGER))
    assert refused.headers["x-sim-reason"] == "AddressNotFound"
    assert (await pos.add(changed(body, "order.address.streetId", street_id))).status_code == 200
