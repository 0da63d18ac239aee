"""Is a location set up right? What the POS says, and what we know of it ourselves."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from ipaddress import ip_address
from typing import Any, Protocol
from urllib.parse import urlsplit

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from app.adapters.base import Adapter, CatalogSource, SetUp
from app.domain.errors import PosError
from app.domain.location import Location
from app.domain.venue import SetUpCheck
from app.relay.venue import OpenAdapters
from app.store import catalogs
from app.store.catalogs import CatalogHead
from app.store.database import run

log = structlog.get_logger(__name__)

CHECK_WITHIN_S = 20.0
"""All questions to the POS together."""
OLD_AFTER = timedelta(hours=24)
"""A catalog of this age refuses no order any more (``check_policy`` strict)."""


class Locations(Protocol):
    """The locations as an operator sees them."""

    async def get(self, location_id: str) -> Location:
        """Raises LocationUnknown."""

    async def one(self, location_id: str) -> Mapping[str, Any]:
        """Its view. Raises LocationUnknown."""


async def check_set_up(
    location_id: str,
    *,
    engine: AsyncEngine,
    locations: Locations,
    adapters: OpenAdapters,
    within_s: float = CHECK_WITHIN_S,
) -> Sequence[SetUpCheck]:
    """Everything that was looked at, right or wrong. Raises LocationUnknown, StorageUnavailable."""
    location = await locations.get(location_id)
    view = await locations.one(location_id)
    lines: list[SetUpCheck] = []
    try:
        adapter = adapters.get(location)
    except PosError as error:
        lines.append(SetUpCheck(name="settings", ok=False, problem=error.message))
    else:
        lines += await _at_pos(adapter, view["callback_url"] or "", within_s)
        if isinstance(adapter, CatalogSource):
            head = await run(engine, lambda connection: catalogs.read_head(connection, location_id))
            lines.append(_catalog(location_id, head))
    return [*lines, *_ours(view)]


async def _at_pos(adapter: Adapter, callback_url: str, within_s: float) -> Sequence[SetUpCheck]:
    if not isinstance(adapter, SetUp):
        return ()
    try:
        async with asyncio.timeout(within_s):
            return await adapter.check_set_up(callback_url=callback_url)
    except TimeoutError:
        problem = f"The POS did not answer all questions within {within_s:.0f} s. Look whether it is online."
    except Exception as error:  # the one who looks for what is wrong must not be told "500"
        log.exception("a set-up check stumbled")
        problem = f"What the POS answered could not be read: {type(error).__name__}. See the log."
    return [SetUpCheck(name="pos", ok=False, problem=problem)]


def _catalog(location_id: str, head: CatalogHead | None) -> SetUpCheck:
    """How old what we know is, and why it is not younger."""
    how = f"Sync it: order-relay locations sync {location_id}"
    if head is None or head.synced_at is None:
        last = f" The last try failed: {head.error}" if head and head.error else ""
        return SetUpCheck(name="catalog", ok=False, problem=f"The catalog was never synced.{last} {how}")
    age = head.now - head.synced_at
    told = f"The catalog was synced {_ago(age)} ago"
    if head.error:
        return SetUpCheck(name="catalog", ok=False, problem=f"{told}; the last sync failed: {head.error} {how}")
    if age > OLD_AFTER:
        return SetUpCheck(name="catalog", ok=False, problem=f"{told}, which is old: is a worker running? {how}")
    return SetUpCheck(name="catalog", ok=True, problem=f"{told}.")


def _ours(view: Mapping[str, Any]) -> Iterator[SetUpCheck]:
    """Whether the POS can reach us, and whether orders are being sent."""
    url = view["callback_url"]
    if url is not None:
        unreachable = _on_loopback(url) and not _on_loopback(view["pos"]["base_url"])
        problem = f"The POS cannot reach {urlsplit(url).netloc}: set ORDER_RELAY_PUBLIC_URL to our public address."
        yield SetUpCheck(name="public_url", ok=not unreachable, problem=problem if unreachable else None)
    attention = view["attention"]
    if view["paused"]:
        how = f"Sending is paused. Resume it: order-relay locations resume {view['location']}"
        yield SetUpCheck(name="sending", ok=False, problem=how)
    elif attention:
        yield SetUpCheck(name="sending", ok=False, problem=f"{attention['message']} {attention['action']}")
    else:
        yield SetUpCheck(name="sending", ok=True)


def _on_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _ago(age: timedelta) -> str:
    seconds = max(0, round(age.total_seconds()))
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}s"
    return f"{seconds} s"
