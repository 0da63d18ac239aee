"""Reads iKentoo's menus and dictionaries."""

import asyncio
from collections.abc import Mapping, Sequence

from app.adapters.base import MenuRead
from app.adapters.ikentoo import names as dictionaries
from app.adapters.ikentoo.loose import Json
from app.adapters.ikentoo.menus import read_menus
from app.adapters.ikentoo.reads import Reads, data_of
from app.adapters.transport import MAX_MENU
from app.domain.catalog import Entry, Kind, Names
from app.domain.errors import Misconfigured

_LIST = "/op/1/menu/list"
_AT_ONCE = 2
"""Menus that are loaded at the same time: each holds a connection that a send could use."""


async def read_names(reads: Reads) -> Mapping[Kind, Sequence[Entry]]:
    """All dictionaries. Raises a PosError."""
    menus = await reads.get(_LIST)
    instructions = await reads.get("/op/1/menu/modifiers")
    discounts = await reads.get("/op/1/menu/discounts")
    return {
        Kind.MENUS: tuple(dictionaries.menus(menus)),
        Kind.MODIFIERS: tuple(dictionaries.instructions(instructions)),
        Kind.DISCOUNTS: tuple(dictionaries.discounts(discounts)),
    }


async def read_menu(reads: Reads, names: Names, *, since: str | None) -> MenuRead | None:
    """All menus as one; None where their content is what it was at ``since``. Raises a PosError."""
    menus = names[Kind.MENUS] if Kind.MENUS in names else tuple(dictionaries.menus(await reads.get(_LIST)))
    loaded = await _load(reads, [menu.id for menu in menus if menu.id])
    read = await asyncio.to_thread(read_menus, loaded)  # thousands of products take a while
    return None if read.revision == since else read


async def _load(reads: Reads, menu_ids: Sequence[str]) -> list[Json]:
    room = asyncio.Semaphore(_AT_ONCE)

    async def load(menu_id: str) -> Json | Misconfigured:
        async with room:
            answer = await reads.ask(f"/op/1/menu/load/{menu_id}", max_body=MAX_MENU, richContent="true")
        try:
            data = data_of(answer)
        except Misconfigured as error:
            if answer.status == 404:  # taken off since the list was read
                return error
            raise
        return data if isinstance(data, dict) else {}

    tasks = [asyncio.create_task(load(menu_id)) for menu_id in menu_ids]
    try:
        answers = await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    missing = [each for each in answers if isinstance(each, Misconfigured)]
    if missing and len(missing) == len(answers):
        raise missing[0]
    return [each for each in answers if not isinstance(each, Misconfigured)]
