"""Access tokens of this process: held until shortly before their end, and asked for once by all who need one."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from app.adapters.base import Renew
from app.domain.errors import ConfigurationError, Misconfigured, NotSent, StorageUnavailable
from app.relay.oauth_renewal import RENEWAL_S, Living, Renewals, Wanted
from app.relay.sending import boot_clock
from app.store.database import BUDGET_S, DATABASE_ERRORS
from app.store.secrets import Cipher

PATIENCE_S = 12.0
"""Of one call for a token: with the call to the POS after it, it still fits into the budget of a send."""

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    began_with: bytes
    access_token: str = field(repr=False)
    until: float
    """On the process's clock."""


class TokenVault:
    """A ``Vault`` over the database. Use it from one event loop only, and close it before the adapters."""

    def __init__(
        self,
        engine: AsyncEngine,
        cipher: Cipher,
        *,
        clock: Callable[[], float] = boot_clock,
        renewal_s: float = RENEWAL_S,
        saving_s: float = BUDGET_S,
    ) -> None:
        """``engine``: its statements may wait for a lock, and nobody else misses its connections meanwhile."""
        self._renewals = Renewals(engine, cipher, renewal_s=renewal_s, saving_s=saving_s)
        self._clock = clock
        self._held: dict[str, _Held] = {}
        self._flights: dict[Wanted, asyncio.Task[str]] = {}

    async def access_token(self, location_id: str, *, first: str, renew: Renew, refused: str | None = None) -> str:
        """A living access token. Raises what ``renew`` raises; NotSent where the storage is away or a renewal takes
        too long, Misconfigured where the stored tokens cannot be decrypted.
        """
        wanted = Wanted(location_id=location_id, first=first, renew=renew, refused=refused)
        if held := self._living(wanted):
            return held
        flight = self._flights.get(wanted)
        if flight is None:
            flight = self._flights[wanted] = asyncio.create_task(self._fly(wanted))
            flight.add_done_callback(lambda _: self._landed(wanted))
        # Not awaited itself: whoever gives up must not take an answer with it that cost a refresh token.
        await asyncio.wait({flight}, timeout=PATIENCE_S)
        if not flight.done():
            raise NotSent("There was no new access token in time; nothing was sent to the POS.")
        return flight.result()

    async def aclose(self) -> None:
        """Waits for the renewals that run, for what they bring would be lost."""
        await asyncio.gather(*self._flights.values(), return_exceptions=True)

    def _living(self, wanted: Wanted) -> str | None:
        held = self._held.get(wanted.location_id)
        if held is None or held.began_with != wanted.began_with or held.access_token == wanted.refused:
            return None
        return held.access_token if self._clock() < held.until else None

    def _landed(self, wanted: Wanted) -> None:
        flight = self._flights.pop(wanted)
        if not flight.cancelled():
            flight.exception()  # looked at, so that nobody is told of it when all who waited have gone

    async def _fly(self, wanted: Wanted) -> str:
        asked_at = self._clock()
        living = await self._reach(wanted)
        self._held[wanted.location_id] = _Held(
            began_with=wanted.began_with, access_token=living.access_token, until=asked_at + living.good_for_s
        )
        return living.access_token

    async def _reach(self, wanted: Wanted) -> Living:
        """Every error as one that tells the dispatcher that nothing was sent."""
        try:
            found = await self._renewals.find(wanted)
            if found is None:
                found = await self._renewals.renew(wanted)
                log.info("OAuth renewed", location=wanted.location_id, good_for_s=round(found.good_for_s))
        except ConfigurationError as error:
            raise Misconfigured(str(error)) from error
        except (StorageUnavailable, *DATABASE_ERRORS) as error:
            log.warning("OAuth not reached", location=wanted.location_id, error=type(error).__name__)
            message = "PostgreSQL did not give or take the OAuth tokens; nothing was sent to the POS."
            raise NotSent(message) from error
        return found
