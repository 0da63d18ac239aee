"""Is the process alive, and can it do its work? A dead POS makes neither of them say no."""

import asyncio

from fastapi import APIRouter, Request

from app.api.documentation import problems
from app.api.problems import Problem, retry_after
from app.api.services import services_of
from app.domain.errors import StorageUnavailable
from app.store.migrate import schema_is_current

READY_WITHIN_S = 2.0

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live", summary="The process runs")
async def live() -> dict[str, str]:
    """Looks at nothing else: restarting us does not help a database."""
    return {"status": "ok"}


@router.get("/ready", summary="Orders can be taken", responses=problems("storage-unavailable"))
async def ready(request: Request) -> dict[str, str]:
    """The storage answers within 2 s, and its schema is not older than this version of the code."""
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            services = services_of(request)
            current = await schema_is_current(services.express or services.engine)
    except (StorageUnavailable, TimeoutError):
        raise _not_ready("The storage does not answer.") from None
    if not current:
        raise _not_ready("The database schema is older than this version: run 'order-relay migrate'.")
    return {"status": "ok"}


def _not_ready(detail: str) -> Problem:
    return Problem("storage-unavailable", detail, headers=retry_after(None))
