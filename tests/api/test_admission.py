"""Too much at once: what is beyond the bound hears so at once, what was let in is stored, and nobody is shut out."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.adapters.base import Limits
from app.adapters.registry import OpenAdapters
from app.api.admission import PLACES, Place, Room
from app.api.app import create_app
from app.relay.inbox import Inbox
from app.store.database import create_engine
from tests.api.conftest import DEADLINE_S, IKENTOO, Api, changed, registry, services_over
from tests.api.serving import listening
from tests.api.test_problems import is_problem

SMALL = 8
ALONE = 6
"""Of 8 places, for one location: as long as it holds less than twice what is free."""
WRITE, READ = "orders:write", "orders:read"
SLUGS = ("geneva-1", "lausanne-1")


def order(reference: str, location: str = SLUGS[0], **more: Any) -> dict[str, Any]:
    items = [{"sku": "PIZZA", "quantity": 1}]
    return {
        "location": location,
        "reference": reference,
        "service_type": "pickup",
        "items": items,
        "total": "12.50",
        **more,
    }


@pytest_asyncio.fixture
async def crowded(database_url: str) -> AsyncIterator[Api]:
    """An API with few places, put together as the front door does it, and two locations."""
    async with _engines(database_url) as (engine, express, reading):
        adapters = OpenAdapters(registry(), Limits())
        announced: list[None] = []
        services = services_over(engine, announced, adapters)
        first = services_over(express, announced, adapters)
        services = replace(
            services,
            engine=reading,
            express=express,
            intake_places=SMALL,
            keys=first.keys,
            inbox=Inbox(engine, registry(), changed=services.watching.wake, express=express),
        )
        async with (
            listening(create_app(services)) as url,
            httpx.AsyncClient(base_url=url, timeout=DEADLINE_S, trust_env=False) as client,
        ):
            api = Api(url=url, client=client, services=services, announced=announced)
            for number, slug in enumerate(SLUGS):
                assert (await api.put(slug, changed(IKENTOO, endpoint_id=f"E{number}"))).status_code == 201
            yield api
        await services.inbox.idle()
        await services.watching.aclose()
        await services.keys.aclose()
        await adapters.aclose()


@asynccontextmanager
async def _engines(url: str) -> AsyncIterator[tuple[AsyncEngine, ...]]:
    # As many as places: each order that is let in reaches the lock, where the test can see it.
    made = tuple(create_engine(url, application_name="tests crowd", pool_size=SMALL) for _ in range(3))
    yield made
    for engine in made:
        await engine.dispose()


@asynccontextmanager
async def stalled(engine: AsyncEngine) -> AsyncIterator[None]:
    """Nobody can store an order until the block ends."""
    async with engine.begin() as connection:
        await connection.execute(text("LOCK TABLE orders IN EXCLUSIVE MODE"))
        yield


async def until_waiting(engine: AsyncEngine, how_many: int) -> None:
    """So many orders stand before the lock."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'orders'::regclass")
    async with asyncio.timeout(DEADLINE_S), engine.connect() as connection:
        while await connection.scalar(waiting) != how_many:
            await connection.rollback()
            await asyncio.sleep(0.01)


def post(api: Api, reference: str, location: str = SLUGS[0], *scopes: str, **more: Any) -> asyncio.Task[httpx.Response]:
    return asyncio.create_task(
        api.call("POST", "/v1/orders", *(scopes or (WRITE,)), json=order(reference, location), **more)
    )


async def test_the_next_one_is_refused_at_once_and_all_others_are_stored(crowded: Api, engine: AsyncEngine) -> None:
    await post(crowded, "FIRST")
    await post(crowded, "OTHER-KEY", SLUGS[0], WRITE, READ)
    async with stalled(engine):
        let_in = [post(crowded, f"WEB-{number}") for number in range(ALONE)]
        await until_waiting(engine, ALONE)
        refused = await post(crowded, "WEB-MORE")
        is_problem(refused, "too-many-requests", 429)
        assert int(refused.headers["retry-after"]) >= 1
        assert "x-content-type-options" in refused.headers
        # The same key's other location, and after it another key, still find a place each; then it is full.
        let_in.append(post(crowded, "ELSEWHERE", SLUGS[1]))
        await until_waiting(engine, ALONE + 1)
        is_problem(await post(crowded, "ELSEWHERE-MORE", SLUGS[1]), "too-many-requests", 429)
        let_in.append(post(crowded, "SOMEBODY", SLUGS[1], WRITE, READ))
        await until_waiting(engine, SMALL)
        is_problem(await post(crowded, "SOMEBODY-MORE", SLUGS[1], WRITE, READ), "too-many-requests", 429)
        # Full: nobody is asked who he is, and no body is read.
        for body in (b"", b"{", b"x" * 300_000):
            answer = await crowded.call("POST", "/v1/orders", content=body)
            is_problem(answer, "too-many-requests", 429)
    answers = await asyncio.gather(*let_in)
    assert [answer.status_code for answer in answers] == [202] * SMALL
    async with engine.connect() as connection:
        stored = set((await connection.scalars(text("SELECT reference FROM orders"))).all())
    assert stored == {order["reference"] for order in (answer.json() for answer in answers)} | {"FIRST", "OTHER-KEY"}
    assert (await post(crowded, "WEB-MORE")).status_code == 202  # as told: again, and it goes


async def test_callbacks_health_and_reads_go_on_meanwhile(crowded: Api, engine: AsyncEngine) -> None:
    order_id = (await post(crowded, "FIRST", SLUGS[0], WRITE, READ)).json()["id"]
    await post(crowded, "SECOND")
    location = await crowded.services.locations.get(SLUGS[0])
    async with stalled(engine):
        let_in = [post(crowded, f"WEB-{number}") for number in range(ALONE)]
        await until_waiting(engine, ALONE)
        is_problem(await post(crowded, "WEB-MORE"), "too-many-requests", 429)
        for number in range(
            3 * SMALL
        ):  # more than it has connections and places, and none is understood before the end
            called = await crowded.client.post(
                f"/webhooks/ikentoo/{location.callback_key}",
                json={"status": "SUCCESS", "number": number},
                auth=("relay", "passw0rd-of-callbacks"),
            )
            assert called.status_code == 200, called.text
        assert (await crowded.client.get("/health/ready")).status_code == 200
        assert (await crowded.call("GET", f"/v1/orders/{order_id}", WRITE, READ)).status_code == 200
    assert [answer.status_code for answer in await asyncio.gather(*let_in)] == [202] * ALONE


async def test_reads_have_a_room_of_their_own(crowded: Api, engine: AsyncEngine) -> None:
    """And whoever waits for news, before or after storing, is in none."""
    first = (await post(crowded, "FIRST", SLUGS[0], WRITE, READ)).json()
    await post(crowded, "SECOND")
    async with engine.begin() as connection:
        await connection.execute(text("LOCK TABLE status_history IN ACCESS EXCLUSIVE MODE"))
        path = f"/v1/orders/{first['id']}"
        reads = [asyncio.create_task(crowded.call("GET", path, WRITE, READ)) for _ in range(3 * SMALL)]
        done, under_way = await asyncio.wait(reads, return_when=asyncio.FIRST_COMPLETED)
        while len(under_way) > SMALL:
            more, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            done |= more
        assert {task.result().status_code for task in done} == {429}
    waits = [post(crowded, f"WAIT-{number}", headers={"Prefer": "wait=20"}) for number in range(2 * SMALL)]
    async with asyncio.timeout(DEADLINE_S), engine.connect() as connection:
        while await connection.scalar(text("SELECT count(*) FROM orders")) < 2 + ALONE:
            await connection.rollback()
            await asyncio.sleep(0.01)
    assert (await post(crowded, "WEB-1")).status_code == 202
    crowded.services.watching.close()
    assert {answer.status_code for answer in await asyncio.gather(*waits)} <= {202, 429}
    assert {answer.status_code for answer in await asyncio.gather(*under_way)} <= {200, 429}


@pytest.mark.parametrize("places", [1, 2, 3, 8, 31, PLACES, 200])
@pytest.mark.parametrize("parties", [1, 2, 3, 10, 100])
def test_whoever_has_nothing_is_let_in_while_others_take_all_they_can_get(places: int, parties: int) -> None:
    room = Room(places)
    held = [place for _ in range(places) for party in range(parties) if (place := room.enter(party, ""))]
    assert room.under_way == len(held) <= places
    newcomer = room.enter("newcomer", "")
    assert (newcomer is not None) == (len(held) < places)
    if places >= 5 * parties:
        assert newcomer is not None
    for place in [*held, *filter(None, [newcomer])]:
        place.leave()
        place.leave()
    assert room.under_way == 0
    assert room.enter("again", "") is not None


def _take(room: Room, key: str, locations: Iterator[str]) -> Counter[str]:
    return Counter(location for location in locations if isinstance(room.enter(key, location), Place))


def test_a_restaurant_alone_has_two_thirds_and_a_website_four_fifths() -> None:
    assert _take(Room(PLACES), "website", iter(["geneva-1"] * 300)) == {"geneva-1": 171}
    assert _take(Room(48), "website", iter(["geneva-1"] * 100)) == {"geneva-1": 32}
    many = _take(Room(48), "website", iter([f"l{number}" for number in range(20)] * 2))
    assert sum(many.values()) == 39
    assert set(many.values()) == {1, 2}
