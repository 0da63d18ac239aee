"""The clock of the venue: real dates on the wall, fast durations."""

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.simulators.clock import Clock


class VenueClock(Clock):
    """Counts simulated seconds by the factor; dates stay real, since clients send real dates."""

    def __init__(self, factor: float, timezone: str) -> None:
        super().__init__(factor)
        self._zone = ZoneInfo(timezone)
        self._simulated_s = 0.0
        self._counted_at = time.monotonic()

    def local(self) -> datetime:
        """The venue's wall clock, without a zone: as Iiko's times are."""
        return self.now().astimezone(self._zone).replace(tzinfo=None)

    def elapsed_s(self) -> float:
        """Simulated seconds since the start."""
        at = time.monotonic()
        self._simulated_s += (at - self._counted_at) * self.factor
        self._counted_at = at
        return self._simulated_s

    def real(self, simulated_s: float) -> timedelta:
        """How long so many simulated seconds take."""
        return timedelta(seconds=simulated_s / self.factor)

    def change(self, *, factor: float | None = None, skew_s: float | None = None) -> None:
        """What has passed so far counts by the old factor."""
        self.elapsed_s()
        super().change(factor=factor, skew_s=skew_s)
