"""Makes the tables."""

import asyncio

from bench.contenders.with_orm.models import Base, engine


async def main() -> None:
    """All of them."""
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main())
