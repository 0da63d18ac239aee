"""Orders by the hundred thousand, past HTTP: copies of the patterns, with ids and references of their own."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import asyncpg

from bench.orders import LOCATIONS

CHUNK = 100_000
WHOLE = 20
"""Of so many finished orders one has its body, history and attempts; the others are as retention leaves them."""
_IDS = """
CREATE TEMPORARY TABLE ids ON COMMIT DROP AS
SELECT o.location_id, o.id AS old, uuidv7() AS id, uuidv7() AS submission, n,
    $3::text || '-' || n || right(o.location_id, 3) AS reference
FROM generate_series($1::bigint, $2::bigint) n CROSS JOIN {0}_orders o
"""
_COLUMNS = """
SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped
    AND attidentity = '' ORDER BY attnum
"""
_FROM = {
    "orders": "{0}_orders t ON t.location_id = i.location_id AND t.id = i.old",
    "submissions": "{0}_submissions t ON t.location_id = i.location_id AND t.order_id = i.old",
    "status_history": "{0}_status_history t ON t.location_id = i.location_id AND t.order_id = i.old",
    "attempts": "{0}_submissions s ON s.location_id = i.location_id AND s.order_id = i.old "
    "JOIN {0}_attempts t ON t.location_id = s.location_id AND t.reference = s.reference",
}
_OWN: Mapping[str, Mapping[str, str]] = {
    "orders": {
        "id": "i.id",
        "reference": "i.reference",
        "current_reference": "i.submission",
        "received_at": "now()",
        "body": "t.body || jsonb_build_object('reference', i.reference)",
    },
    "submissions": {
        "reference": "i.submission",
        "order_id": "i.id",
        "created_at": "now()",
        "due_at": "now()",
        "deadline_at": "now() + interval '1 day'",
    },
    "status_history": {"order_id": "i.id"},
    "attempts": {"reference": "i.submission"},
}
"""What a copy does not have from its pattern."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What is copied."""

    name: str
    """Of the pattern."""
    tables: tuple[str, ...] = tuple(_FROM)
    changes: Mapping[str, str] = field(default_factory=dict)
    """Of the order: column to expression."""


WAITING = Kind(name="waiting")
SUBMITTED = Kind(name="submitted")
"""At iKentoo, whose verdict is out."""
FINISHED = Kind(name="finished")
PURGED = Kind(
    name="finished",
    tables=("orders", "submissions"),
    changes={"body": "'{}'", "purged_at": "now()", "erased_at": "now()", "customer_search": "''"},
)


def _always() -> bool:
    return True


async def fill(
    connection: asyncpg.Connection, kind: Kind, orders: int, *, goes_on: Callable[[], bool] = _always
) -> int:
    """Adds copies, evenly over the restaurants, as long as it may; how many that were."""
    each, done = CHUNK // len(LOCATIONS), 0
    while done < orders and goes_on():
        count = min(each, -(-(orders - done) // len(LOCATIONS)))
        await _chunk(connection, kind, count)
        done += count * len(LOCATIONS)
    return done


async def _chunk(connection: asyncpg.Connection, kind: Kind, count: int) -> None:
    async with connection.transaction():
        # No foreign keys are looked up: ten million times, that would take longer than everything else.
        await connection.execute("SET LOCAL session_replication_role = replica; SET LOCAL synchronous_commit = off")
        await connection.execute(_IDS.format(kind.name), 1, count, f"{time.monotonic_ns():x}", timeout=120)
        for table in kind.tables:
            own = {**_OWN[table], **(kind.changes if table == "orders" else {})}
            names = [row["attname"] for row in await connection.fetch(_COLUMNS, table)]
            values = ", ".join(own.get(name, f"t.{name}") for name in names)
            source = _FROM[table].format(kind.name)
            statement = f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM ids i JOIN {source}"
            await connection.execute(statement, timeout=300)
