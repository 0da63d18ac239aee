"""Renewing tokens in the sight of all processes (docs/adr/0014).

Whoever has the row's lock renews; who gets it next finds the new pair. A pair is committed before its access token is
used. Here alone a transaction is open during an HTTP call: for ``RENEWAL_S`` at most, on a row that nobody else needs.
"""

import asyncio
import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.adapters.base import Renew
from app.domain.errors import ConfigurationError, Misconfigured, NotSent
from app.relay.oauth_chains import Chain, Chains, seal, unseal
from app.store import pos_tokens
from app.store.database import BUDGET_S, DATABASE_ERRORS, run
from app.store.pos_tokens import StoredTokens
from app.store.secrets import Cipher

RENEWAL_S = 10.0
"""One renewal at the token endpoint, all in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A living access token of a chain. Two are the same question whoever would renew."""

    location_id: str
    first: str = field(repr=False)
    renew: Renew = field(repr=False, compare=False)
    refused: str | None = field(default=None, repr=False)

    @property
    def began_with(self) -> bytes:
        """What the chain is known by."""
        return hashlib.sha256(self.first.encode()).digest()

    @property
    def key(self) -> tuple[str, bytes]:
        """The chain itself."""
        return self.location_id, self.began_with


@dataclass(frozen=True, slots=True, kw_only=True)
class Living:
    """An access token that can be used."""

    access_token: str = field(repr=False)
    good_for_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answered:
    """A pair that the token endpoint gave. Until it is committed, nobody else knows it."""

    used: str = field(repr=False)
    """The refresh token that it cost."""
    chain: Chain


class Renewals:
    """The tokens of all locations, as the database keeps them."""

    def __init__(
        self, engine: AsyncEngine, cipher: Cipher, *, renewal_s: float = RENEWAL_S, saving_s: float = BUDGET_S
    ) -> None:
        self._engine = engine
        self._cipher = cipher
        self._renewal_s = renewal_s
        self._saving_s = saving_s
        self._unsaved: dict[tuple[str, bytes], _Answered] = {}

    async def find(self, wanted: Wanted) -> Living | None:
        """What is stored, if it lives. Raises ConfigurationError, StorageUnavailable and what drivers raise."""
        if answered := self._unsaved.get(wanted.key):
            await self._save_again(wanted, answered)
        stored = await pos_tokens.read(self._engine, wanted.location_id)
        return None if stored is None else self._living(wanted, stored)

    async def renew(self, wanted: Wanted) -> Living:
        """Renews, or finds what somebody else renewed meanwhile. Raises a PosError, and as ``find``."""
        await pos_tokens.make_row(self._engine, wanted.location_id)
        answered: _Answered | None = None
        try:
            async with self._engine.begin() as connection:
                stored = _existing(await pos_tokens.lock(connection, wanted.location_id))
                if living := self._living(wanted, stored):
                    return living
                answered = self._unsaved[wanted.key] = await self._ask(wanted, stored)
                await self._save(connection, wanted, stored, answered.chain)
        except DATABASE_ERRORS:
            if answered is None:
                raise
            # The refresh token is spent, and nobody knows whether its successor is stored. Not by `run` as a whole:
            # it would ask the token endpoint again, with a refresh token that is good for nothing now.
            return _alive(await self._save_again(wanted, answered), stored.now)
        self._forget(wanted, answered)
        return _alive(answered.chain, stored.now)

    async def _ask(self, wanted: Wanted, stored: StoredTokens) -> _Answered:
        chain = self._chain(wanted, stored)
        used = chain.refresh_token if chain else wanted.first
        try:
            async with asyncio.timeout(self._renewal_s):
                pair = await wanted.renew(used)
        except TimeoutError:
            message = f"The token endpoint gave no answer within {self._renewal_s:g} s; nothing was sent to the POS."
            raise NotSent(message) from None
        return _Answered(used=used, chain=Chain.of(pair, asked_at=stored.now))

    async def _save(self, connection: AsyncConnection, wanted: Wanted, stored: StoredTokens, chain: Chain) -> None:
        chains = self._chains(wanted, stored)
        await pos_tokens.save(
            connection,
            wanted.location_id,
            began_with=wanted.began_with,
            tokens=seal(self._cipher, chains, wanted.began_with.hex(), chain),
            expires_at=chain.expires_at,
        )

    async def _save_again(self, wanted: Wanted, answered: _Answered) -> Chain:
        """Stores a pair whose commit failed, or may have; the chain as it is then. May run twice."""

        async def work(connection: AsyncConnection) -> Chain:
            stored = _existing(await pos_tokens.lock(connection, wanted.location_id))
            kept = self._chain(wanted, stored)
            if kept and kept.refresh_token != answered.used:
                return kept  # ours, or one that somebody else has got since
            await self._save(connection, wanted, stored, answered.chain)
            return answered.chain

        chain = await run(self._engine, work, budget=self._saving_s)
        self._forget(wanted, answered)
        return chain

    def _forget(self, wanted: Wanted, answered: _Answered) -> None:
        if self._unsaved.get(wanted.key) is answered:
            del self._unsaved[wanted.key]

    def _living(self, wanted: Wanted, stored: StoredTokens) -> Living | None:
        chain = self._chain(wanted, stored)
        if chain is None or chain.access_token == wanted.refused or chain.good_until <= stored.now:
            return None
        return _alive(chain, stored.now)

    def _chain(self, wanted: Wanted, stored: StoredTokens) -> Chain | None:
        return self._chains(wanted, stored).get(wanted.began_with.hex())

    def _chains(self, wanted: Wanted, stored: StoredTokens) -> Chains:
        try:
            return unseal(self._cipher, stored.tokens)
        except ConfigurationError:
            if stored.began_with == wanted.began_with:
                raise
            return {}  # the key is lost, and a person has given a new refresh token


def _alive(chain: Chain, now: datetime) -> Living:
    return Living(access_token=chain.access_token, good_for_s=(chain.good_until - now).total_seconds())


def _existing(stored: StoredTokens | None) -> StoredTokens:
    if stored is None:
        raise Misconfigured("The location was deleted; nothing was sent to the POS.")
    return stored
