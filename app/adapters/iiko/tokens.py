"""Access tokens: one per login, shared by all its locations in this process.

A token lives 15 minutes from its issue; use does not prolong it (INFERRED), and it goes with every call. Many calls
that find it old cause one request for a new one. Tokens are in memory only.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from app.adapters.iiko.settings import IikoSettings

RENEW_AFTER_S = 720.0
"""Three minutes before its end: a call that begins now still has a living token when it arrives."""
Clock = Callable[[], float]
Fetch = Callable[[], Awaitable[str]]


class SharedToken:
    """The token of one login. Raises what fetching raises, to everybody who waited for it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._token: str | None = None
        self._fetched_at = 0.0
        self._flight: asyncio.Task[str] | None = None

    async def get(self, fetch: Fetch) -> str:
        """A living token; fetches one if there is none, or waits for the one that is being fetched."""
        if self._token is not None and self._clock() - self._fetched_at < RENEW_AFTER_S:
            return self._token
        if self._flight is None:
            self._flight = asyncio.create_task(self._fetch(fetch))
            self._flight.add_done_callback(self._landed)
        # Shielded: whoever gives up waiting must not take the token from the others.
        return await asyncio.shield(self._flight)

    def forget(self, token: str) -> None:
        """The POS does not take this one any more. A newer one stays."""
        if self._token == token:
            self._token = None

    async def _fetch(self, fetch: Fetch) -> str:
        # Aged from before the request: the POS counts from some moment within it.
        asked_at = self._clock()
        token = await fetch()
        self._token, self._fetched_at = token, asked_at
        return token

    def _landed(self, flight: asyncio.Task[str]) -> None:
        self._flight = None
        if not flight.cancelled():
            flight.exception()  # looked at, so that nobody is told of it when all who waited have gone


class Tokens:
    """The tokens of all logins. The secret is part of the key: a location with a wrong one gets nobody else's token."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._by_login: dict[tuple[str, str, str], SharedToken] = {}

    def of(self, settings: IikoSettings) -> SharedToken:
        """The shared token of these settings' login."""
        login = (settings.base_url, settings.user_id, settings.user_secret.get_secret_value())
        return self._by_login.setdefault(login, SharedToken(self._clock))
