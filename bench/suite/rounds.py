"""Rounds: every contender once, then again, so that what changes on the machine meets all of them alike. A contender
that fails is reported, and ends nothing."""

import statistics
import sys
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.machine import Shares, wait_until_calm


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One measured run of one contender: numbers by name, larger or smaller is better as the name says."""

    numbers: Mapping[str, float]
    shares: Shares
    """Cores used meanwhile."""


@dataclass(frozen=True, kw_only=True)
class Findings:
    """All runs of one measurement."""

    words: str
    """What was measured, for the head of a table."""
    contenders: Mapping[str, str]
    """Name to words, in the order of a round; the first is what the others are compared with."""
    samples: Mapping[str, Sequence[Sample]]
    """By contender; those that failed have fewer of them, or none."""
    failures: Mapping[str, str]
    """Why."""
    notes: Sequence[str] = ()

    def values(self, contender: str, number: str) -> list[float]:
        """Of all runs that have it."""
        return [one.numbers[number] for one in self.samples.get(contender, ()) if number in one.numbers]

    def median(self, contender: str, number: str) -> float | None:
        """Of the rounds; None where nothing was measured."""
        values = self.values(contender, number)
        return statistics.median(values) if values else None

    def ratio(self, contender: str, other: str, number: str) -> float | None:
        """Taken round by round, and the median of them; None where one of the two was not measured."""
        mine, theirs = self.values(contender, number), self.values(other, number)
        ratios = [one / two for one, two in zip(mine, theirs, strict=False) if two]
        return statistics.median(ratios) if ratios else None

    def cores(self, contender: str) -> dict[str, float]:
        """By part of it: the median of the rounds. `others`: everybody else's, the worst round."""
        runs = self.samples.get(contender, ())
        if not runs:
            return {}
        shares = {
            name: statistics.median(run.shares.parts.get(name, 0.0) for run in runs) for name in runs[0].shares.parts
        }
        others = [run.shares.others for run in runs if run.shares.others is not None]
        return {**shares, **({"others": max(others)} if others else {})}


@dataclass(kw_only=True)
class Patience:
    """How long we wait for others to leave the machine alone, all in all, in seconds."""

    left_s: float

    def until_calm(self) -> None:
        if self.left_s > 0:
            self.left_s -= wait_until_calm(self.left_s)


@dataclass(kw_only=True)
class Rounds:
    """Runs contenders in turns."""

    words: str
    rounds: int
    patience: Patience
    contenders: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    _runs: dict[str, Callable[[int], Awaitable[Sample]]] = field(default_factory=dict)
    _samples: dict[str, list[Sample]] = field(default_factory=dict)
    _failures: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, words: str, run: Callable[[int], Awaitable[Sample]]) -> None:
        """A contender; `run` gets the number of the round."""
        self.contenders[name] = words
        self._runs[name] = run

    def cannot(self, name: str, words: str, why: str) -> None:
        """A contender that does not run here."""
        self.contenders[name] = words
        self._failures[name] = why

    async def all(self) -> Findings:
        """Every contender in every round; one that failed twice is not tried again."""
        for number in range(self.rounds):
            for name, run in self._runs.items():
                if self._failed_twice(name):
                    continue
                await self._one(number, name, run)
        return Findings(
            words=self.words,
            contenders=self.contenders,
            samples=self._samples,
            failures=self._failures,
            notes=self.notes,
        )

    async def _one(self, number: int, name: str, run: Callable[[int], Awaitable[Sample]]) -> None:
        self.patience.until_calm()
        try:
            sample = await run(number)
        except Exception as error:  # whatever it is, the others go on
            failed = f"round {number + 1}: {type(error).__name__}: {str(error)[:400]}"
            self._failures[name] = f"{self._failures[name]}; {failed}" if name in self._failures else failed
            tell(f"{self.words}: {self.contenders[name]}: {failed}")
            tell(traceback.format_exc())
            return
        self._samples.setdefault(name, []).append(sample)
        said = ", ".join(f"{key} {value:,.4g}" for key, value in sample.numbers.items())
        tell(f"{self.words}, round {number + 1}: {self.contenders[name]}: {said}")

    def _failed_twice(self, name: str) -> bool:
        return "; " in self._failures.get(name, "")


def tell(words: str) -> None:
    """Progress, on standard error."""
    print(words, file=sys.stderr, flush=True)
