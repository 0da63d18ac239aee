"""The HTTP client of the asynchronous workers."""

import aiohttp

from bench.contenders.model import DELIVER_TO, DELIVERIES, TIMEOUT_S

JSON = {"Content-Type": "application/json"}


def client() -> aiohttp.ClientSession:
    """Its pool is what limits the deliveries under way at once."""
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=TIMEOUT_S, sock_read=TIMEOUT_S)
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=DELIVERIES), timeout=timeout)


async def send(session: aiohttp.ClientSession, body: str) -> int:
    """The status of the answer. Raises where it is no success."""
    async with session.post(DELIVER_TO, data=body, headers=JSON) as answer:
        await answer.read()
        answer.raise_for_status()
        return answer.status
