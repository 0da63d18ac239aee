"""Live questions have a time limit of their own, and each way of failing has its word."""

from typing import Any

import pytest

from app.adapters.base import Adapter, Limits
from app.adapters.registry import OpenAdapters, build
from app.domain.errors import NotSupportedByPos, PosUnavailable, StateConflict
from app.relay.set_up import check_set_up
from app.relay.venue import Venue
from tests.relay.house import IIKO, IKENTOO, House, ikentoo_location

SOON_S = 0.3


@pytest.fixture
def adapters() -> OpenAdapters:
    return OpenAdapters(build(), Limits(read_s=11.0, connect_s=2.0))


def venue(house: House, adapters: OpenAdapters) -> Venue:
    return Venue(locations=house.locations, adapters=adapters, syncs=house.sync, within_s=SOON_S)


async def test_a_pos_that_hangs_is_given_up(house: House, adapters: OpenAdapters) -> None:
    await house.fault(IKENTOO, "hang", times=99)
    with pytest.raises(PosUnavailable, match="did not answer within"):
        await venue(house, adapters).floor_plans(IKENTOO)
    lines = await check_set_up(
        IKENTOO, engine=house.engine, locations=house.locations, adapters=adapters, within_s=SOON_S
    )
    (pos,) = [line for line in lines if line.name == "pos"]
    assert not pos.ok
    assert "did not answer" in str(pos.problem)
    assert {"catalog", "sending"} <= {line.name for line in lines}  # what we know ourselves is told all the same
    await house.heal(IKENTOO)
    await adapters.aclose()


async def test_settings_of_ours_that_lack_something_are_no_pos_that_is_away(
    house: House, adapters: OpenAdapters
) -> None:
    """OAuth without a vault: nobody was asked."""
    document = ikentoo_location(str(house.pos[IKENTOO].base_url))
    oauth = {"token_url": "http://127.0.0.1:9", "client_id": "c", "client_secret": "s", "refresh_token": "r"}
    await house.locations.put("geneva-2", {**document, "pos": {**document["pos"], "auth": oauth}})
    with pytest.raises(StateConflict):
        await venue(house, adapters).floor_plans("geneva-2")
    await adapters.aclose()


class Broken:
    """A POS that shows tables, and whose answers nobody foresaw."""

    async def create(self, request: Any) -> Any:
        raise NotImplementedError

    async def floor_plans(self) -> Any:
        raise KeyError("tables")

    async def open_checks(self, table: int | None) -> Any:
        raise NotImplementedError

    async def aclose(self) -> None:
        pass


class Scripted:
    """Adapters that are all broken: no simulator can make one of ours stumble."""

    def get(self, location: object) -> Adapter:
        return Broken()


async def test_a_defect_is_an_answer_that_could_not_be_read(house: House) -> None:
    broken = Venue(locations=house.locations, adapters=Scripted(), syncs=house.sync)
    with pytest.raises(PosUnavailable, match="KeyError"):
        await broken.floor_plans(IKENTOO)
    with pytest.raises(NotSupportedByPos):
        await broken.find_guest(IIKO, "+380971112233")
