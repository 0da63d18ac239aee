"""A token endpoint as the vault sees it: refresh tokens are good for one use."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.adapters.base import TokenPair
from app.domain.errors import AccessDenied
from app.relay.oauth_chains import seal, unseal
from app.store import locations
from app.store.locations import NewLocation
from app.store.secrets import Cipher
from app.store.tables import pos_tokens

LOCATION = "geneva-1"
FIRST = "planted-refresh-token-0"
CIPHER = Cipher([Fernet.generate_key().decode()])


async def _nothing() -> None:
    """Nothing happens between the answer and its storage."""


@dataclass
class Issuer:
    """Gives pairs for the one refresh token that is good."""

    good: str = FIRST
    expires_in_s: float = 1500.0
    asked: int = 0
    renewals: int = 0
    meanwhile: Callable[[], Awaitable[None]] = _nothing
    """Happens after a pair was made, and before it is known to anybody."""
    asking: asyncio.Event = field(default_factory=asyncio.Event)

    async def renew(self, refresh_token: str) -> TokenPair:
        self.asked += 1
        self.asking.set()
        if refresh_token != self.good:
            raise AccessDenied("Reconnect.")
        self.renewals += 1
        self.good = f"planted-refresh-token-{self.renewals}"
        pair = TokenPair(
            access_token=f"planted-access-token-{self.renewals}",
            refresh_token=self.good,
            expires_in_s=self.expires_in_s,
        )
        await self.meanwhile()
        return pair


async def make_location(engine: AsyncEngine, location_id: str = LOCATION) -> None:
    """The row that tokens belong to."""
    new = NewLocation(
        location_id=location_id,
        settings={"pos": {"system": "ikentoo"}},
        secrets=b"",
        secret_names=[],
        pos_system="ikentoo",
        callback_key=f"key-of-{location_id}",
        venue=location_id,
        max_in_flight=4,
        rate_per_s=None,
    )
    await locations.put(engine, new, replaces=None)


async def stored(engine: AsyncEngine) -> dict[str, Any]:
    """What the database keeps of the location's tokens."""
    async with engine.connect() as connection:
        return dict((await connection.execute(pos_tokens.select())).mappings().one())


async def outlive(engine: AsyncEngine, seconds: float) -> None:
    """So much time passes for what is stored."""
    row = await stored(engine)
    chains = unseal(CIPHER, row["tokens"])
    ago = timedelta(seconds=seconds)
    (began_with, chain), *_ = chains.items()
    older = replace(chain, good_until=chain.good_until - ago, expires_at=chain.expires_at - ago)
    values = {"tokens": seal(CIPHER, chains, began_with, older), "expires_at": row["expires_at"] - ago}
    async with engine.begin() as connection:
        await connection.execute(pos_tokens.update().values(values))


async def until(engine: AsyncEngine, question: str, **about: str) -> None:
    """Until the database says yes."""
    async with asyncio.timeout(10), engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        while not await connection.scalar(text(question), about):  # noqa: ASYNC110 - it announces none of this
            await asyncio.sleep(0.01)
