"""order-relay keys: API keys, made before, beside or after `serve`."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Annotated, Any

import typer
from cryptography.fernet import Fernet
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from app.cli.running import print_json, with_store
from app.cli.session import Store
from app.domain.location import SLUG_PATTERN
from app.relay.views import moment
from app.store import keys as store
from app.store.keys import KeyRow, Scope

app = typer.Typer(no_args_is_help=True, help="API keys: who may call the API, and for what.")

_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,64}")


@app.command()
def create(
    name: Annotated[str, typer.Option(help="What the key is for; unique, for ever.")],
    scope: Annotated[list[Scope], typer.Option(help="Repeatable. None implies another.")],
    location: Annotated[list[str] | None, typer.Option(help="Repeatable. Absent: all locations.")] = None,
) -> None:
    """Makes a key and prints it, alone, on standard output. It is shown this once."""
    if not _NAME.fullmatch(name):
        raise typer.BadParameter("A name has 1 to 64 characters.", param_hint="--name")
    for slug in location or ():
        if not re.fullmatch(SLUG_PATTERN, slug):
            raise typer.BadParameter(f"{slug!r} is no location's slug.", param_hint="--location")

    async def work(opened: Store) -> None:
        made = await store.create(opened.engine, name=name, scopes=set(scope), locations=location or None)
        await _warn_of_unknown(opened, location or ())
        bound = f"for {', '.join(location)}" if location else "for all locations"
        typer.echo(f"Key {name!r} ({made.id}) with {', '.join(sorted(set(scope)))}, {bound}.", err=True)
        typer.echo("Keep it now: only its hash is stored, and it is not shown again.", err=True)
        typer.echo(made.key)

    with_store(work)


@app.command("list")
def list_keys(
    as_json: Annotated[bool, typer.Option("--json", help="For scripts: JSON on standard output.")] = False,
) -> None:
    """All keys, revoked ones too. The keys themselves are not known any more."""

    async def work(opened: Store) -> None:
        rows = await store.list_keys(opened.engine)
        if as_json:
            print_json([_view(row) for row in rows])
        else:
            Console().print(Group(*_blocks(rows)) if rows else "No keys yet.")

    with_store(work)


@app.command()
def revoke(key: Annotated[str, typer.Argument(metavar="KEY", help="Its id or its name.")]) -> None:
    """Ends a key: dead everywhere within 10 s."""

    async def work(opened: Store) -> None:
        ended = await store.revoke(opened.engine, key)
        typer.echo(f"Key {ended.name!r} ({ended.id}) is revoked.", err=True)

    with_store(work)


@app.command()
def secret() -> None:
    """Makes a key for ORDER_RELAY_SECRET_KEYS, which encrypts the POS credentials. Keep it."""
    typer.echo(Fernet.generate_key().decode())


def _view(row: KeyRow) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "name": row.name,
        "scopes": sorted(row.scopes),
        "locations": None if row.locations is None else sorted(row.locations),
        "created_at": moment(row.created_at),
        "last_used_at": moment(row.last_used_at) if row.last_used_at else None,
        "revoked_at": moment(row.revoked_at) if row.revoked_at else None,
    }


async def _warn_of_unknown(opened: Store, wanted: Collection[str]) -> None:
    """A key may be wanted before its location is applied, so this is not an error; more often it is a typo."""
    known = {view["location"] for view in await opened.locations.list(only=wanted)} if wanted else set()
    for slug in sorted(set(wanted) - known):
        typer.echo(f"order-relay: warning: there is no location {slug!r} yet; the key is made all the same.", err=True)


def _blocks(rows: Sequence[KeyRow]) -> Iterator[RenderableType]:
    """Three lines a key: one line would not fit 80 columns."""
    for row in rows:
        ended = row.revoked_at is not None
        used = f"last used {row.last_used_at.astimezone():%Y-%m-%d %H:%M}" if row.last_used_at else "never used"
        where = "all locations" if row.locations is None else ", ".join(sorted(row.locations))
        yield Text.assemble((row.name, "bold"), " (revoked)" if ended else "", style="dim" if ended else "")
        for words in (
            f"id {row.id}, created {row.created_at.astimezone():%Y-%m-%d %H:%M}",
            f"{' '.join(sorted(row.scopes))}; {where}; {used}",
        ):
            yield Padding(Text(words, style="dim" if ended else ""), (0, 0, 0, 2), expand=False)
