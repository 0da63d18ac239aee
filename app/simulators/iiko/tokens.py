"""Access tokens: 15 minutes, not prolonged by use (INFERRED), several alive at once (INFERRED)."""

import secrets
from collections.abc import Callable

TOKENS_KEPT = 10_000


class Tokens:
    """`elapsed` is a clock in simulated seconds."""

    def __init__(self, *, ttl_s: float, elapsed: Callable[[], float]) -> None:
        self._ttl_s = ttl_s
        self._elapsed = elapsed
        self._ends: dict[str, float] = {}
        self.issued = 0

    def issue(self) -> str:
        """87 URL-safe characters ending in a digit, as real ones look."""
        token = secrets.token_urlsafe(64) + "2"
        while len(self._ends) >= TOKENS_KEPT:
            self._ends.pop(next(iter(self._ends)))
        self._ends[token] = self._elapsed() + self._ttl_s
        self.issued += 1
        return token

    def valid(self, token: str) -> bool:
        return self._ends.get(token, float("-inf")) > self._elapsed()

    def revoke(self) -> int:
        """Every token dies; answers how many there were."""
        count = len(self._ends)
        self._ends.clear()
        return count
