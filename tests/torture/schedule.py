"""The seeded schedule: which fault comes next, how long after the one before, and with which dice. Pure."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.torture.kinds import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """One fault."""

    number: int
    kind: Kind
    pause_s: float
    """After the strike before."""
    seed: int
    """Of whatever else is left to chance in it."""

    def dice(self) -> random.Random:
        return random.Random(self.seed)


def schedule(seed: int, kinds: Sequence[Kind], *, longest_pause_s: float) -> Iterator[Strike]:
    """Without an end, in rounds: each round has every kind once, in an order of its own. The same seed and kinds give
    the same schedule."""
    dice = random.Random(f"schedule {seed}")
    number = 0
    while True:
        for kind in dice.sample(sorted(kinds), len(kinds)):
            yield Strike(
                number=number,
                kind=kind,
                pause_s=dice.uniform(0.2, longest_pause_s),
                seed=dice.getrandbits(32),
            )
            number += 1
