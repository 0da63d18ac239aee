"""order-relay locations check, sync, tables, checks, businesses, organizations: what a location's POS is asked now."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import Annotated, TypeVar

import typer
from pydantic import BaseModel
from rich.console import Console, RenderableType

from app.adapters.registry import OpenAdapters
from app.cli.location_tables import check_lines, checks_told, places_table, plans_told
from app.cli.locations import Slug
from app.cli.running import print_json, with_store
from app.cli.session import Store, open_adapters
from app.domain.errors import LocationUnknown, RelayError
from app.domain.venue import SetUpCheck
from app.relay.menus import Menus
from app.relay.set_up import check_set_up
from app.relay.sync import Sync, Synced
from app.relay.venue import Venue

Json = Annotated[bool, typer.Option("--json", help="For scripts: JSON on standard output.")]
Answer = TypeVar("Answer")
Shown = TypeVar("Shown", bound=BaseModel)


def check(location: Slug, *, as_json: Json = False) -> None:
    """Looks whether all is set up right, and says what to do about what is not. Exit code 1: something is wrong."""

    async def look(store: Store) -> Sequence[SetUpCheck]:
        async with open_adapters(store) as adapters:
            return await check_set_up(location, engine=store.engine, locations=store.locations, adapters=adapters)

    async def work(store: Store) -> None:
        lines = await look(store)
        ok = all(line.ok for line in lines)
        if as_json:
            print_json({"ok": ok, "checks": [asdict(line) for line in lines]})
        else:
            Console().print(check_lines(location, lines))
        if not ok:
            raise typer.Exit(1)

    with_store(work)


def sync(
    location: Annotated[str | None, typer.Argument(metavar="LOCATION", help="The location's slug.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All locations, one after the other.")] = False,
) -> None:
    """Reads the catalog and the dictionaries now."""
    if every == (location is not None):
        raise typer.BadParameter("Name a location, or --all.", param_hint="LOCATION")

    async def work(store: Store) -> None:
        async with open_adapters(store) as adapters:
            venue = _venue(store, adapters)
            slugs = [location] if location is not None else await _slugs(store)
            failed = [slug for slug in slugs if not await _synced(venue, slug)]
        if failed:
            raise typer.Exit(1)

    with_store(work)


def businesses(location: Slug, *, as_json: Json = False) -> None:
    """The business locations that a location's credentials can see (iKentoo)."""
    _show(lambda venue: venue.places(location, system="ikentoo"), places_table, as_json=as_json)


def organizations(location: Slug, *, as_json: Json = False) -> None:
    """The organizations that a location's credentials can see (Iiko)."""
    _show(lambda venue: venue.places(location, system="iiko"), places_table, as_json=as_json)


def tables(location: Slug, *, as_json: Json = False) -> None:
    """The rooms with their tables."""
    _show(lambda venue: venue.floor_plans(location), plans_told, as_json=as_json)


def checks(
    location: Slug,
    *,
    table: Annotated[int | None, typer.Option(min=0, max=2**31 - 1, help="Of this table alone.")] = None,
    as_json: Json = False,
) -> None:
    """The open checks, with what is still to be paid."""
    _show(lambda venue: venue.open_checks(location, table), checks_told, as_json=as_json)


def ask(question: Callable[[Venue], Awaitable[Answer]], tell: Callable[[Answer], None]) -> None:
    """One live question, and its answer told."""

    async def work(store: Store) -> None:
        async with open_adapters(store) as adapters:
            answer = await question(_venue(store, adapters))
        tell(answer)

    with_store(work)


def _show(
    question: Callable[[Venue], Awaitable[Sequence[Shown]]],
    told: Callable[[Sequence[Shown]], RenderableType],
    *,
    as_json: bool,
) -> None:
    def tell(found: Sequence[Shown]) -> None:
        if as_json:
            print_json([one.model_dump(mode="json") for one in found])
        else:
            Console().print(told(found))

    ask(question, tell)


def _venue(store: Store, adapters: OpenAdapters) -> Venue:
    menus = Menus(store.engine)
    sync_now = Sync(
        store.engine,
        locations=store.locations,
        adapters=adapters,
        menus=menus,
        interval_s=store.settings.sync_interval_s,
    )
    return Venue(locations=store.locations, adapters=adapters, syncs=sync_now)


async def _slugs(store: Store) -> list[str]:
    slugs: list[str] = []
    while page := await store.locations.list(after=slugs[-1] if slugs else ""):
        slugs += [view["location"] for view in page]
    return slugs


async def _synced(venue: Venue, location: str) -> bool:
    """Whether it went well; of several each is told, and none stops the others."""
    try:
        done = await venue.sync(location)
    except LocationUnknown:
        raise
    except RelayError as error:
        typer.echo(f"order-relay: {location}: {error}", err=True)
        return False
    typer.echo(f"{location}: {_told(done)}")
    return True


def _told(done: Synced) -> str:
    counts = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in done.counts.items() if count)
    return f"synced: {counts or 'nothing'}; {done.changed} changed"
