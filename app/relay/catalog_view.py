"""A location's synced catalog and dictionaries, as they are shown. A large menu is passed on without being parsed."""

import json
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.domain.catalog import Kind
from app.relay.views import moment
from app.store import catalogs as store
from app.store.catalogs import CatalogHead
from app.store.database import run


async def catalog_json(engine: AsyncEngine, location_id: str) -> str:
    """The whole catalog as JSON text; empty where nothing was ever synced. Raises StorageUnavailable."""

    async def read(connection: AsyncConnection) -> tuple[CatalogHead | None, list[Any], list[str]]:
        # Head, groups and products of the same moment, whatever a sync writes meanwhile.
        await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        head = await store.read_head(connection, location_id)
        if head is None or head.synced_at is None:
            return head, [], []
        groups = await store.read_groups(connection, location_id)
        return head, groups, await store.read_menu(connection, location_id)

    head, groups, products = await run(engine, read)
    beginning = json.dumps({**_state(head), "groups": groups}, separators=(",", ":"))
    return "".join((beginning[:-1], ',"products":[', ",".join(products), "]}"))


async def dictionaries_view(engine: AsyncEngine, location_id: str) -> dict[str, Any]:
    """All kinds, those that the POS does not have empty. Raises StorageUnavailable."""

    async def read(connection: AsyncConnection) -> tuple[CatalogHead | None, dict[str, Any]]:
        names = await store.read_names(connection, location_id)
        return await store.read_head(connection, location_id), dict(names)

    head, names = await run(engine, read)
    synced_at = head.names_synced_at if head else None
    known = {kind.value: [entry.model_dump(mode="json") for entry in names.get(kind, ())] for kind in Kind}
    return {"synced_at": moment(synced_at) if synced_at else None, **known}


def _state(head: CatalogHead | None) -> dict[str, Any]:
    """When it was read, how old that is, and why it is not younger."""
    if head is None:
        return {"synced_at": None, "age_s": None, "error": None}
    if head.synced_at is None:
        return {"synced_at": None, "age_s": None, "error": head.error}
    age_s = round((head.now - head.synced_at).total_seconds(), 1)
    return {"synced_at": moment(head.synced_at), "age_s": age_s, "error": head.error}
