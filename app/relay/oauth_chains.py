"""What is stored of OAuth tokens: the living pair of each refresh token that a person has typed in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from app.adapters.base import TokenPair
from app.store.secrets import Cipher

MARGIN_S = 60.0
"""Renewed so long before the end (a tenth of a short life): a call that begins now arrives with a living token."""
KEPT = 2
"""Chains of a location. A process that still has the settings of before a PUT goes on with the old one, and neither
spends the new refresh token nor overwrites what came of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The last pair of a chain."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    good_until: datetime
    """By the database's clock; the margin is off already."""
    expires_at: datetime

    @classmethod
    def of(cls, pair: TokenPair, *, asked_at: datetime) -> Self:
        """``asked_at``: before the question, since the token's life began at some moment within it."""
        life = timedelta(seconds=pair.expires_in_s)
        return cls(
            access_token=pair.access_token,
            refresh_token=pair.refresh_token,
            good_until=asked_at + life - min(timedelta(seconds=MARGIN_S), life / 10),
            expires_at=asked_at + life,
        )


Chains = Mapping[str, Chain]
"""By the SHA-256 of the refresh token that each began with, in hexadecimal. The one in use comes first."""


def unseal(cipher: Cipher, stored: bytes) -> Chains:
    """Raises ConfigurationError where no key fits."""
    return {began_with: _read(chain) for began_with, chain in cipher.decrypt(stored).items()}


def seal(cipher: Cipher, chains: Chains, began_with: str, chain: Chain) -> bytes:
    """The chains with this one in front, and as few of the others as are kept."""
    others = {name: other for name, other in chains.items() if name != began_with}
    kept = [(began_with, chain), *others.items()][:KEPT]
    return cipher.encrypt({name: _written(each) for name, each in kept})


def _written(chain: Chain) -> str:
    return json.dumps(
        {
            "access_token": chain.access_token,
            "refresh_token": chain.refresh_token,
            "good_until": chain.good_until.isoformat(),
            "expires_at": chain.expires_at.isoformat(),
        }
    )


def _read(text: str) -> Chain:
    stored = json.loads(text)
    return Chain(
        access_token=stored["access_token"],
        refresh_token=stored["refresh_token"],
        good_until=datetime.fromisoformat(stored["good_until"]),
        expires_at=datetime.fromisoformat(stored["expires_at"]),
    )
