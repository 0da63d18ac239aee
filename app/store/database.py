"""The engine, and the one place where a transaction is tried again.

A commit whose answer got lost may have happened. So every write in the product is a whole transaction that may run
twice, and `run` is the only way to run one.
"""

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar
from uuid import uuid4

import asyncpg
import pydantic_core
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from app.domain.errors import StorageUnavailable
from app.store.connect import COMMAND_TIMEOUT_S, NoPrimary, Primary
from app.store.database_url import parse

T = TypeVar("T")

BUDGET_S = 4.5
"""All tries of one transaction together; intake promises its answer within 5 s."""
PAUSES_S = (0.05, 0.1, 0.2, 0.4)
"""Between tries while no primary answers; the last one repeats."""
RECYCLE_S = 300
POOLED = "order_relay_pooled"
"""Of an engine behind a pgbouncer in transaction mode: only within a transaction are a statement and its execution on
the same server."""

# SQLSTATE classes that say "not now" about the server, not about our statement: connection exception, insufficient
# resources, operator intervention (without query_canceled), system error; read-only primary; ended while idle.
UNAVAILABLE = ("08", "53", "57P", "58", "25006", "25P03", "28", "3D000")
READ_ONLY = "25006"
CONFLICTS = ("40001", "40P01")
"""Serialization failure, deadlock: our own transactions met; the loser is run again once."""


# The raw ones come from setting up a new connection, where SQLAlchemy does not wrap them.
DATABASE_ERRORS = (
    DBAPIError,
    PoolTimeout,
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


def create_engine(
    url: str,
    *,
    application_name: str,
    pool_size: int = 8,
    pgbouncer: bool = False,
    command_timeout: float | None = COMMAND_TIMEOUT_S,
) -> AsyncEngine:
    """An engine that opens nothing yet. Raises ConfigurationError on a `DATABASE_URL` that cannot be used.

    json and jsonb are Python objects in both directions with the JSONB type. With `exec_driver_sql` and plain `text`
    a result is a Python object too, a parameter is JSON text (`to_json`).
    `pgbouncer`: for its transaction mode; without prepared statements each statement costs a second round trip.
    """
    primary = Primary(
        parse(url), application_name=application_name, pgbouncer=pgbouncer, command_timeout=command_timeout
    )
    connect_args: dict[str, object] = {"async_creator_fn": primary}
    if pgbouncer:  # names must not meet those of another client on the same server connection
        connect_args |= {
            "prepared_statement_cache_size": 0,
            "prepared_statement_name_func": lambda: f"__relay_{uuid4().hex}__",
        }
    return create_async_engine(
        "postgresql+asyncpg://",
        connect_args=connect_args,
        json_serializer=to_json,
        hide_parameters=True,  # they are guests' names and addresses, and end up in error texts
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=BUDGET_S,
        pool_recycle=RECYCLE_S,
        execution_options={POOLED: pgbouncer},
    )


def to_json(value: object) -> str:
    """As a parameter of a statement."""
    return pydantic_core.to_json(value).decode()


_ENDS: ContextVar[float] = ContextVar("ends", default=math.inf)


@contextmanager
def answer_within(seconds: float = BUDGET_S) -> Iterator[float]:
    """All that is run in this block together has so much time: for an answer that was promised within some. Yields its
    end on the monotonic clock."""
    ends = min(time.monotonic() + seconds, _ENDS.get())
    token = _ENDS.set(ends)
    try:
        yield ends
    finally:
        _ENDS.reset(token)


async def run(
    engine: AsyncEngine,
    work: Callable[[AsyncConnection], Awaitable[T]],
    *,
    single_statement: bool = False,
    attempts: int = 16,
    budget: float = BUDGET_S,
) -> T:
    """Run `work` in a transaction of its own, and again as a whole when the storage failed under it.

    `work` may run several times, also after a commit that did happen: it must be one idempotent transaction (same
    keys, no effect outside the connection), and an answer to a caller must come from a run that wrote something.
    All tries together end within `budget` seconds; then, or at once when waiting cannot help, StorageUnavailable.
    `single_statement`: `work` executes exactly one, which needs no BEGIN and COMMIT: one round trip instead of three.
    Deadlocks, serialization failures and plans outdated by a migration are tried once more. Other errors pass.
    """
    deadline = min(time.monotonic() + budget, _ENDS.get())
    once = _statement if single_statement and not engine.get_execution_options().get(POOLED) else _transaction
    conflicts = 0
    for attempt in range(attempts):
        try:
            return await _within(deadline, once(engine, work))
        except DATABASE_ERRORS as error:
            pause = PAUSES_S[min(attempt, len(PAUSES_S) - 1)] * random.uniform(0.7, 1.3)  # noqa: S311
            if is_conflict(error) and conflicts == 0:
                conflicts += 1
                pause = random.uniform(0, PAUSES_S[0])  # noqa: S311
            elif not is_unavailable(error):
                raise
            elif is_hopeless(error) or attempt + 1 == attempts or time.monotonic() + pause >= deadline:
                raise StorageUnavailable(_in_a_line(error)) from error
        await asyncio.sleep(pause)
    raise StorageUnavailable("no attempt was allowed")


def is_unavailable(error: BaseException) -> bool:
    """The storage could not answer; says nothing against the statement. The same work may succeed later."""
    match error:
        case StorageUnavailable() | PoolTimeout() | OSError():  # TimeoutError and NoPrimary are OSErrors
            return True
        case DBAPIError():
            torn = isinstance(error.orig and error.orig.__cause__, asyncpg.InternalClientError)
            return error.connection_invalidated or torn or _sqlstate(error).startswith(UNAVAILABLE)
        case asyncpg.PostgresError():
            return _sqlstate(error).startswith(UNAVAILABLE)
    return isinstance(error, (asyncpg.InterfaceError, asyncpg.InternalClientError))


def is_conflict(error: BaseException) -> bool:
    """Two transactions of ours met, or a migration outdated a prepared plan. The next run goes through."""
    driver_error = error.orig.__cause__ if isinstance(error, DBAPIError) and error.orig else error
    return _sqlstate(error) in CONFLICTS or isinstance(driver_error, asyncpg.InvalidCachedStatementError)


def is_hopeless(error: BaseException) -> bool:
    """Wrong password, no such database: no point in trying again within one answer."""
    return isinstance(error, NoPrimary) and error.hopeless


async def _transaction(engine: AsyncEngine, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    async with engine.begin() as connection:
        try:
            return await work(connection)
        except DBAPIError as error:
            await _leave_a_read_only_host(connection, error)
            raise


async def _statement(engine: AsyncEngine, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")  # until it goes back to the pool
        try:
            return await work(connection)
        except DBAPIError as error:
            await _leave_a_read_only_host(connection, error)
            raise


async def _leave_a_read_only_host(connection: AsyncConnection, error: DBAPIError) -> None:
    """A primary turned standby keeps its connections; nobody else would take this one for broken."""
    if _sqlstate(error) == READ_ONLY:
        await connection.invalidate(error)


_ENDING: set[asyncio.Task[object]] = set()
"""Transactions given up on, while their connections are being closed. The loop itself keeps no task alive."""


async def _within(deadline: float, work: Coroutine[object, object, T]) -> T:
    """The result, or TimeoutError at the deadline on the dot: closing a connection to a silent host takes
    seconds more, and happens behind the caller's back."""
    task = asyncio.create_task(work)
    try:
        await asyncio.wait({task}, timeout=max(0.0, deadline - time.monotonic()))
        if task.done():
            return task.result()
        raise TimeoutError("no answer in time")
    finally:
        if not task.done():
            _ENDING.add(task)
            task.add_done_callback(_forget)
            task.cancel()


def _forget(task: asyncio.Task[object]) -> None:
    _ENDING.discard(task)
    if not task.cancelled():
        task.exception()  # seen: it is what broke the connection


def _sqlstate(error: BaseException) -> str:
    return getattr(error.orig if isinstance(error, DBAPIError) else error, "sqlstate", None) or ""


def _in_a_line(error: BaseException) -> str:
    """The server's words without the statement, which SQLAlchemy adds and nobody outside may see."""
    words = str(error.orig if isinstance(error, DBAPIError) else error) or type(error).__name__
    return f"PostgreSQL is not available: {words.partition(chr(10))[0]}"
