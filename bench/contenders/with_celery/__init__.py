"""FastAPI, asyncpg, and Celery with Redis: the order's row is committed, and then the task is sent."""
