"""The bytes of a request's body, up to a limit; and how a caller is told that there were too many."""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request

from app.api.problems import Problem

BODY_LIMIT = 256 * 1024
CALLBACK_LIMIT = 1024 * 1024
DRAIN_LIMIT = 8 * 1024 * 1024
DRAIN_S = 2.0
"""Of a body that is refused anyway so much is read and thrown away, for so long. Many a client writes its whole body
before it reads, and an answer on a connection that is closed under its hands reaches it as a reset, not as a 413."""


async def read_bytes(request: Request, *, limit: int) -> bytes:
    """The body as it came. Raises Problem 413 where it is over the limit, and keeps no more of it than that."""
    if _declared(request) > limit:
        raise _too_large(limit, ended=await discard(request))
    stream = request.stream()
    chunks: list[bytes] = []
    size = 0
    async for chunk in stream:
        size += len(chunk)
        if size > limit:
            raise _too_large(limit, ended=await _drained(stream))
        chunks.append(chunk)
    return b"".join(chunks)


async def discard(request: Request) -> bool:
    """Reads the body and throws it away; whether it came to its end, so that the connection can be kept."""
    waits = "100-continue" in request.headers.get("expect", "").lower()  # for our word, before it sends the body
    return _declared(request) <= DRAIN_LIMIT and not waits and await _drained(request.stream())


def closing(*, ended: bool) -> dict[str, str]:
    """What is still on its way would be read as the next request: the header that ends the connection then."""
    return {} if ended else {"Connection": "close"}


def _declared(request: Request) -> int:
    length = request.headers.get("content-length", "")
    return int(length[:20]) if length.isdecimal() else 0


async def _drained(stream: AsyncIterator[bytes]) -> bool:
    """Whether the body came to its end in time."""
    size = 0
    try:
        async with asyncio.timeout(DRAIN_S):
            async for chunk in stream:
                size += len(chunk)
                if size > DRAIN_LIMIT:
                    return False
    except TimeoutError:
        return False
    return True


def _too_large(limit: int, *, ended: bool) -> Problem:
    return Problem("payload-too-large", f"The body may have {limit // 1024} KiB.", headers=closing(ended=ended))
