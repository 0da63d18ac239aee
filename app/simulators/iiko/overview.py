"""The page for people: orders, stop list, dictionaries, guests, faults."""

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response

from app.simulators.console import Table, page
from app.simulators.iiko.dictionaries import Entry
from app.simulators.iiko.ledger import ledger
from app.simulators.iiko.state import Simulator, simulator

ORDER_COLUMNS = ("id", "externalId", "number", "statusCode", "requests", "created", "problem", "answers", "notes")
GUEST_COLUMNS = ("id", "phone", "name", "surname", "email")
LAST = 200


async def page_for_people(request: Request) -> Response:
    state = simulator(request)
    config, catalog = state.config, state.kitchen.catalog
    rows = [[row[name] for name in ORDER_COLUMNS] for row in reversed(ledger(state)[-LAST:])]
    faults = [[one["id"], one["kind"], one["match"], one["used"]] for one in state.faults.listing()]
    guests = [[one[name] for name in GUEST_COLUMNS] for one in state.kitchen.guests.listing()[-LAST:]]
    return page(
        f"Iiko simulator: {config.organization_name}",
        f"Login {config.user_id}, organization {config.organization_id}, clock x{state.clock.factor:g}, "
        f"menu of {len(catalog.products)} products in revision {catalog.revision}",
        [
            Table(heading="Orders", columns=ORDER_COLUMNS, rows=rows),
            Table(heading="Stop list", columns=("terminal", "product", "balance"), rows=_stopped(state)),
            Table(heading="Dictionaries", columns=("kind", "id", "name"), rows=_entries(state)),
            Table(heading="Guests", columns=GUEST_COLUMNS, rows=guests),
            Table(heading="Faults", columns=("id", "kind", "match", "used"), rows=faults),
        ],
    )


def _stopped(state: Simulator) -> Iterable[tuple[object, ...]]:
    return [(terminal, product.name, balance) for terminal, product, balance in state.kitchen.stops]


def _entries(state: Simulator) -> Iterable[tuple[object, ...]]:
    book = state.kitchen.dictionaries
    entries: list[Entry] = [*book.terminals, *book.order_types, *book.payment_types, *book.marketing_sources]
    return [(type(one).__name__, one.id, one.name) for one in entries]
