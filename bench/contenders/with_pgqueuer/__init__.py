"""FastAPI, asyncpg and pgqueuer: the job is queued in the order's own transaction."""

ENTRYPOINT = "deliver"
