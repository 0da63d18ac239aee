"""order-relay restored: a person's word after a database was restored from a backup."""

from collections.abc import Sequence
from typing import Annotated

import typer

from app.cli.running import person, refuse, with_store
from app.cli.session import Store
from app.domain.errors import LocationUnknown
from app.relay.restored import NotWhole, Restored
from app.store.installation import HeldLane

_HOW = (
    "Look at 'order-relay orders list --dispatch in_doubt' first; cancel or resolve what must not be sent any more. "
    "Then: order-relay restored --yes"
)


def restored(
    *,
    hold: Annotated[
        bool,
        typer.Option(
            "--hold",
            help="Hold all locations now: needed after a physical restore (PITR, snapshot), which nobody can notice.",
        ),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Send again. Orders of the backup are in doubt and are asked for first.")
    ] = False,
    location: Annotated[list[str] | None, typer.Option("--location", help="Only this one. Repeatable.")] = None,
) -> None:
    """What is held since the database was restored from a backup; lets it be sent with --yes."""
    if hold and (yes or location):
        raise typer.BadParameter("--hold is for all locations, and is ended by a later --yes.")

    async def work(store: Store) -> None:
        of_backup = Restored(store.engine)
        try:
            if hold:
                _tell(await of_backup.hold())
            elif yes:
                done = await of_backup.release(store.operate, only=location or (), actor=person())
                _tell_released(done)
            else:
                await of_backup.round()
                _tell([lane for lane in await of_backup.held() if not location or lane.location_id in location])
        except NotWhole as error:
            refuse([f"{error}"])
        except LocationUnknown as error:
            refuse([f"{error.location!r} is not held after a restore; 'order-relay restored' names those that are."])

    with_store(work)


def _tell(held: Sequence[HeldLane]) -> None:
    if not held:
        typer.echo("Nothing is held: this database is the one that it was.")
        return
    for lane in held:
        before = " (a person had paused it before)" if lane.paused_before else ""
        typer.echo(f"{lane.location_id}: held since {lane.since.astimezone():%Y-%m-%d %H:%M}, {lane.live} live{before}")
    typer.echo(_HOW)


def _tell_released(released: Sequence[HeldLane]) -> None:
    for lane in released:
        paused = "still paused, as a person had ordered before" if lane.paused_before else "sends again"
        typer.echo(f"{lane.location_id}: {paused}, {lane.live} live")
    if not released:
        typer.echo("Nothing is held: this database is the one that it was.")
