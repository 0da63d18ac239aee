"""FastAPI, psycopg and procrastinate: the job is deferred on the order's own connection, in its transaction."""
