"""Two locations of a running API over the simulated POSs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from app.simulators import iiko, ikentoo
from tests.api.conftest import DEADLINE_S, Api
from tests.relay.house import IIKO, IKENTOO, iiko_location, ikentoo_location, serving

BOTH = (IIKO, IKENTOO)


@dataclass(frozen=True)
class Street:
    """Both restaurants. `pos`: the simulators' own control, by location."""

    api: Api
    pos: dict[str, httpx.AsyncClient]

    async def fault(self, location: str, kind: str, **details: Any) -> None:
        """The POS misbehaves."""
        answer = await self.pos[location].post("/_sim/faults", json={"kind": kind, **details})
        assert answer.status_code == 201, answer.text

    async def synced(self, location: str) -> dict[str, Any]:
        """A sync that goes well."""
        answer = await self.api.call("POST", f"/v1/locations/{location}/sync", "ops")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@asynccontextmanager
async def street(api: Api) -> AsyncIterator[Street]:
    """Simulators that run, and the locations that speak to them."""
    async with (
        serving(iiko.create_app(iiko.default_config())) as iiko_url,
        serving(ikentoo.create_app(ikentoo.default_config())) as ikentoo_url,
        httpx.AsyncClient(base_url=iiko_url, timeout=DEADLINE_S, trust_env=False) as at_iiko,
        httpx.AsyncClient(base_url=ikentoo_url, timeout=DEADLINE_S, trust_env=False) as at_ikentoo,
    ):
        for slug, document in ((IIKO, iiko_location(iiko_url)), (IKENTOO, ikentoo_location(ikentoo_url))):
            assert (await api.put(slug, document)).status_code == 201
        yield Street(api=api, pos={IIKO: at_iiko, IKENTOO: at_ikentoo})
