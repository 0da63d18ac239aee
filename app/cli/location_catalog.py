"""order-relay locations catalog, dictionaries: what is known of a POS, as last synced."""

import json

import typer
from rich.console import Console

from app.cli.location_pos import Json
from app.cli.location_tables import catalog_told, dictionaries_told
from app.cli.locations import Slug
from app.cli.running import print_json, with_store
from app.cli.session import Store
from app.relay.catalog_view import catalog_json, dictionaries_view


def catalog(location: Slug, *, as_json: Json = False) -> None:
    """What the POS sells, with what can be chosen for each product."""

    async def work(store: Store) -> None:
        await store.locations.get(location)
        found = await catalog_json(store.engine, location)
        if as_json:
            typer.echo(found)
        else:
            Console().print(catalog_told(json.loads(found)))

    with_store(work)


def dictionaries(location: Slug, *, as_json: Json = False) -> None:
    """Payment types, order types and the like: what the location's settings may name."""

    async def work(store: Store) -> None:
        await store.locations.get(location)
        found = await dictionaries_view(store.engine, location)
        if as_json:
            print_json(found)
        else:
            Console().print(dictionaries_told(found))

    with_store(work)
