"""Fills the table without HTTP; `sweep` sends the tasks."""

import asyncio

import asyncpg

from bench.contenders.model import DATABASE_URL
from bench.contenders.tables import filled


async def main() -> None:
    """One statement."""
    connection = await asyncpg.connect(DATABASE_URL)
    await filled(connection)
    await connection.execute("ANALYZE")
    await connection.close()


if __name__ == "__main__":
    asyncio.run(main())
