"""FastAPI and SQLAlchemy's ORM, as their tutorials teach it: a session per request, an outbox, a worker that polls."""
