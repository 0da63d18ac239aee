"""Reading dictionaries and menu from Iiko."""

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence

import structlog

from app.adapters.base import MenuRead
from app.adapters.iiko.connection import Connection, understood
from app.adapters.iiko.dictionaries import DICTIONARIES, entries_of
from app.adapters.iiko.errors import unclear
from app.adapters.iiko.loose import Json, members
from app.adapters.iiko.menu import ReadMenu, menu_of
from app.adapters.iiko.names import known
from app.adapters.iiko.stops import STOP_LIST, Sales, Stopped, stopped_of
from app.adapters.transport import MAX_MENU, Answer
from app.domain.catalog import Entry, Kind, Menu, Names
from app.domain.errors import PosError

log = structlog.get_logger(__name__)

NOMENCLATURE = "/api/0/nomenclature/"
_READ_AS = 1
"""How menus are understood. A release that understands them otherwise counts on, and every menu is read anew."""
_NOT_SHOWN = frozenset({400, 403, 404, 405, 422})
"""Of an answer: this Iiko, or a licence, does not have it. A failed login is another matter."""


async def read_names(connection: Connection) -> Mapping[Kind, Sequence[Entry]]:
    """All dictionaries. One that this Iiko refuses to show is left out, unless it refuses them all."""
    found: dict[Kind, Sequence[Entry]] = {}
    first: PosError | None = None
    for kind, dictionary in DICTIONARIES.items():
        answer = await connection.ask("GET", dictionary.path, connection.organization)
        try:
            found[kind] = _entries(kind, understood(answer, dictionary.path))
        except PosError as error:
            if answer.status not in _NOT_SHOWN:
                raise
            log.warning("a dictionary is not shown", kind=kind.value, http_status=answer.status)
            first = first or error
    if not found and first is not None:
        raise first
    return found


def _entries(kind: Kind, answer: Answer) -> Sequence[Entry]:
    entries = [] if is_null(answer) else entries_of(kind, answer.json())
    if entries is None:
        raise unclear(answer, f"Iiko answered {DICTIONARIES[kind].path} with something that is not a list.")
    return entries


async def read_menu(connection: Connection, currency: str, names: Names, *, since: str | None) -> MenuRead | None:
    """The menu, or None where neither the nomenclature nor what else it depends on has changed.

    A revision of ours is Iiko's own, and a digest of what changes without it: stop list and terminals' ids.
    """
    sales = await _sales(connection, names)
    digest = _digest(connection, sales)
    revision, _, seen = (since or "").partition(":")
    unchanged = revision if seen == digest and revision.isdecimal() else None
    params = {} if unchanged is None else {"revision": unchanged}
    path = NOMENCLATURE + connection.settings.organization_id
    answer = await connection.read(path, params, max_body=MAX_MENU)
    if unchanged is not None and is_null(answer):
        return None
    # In a thread: thousands of products take a while, and callbacks are answered meanwhile.
    read = await asyncio.to_thread(_understood, answer, sales, currency)
    ours = None if read.revision is None else f"{read.revision}:{digest}"
    return MenuRead(groups=read.groups, products=read.products, revision=ours)


def _understood(answer: Answer, sales: Sales, currency: str) -> ReadMenu:
    return menu_of(_nomenclature(answer), sales, currency)


def _nomenclature(answer: Answer) -> Json:
    try:
        # The hook does nothing but let other threads take turns: parsing megabytes is one step otherwise.
        body = members(json.loads(answer.text(), object_hook=lambda found: found))
    except (ValueError, RecursionError):
        body = {}
    if not isinstance(body.get("products"), list):
        raise unclear(answer, "Iiko answered with no menu: is the nomenclature of this organization empty?")
    return body


async def _sales(connection: Connection, names: Names) -> Sales:
    named = connection.settings.delivery_terminal
    terminal = known(Menu(names=names), Kind.TERMINALS, named) if named else None
    terminals = frozenset(one.id for one in names.get(Kind.TERMINALS, ()) if one.id)
    stopped = await _stopped(connection)
    return Sales(terminal=terminal.id if terminal else None, terminals=terminals, stopped=stopped)


async def _stopped(connection: Connection) -> Stopped:
    answer = await connection.ask("GET", STOP_LIST, connection.organization)
    if answer.status in _NOT_SHOWN:
        log.warning("the stop list is not shown", http_status=answer.status)
        return {}
    understood(answer, STOP_LIST)
    stopped = {} if is_null(answer) else stopped_of(answer.json())
    if stopped is None:
        raise unclear(answer, "Iiko answered with something that is not a stop list.")
    return stopped


def _digest(connection: Connection, sales: Sales) -> str:
    stops = sorted((terminal or "", sorted(products)) for terminal, products in sales.stopped.items() if products)
    seen = [_READ_AS, connection.settings.venue, sales.terminal, sorted(sales.terminals), stops]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:16]


def is_null(answer: Answer) -> bool:
    """Whether the answer is a bare ``null``, which here says "nothing", or "as it was"."""
    return answer.body.strip() == b"null"
