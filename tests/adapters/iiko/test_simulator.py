"""The adapter against the simulator of Iiko."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from starlette.applications import Starlette

from app.adapters.base import Limits
from app.adapters.iiko.adapter import IikoAdapter
from app.adapters.iiko.pos import Iiko
from app.domain.errors import AccessDenied, InDoubt, PosError, Rejected
from app.domain.ids import new_id
from app.domain.status import FailureCode, Word
from app.simulators.control import Fault
from app.simulators.iiko import create_app, default_config
from tests.adapters.iiko.places import case, location, pickup, submission
from tests.adapters.iiko.serving import served

LOGIN = {"user_id": "demo", "user_secret": "demo-secret"}


@pytest_asyncio.fixture(scope="module")
async def simulator() -> AsyncIterator[tuple[str, Starlette]]:
    app = create_app(replace(default_config(), auto=False))
    async with served(app) as base_url:
        yield base_url, app


@pytest_asyncio.fixture
async def adapter(simulator: tuple[str, Starlette]) -> AsyncIterator[IikoAdapter]:
    adapter = Iiko().open(location(base_url=simulator[0], **LOGIN), Limits(connect_s=2, read_s=5))
    yield adapter
    await adapter.aclose()


@pytest.fixture
def plant(simulator: tuple[str, Starlette]) -> Iterator[Any]:
    """Plants a fault for the next create."""
    faults = simulator[1].state.iiko.faults
    yield lambda kind, **details: faults.add(Fault(kind=kind, times=1, **details))
    faults.clear()


def request(order: dict[str, Any], reference: UUID) -> Any:
    return Iiko().translate(location(), submission(order, reference)).request


def deliverable(name: str) -> dict[str, Any]:
    """The case, without a wanted time: the simulator's clock is the real one."""
    return {key: value for key, value in case(name, "order").items() if key != "requested_for"}


@pytest.mark.parametrize("name", ["asabix", "long_address_parts", "pickup_with_loose_address", "smallest_pickup"])
async def test_takes_finds_and_lists(adapter: IikoAdapter, name: str) -> None:
    reference = new_id()
    taken = await adapter.create(request(deliverable(name), reference))
    assert (taken.event.word, taken.event.reference) == (Word.ACCEPTED, str(reference))
    assert taken.event.number
    found = await adapter.find(reference)
    assert found.event is not None
    assert found.event.number == taken.event.number
    now = datetime.now(UTC)
    listed = await adapter.list_orders(now - timedelta(hours=1), now + timedelta(hours=3))
    assert str(reference) in {event.reference for event in listed}


async def test_takes_a_delivery_with_everything(adapter: IikoAdapter) -> None:
    order = deliverable("whole_delivery")
    order["items"] = order["items"][:1]
    reference = new_id()
    taken = await adapter.create(request({**order, "items": order["items"]}, reference))
    assert taken.event.word is Word.ACCEPTED


async def test_an_order_it_never_saw_is_absent(adapter: IikoAdapter) -> None:
    assert (await adapter.find(new_id())).event is None


async def test_the_same_reference_again_is_a_duplicate(adapter: IikoAdapter) -> None:
    create = request(pickup(), new_id())
    assert not (await adapter.create(create)).duplicate
    assert (await adapter.create(create)).duplicate


async def test_an_unknown_product_is_rejected_with_its_code(adapter: IikoAdapter) -> None:
    items = [{"product_id": str(new_id()), "quantity": 1, "unit_price": "98.00"}]
    with pytest.raises(Rejected) as rejected:
        await adapter.create(request(pickup(items=items), new_id()))
    assert rejected.value.code == FailureCode.ITEM_NOT_FOUND
    assert "is not found in nomenclature" in str(rejected.value.pos_message)


IN_DOUBT = [
    ("timeout_408", False),
    ("timeout_408_after", True),
    ("rabbit_701", False),
    ("stack_trace_500", False),
    ("stack_trace_500_after", True),
    ("drop_before", False),
    ("drop_after", True),
    ("reset_after", True),
    ("garbage", True),
    ("cut_body", True),
    ("error_500_html", False),
]


@pytest.mark.parametrize(("fault", "created"), IN_DOUBT)
async def test_in_doubt_and_found_out(adapter: IikoAdapter, plant: Any, fault: str, created: bool) -> None:
    reference = new_id()
    await adapter.find(reference)  # so that a token is there, and the fault meets the create
    plant(fault)
    with pytest.raises(InDoubt):
        await adapter.create(request(pickup(), reference))
    assert ((await adapter.find(reference)).event is not None) is created


async def test_a_refused_token_is_renewed(adapter: IikoAdapter, plant: Any) -> None:
    await adapter.find(new_id())
    plant("token_401")
    assert (await adapter.create(request(pickup(), new_id()))).event.word is Word.ACCEPTED


async def test_a_wrong_secret_is_access_denied(simulator: tuple[str, Starlette]) -> None:
    adapter = Iiko().open(location(base_url=simulator[0], user_id="demo", user_secret="wrong"), Limits())
    with pytest.raises(PosError) as denied:
        await adapter.create(request(pickup(), new_id()))
    await adapter.aclose()
    assert isinstance(denied.value, AccessDenied)
