"""Delivers. Batches of 100 and at most 200 tasks: the guide says larger batches for short jobs, and twice that for
the cap. A failure is tried again later with its growing delay, and held when that is of no use."""

from datetime import timedelta
from uuid import UUID

import asyncpg
import uvloop
from pgqueuer import DatabaseRetryEntrypointExecutor, Job, PgQueuer
from pgqueuer.db import AsyncpgPoolDriver

from bench.contenders import sending, sql
from bench.contenders.model import DATABASE_URL, POOL
from bench.contenders.with_pgqueuer import ENTRYPOINT

BATCH = 100
TASKS = 200
ATTEMPTS = 10


async def main() -> None:
    """Until it is ended."""
    async with asyncpg.create_pool(DATABASE_URL, min_size=POOL, max_size=POOL) as pool, sending.client() as client:
        queue = PgQueuer(AsyncpgPoolDriver(pool))

        @queue.entrypoint(
            ENTRYPOINT,
            on_failure="hold",
            executor_factory=lambda given: DatabaseRetryEntrypointExecutor(parameters=given, max_attempts=ATTEMPTS),
        )
        async def deliver(job: Job) -> None:
            order_id = UUID(bytes=job.payload)
            answer = await sending.send(client, await sql.body(pool, order_id))
            await sql.delivered(pool, order_id, answer)

        print("the worker is ready", flush=True)
        await queue.run(batch_size=BATCH, max_concurrent_tasks=TASKS, dequeue_timeout=timedelta(seconds=30))


if __name__ == "__main__":
    uvloop.run(main())
