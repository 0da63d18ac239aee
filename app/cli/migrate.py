"""order-relay migrate: bring the database's schema to what this version expects."""

import asyncio

import typer

from app.cli.process import in_one_line
from app.cli.serve import configured
from app.cli.storage import open_storage
from app.store.database import create_engine
from app.store.migrate import current_revision, upgrade


def migrate() -> None:
    """Brings the schema up to date. Several at once are fine: one works, the others wait."""

    def work() -> None:
        with open_storage(configured(), keys_needed=False) as storage:
            asyncio.run(_upgrade(storage.direct_url or storage.url))

    in_one_line(work)


async def _upgrade(url: str) -> None:
    engine = create_engine(url, application_name="order-relay migrate", pool_size=1)
    try:
        before = await current_revision(engine)
        await upgrade(url)
        after = await current_revision(engine)
    finally:
        await engine.dispose()
    unchanged = ", nothing to do" if before == after else ""
    typer.echo(f"schema: {before or 'none'} -> {after}{unchanged}")
