"""order-relay locations: settings from a file, and the switches of a location."""

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from app.cli.locations_file import read_locations
from app.cli.order_tables import one_line
from app.cli.running import person, print_json, refuse, told, with_store
from app.cli.session import Store, open_adapters
from app.domain.errors import OrderInvalid
from app.relay.locations import Locations, Plan

app = typer.Typer(no_args_is_help=True, help="Locations: their settings, and how they do.")

Slug = Annotated[str, typer.Argument(metavar="LOCATION", help="The location's slug.")]


@app.command()
def apply(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="TOML with [locations.<slug>] tables.")],
) -> None:
    """Creates and replaces the locations of a file. All are checked before the first is written."""

    async def work(store: Store) -> None:
        locations = store.locations
        for plan in await _plans(locations, read_locations(file, os.environ)):
            if plan.outcome != "unchanged" and not await locations.store(plan):
                refuse([f"{plan.location_id}: was changed by somebody else at the same time; apply again."])
            typer.echo(f"{plan.location_id}: {plan.outcome}")

    with_store(work)


@app.command("list")
def list_locations(
    as_json: Annotated[bool, typer.Option("--json", help="For scripts: JSON on standard output.")] = False,
) -> None:
    """All locations, and how they do."""

    async def work(store: Store) -> None:
        views = await _all(store.locations)
        if as_json:
            print_json(views)
        else:
            Console().print(_told(views) if views else "No locations yet: order-relay locations apply FILE")

    with_store(work)


@app.command()
def pause(location: Slug) -> None:
    """Holds sending; orders are still taken, and no deadline fires."""

    async def work(store: Store) -> None:
        await store.operate.pause(location, actor=person())
        typer.echo(f"{location}: paused")

    with_store(work)


@app.command()
def resume(location: Slug) -> None:
    """Sends again; what waits gets its full time again."""

    async def work(store: Store) -> None:
        await store.operate.resume(location, actor=person())
        typer.echo(f"{location}: resumed")

    with_store(work)


@app.command()
def register(location: Slug) -> None:
    """Registers our callback address at the POS."""

    async def work(store: Store) -> None:
        async with open_adapters(store) as adapters:
            done = await store.locations.register_callbacks(location, adapters)
        typer.echo(f"{location}: {done.action} {done.url}")

    with_store(work)


async def _plans(locations: Locations, documents: Mapping[str, Mapping[str, Any]]) -> Sequence[Plan]:
    plans: list[Plan] = []
    wrong: list[str] = []
    for slug, document in documents.items():
        try:
            plans.append(await locations.plan(slug, document))
        except OrderInvalid as error:
            wrong += told(error.findings, f"locations.{slug}: ")
    if wrong:
        refuse([*wrong, "Nothing was written."])
    return plans


async def _all(locations: Locations) -> list[dict[str, Any]]:
    views: list[dict[str, Any]] = []
    while page := await locations.list(after=views[-1]["location"] if views else ""):
        views += page
    return views


def _told(views: Sequence[Mapping[str, Any]]) -> RenderableType:
    """A line each, and below them what is the matter with some. Fits 80 columns."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("location", "POS", "sending", "waiting", "in doubt", "last sent"):
        table.add_column(name, overflow="fold", no_wrap=name not in ("location", "sending"))
    for view in views:
        sent = view["last_sent_at"]
        table.add_row(
            view["location"],
            view["pos"]["system"],
            _sending(view),
            str(view["waiting"]),
            str(view["in_doubt"]),
            f"{datetime.fromisoformat(sent).astimezone():%Y-%m-%d %H:%M}" if sent else "never",
        )
    return Group(table, *(line for view in views for code, what in _wrong(view) for line in _trouble(view, code, what)))


def _sending(view: Mapping[str, Any]) -> str:
    if view["hold"]:
        return "held"
    return "paused" if view["paused"] else view["blocked"] or "yes"


def _wrong(view: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, str]]]:
    if view["hold"]:
        yield f"held, {view['hold']['reason']}", view["hold"]
    if view["attention"]:
        yield view["attention"]["code"], view["attention"]


def _trouble(view: Mapping[str, Any], code: str, what: Mapping[str, str]) -> Iterator[RenderableType]:
    yield Text()
    yield Text.assemble((view["location"], "bold"), f" ({view['name']}): {code}")
    for words, style in ((what["message"], "yellow"), (f"-> {what['action']}", "bold yellow")):
        yield Padding(Text(one_line(words), style=style), (0, 0, 0, 2), expand=False)
