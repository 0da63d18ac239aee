"""Delivers. Jobs that succeeded are deleted, as its guide for production advises."""

import uvloop

from bench.contenders import sending
from bench.contenders.model import DELIVERIES
from bench.contenders.with_procrastinate.jobs import app, pool


async def main() -> None:
    """Until it is ended."""
    async with app.open_async(), pool() as orders, sending.client() as client:
        print("the worker is ready", flush=True)
        await app.run_worker_async(
            concurrency=DELIVERIES,
            delete_jobs="successful",
            additional_context={"orders": orders, "client": client},
        )


if __name__ == "__main__":
    uvloop.run(main())
