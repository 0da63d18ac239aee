"""The table of those that write SQL themselves, and what fills it without HTTP."""

import os
import sys
from uuid import UUID

import asyncpg

ORDERS = """
CREATE TABLE orders (
    id uuid PRIMARY KEY,
    location text NOT NULL,
    reference text NOT NULL,
    status text NOT NULL DEFAULT 'received',
    body jsonb NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    delivered_at timestamptz,
    answer integer,
    UNIQUE (location, reference)
)
"""
_FILL = """
INSERT INTO orders (id, location, reference, status, body)
SELECT gen_random_uuid(), body->>'location', reference, 'received',
    jsonb_set(body, '{reference}', to_jsonb(reference))
FROM (
    SELECT $1::jsonb AS body, 'backlog-' || lpad(i::text, 12, '0') AS reference FROM generate_series(1, $2::integer) i
) wanted
RETURNING id
"""


async def filled(connection: asyncpg.Connection) -> list[UUID]:
    """As many undelivered orders as the command line says, each like the one in the environment (ORDER)."""
    rows = await connection.fetch(_FILL, os.environ["ORDER"], int(sys.argv[1]))
    return [row["id"] for row in rows]
