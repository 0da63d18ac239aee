"""How long and how often: a run in full takes less than 40 minutes on two calm cores, a quick one less than eight."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Loads are bounded by these. Seconds, unless a name says otherwise."""

    quick: bool
    """Without the contenders that nobody compares ratios with."""
    budget_s: float
    """What has not begun by then is not measured."""
    rounds: int = 3
    seconds: float
    """Of each measured load."""
    warm_up_s: float
    slow_disk_s: float
    """Of each load on the slow disk."""
    backlog: int
    """Orders that wait when a worker starts to deliver."""
    drain_s: float
    """Of each measured delivery, at most."""
    waiting: int
    finished: int
    """Orders in full tables."""
    fill_s: float
    """To fill them, at most. What was reached by then is told."""
    pipeline_s: float
    idle_orders: int
    """One at a time, in each round."""
    hanging_s: float
    hanging_rate: float
    """Orders a second over all locations."""
    locations: int
    """Of which half hangs."""
    waiting_clients: int
    watch_s: float
    """How long the database is watched while they wait."""
    memory_s: float
    """How long orders go through before the processes' memory is looked at."""
    calm_s: float
    """How long we wait for others to leave the machine alone, all in all."""


FULL = Pace(
    quick=False,
    budget_s=2200.0,
    seconds=4.0,
    warm_up_s=1.0,
    slow_disk_s=3.0,
    backlog=30_000,
    drain_s=6.0,
    waiting=1_000_000,
    finished=10_000_000,
    fill_s=420.0,
    pipeline_s=6.0,
    idle_orders=100,
    hanging_s=20.0,
    hanging_rate=60.0,
    locations=1000,
    waiting_clients=2000,
    watch_s=8.0,
    memory_s=90.0,
    calm_s=60.0,
)
QUICK = Pace(
    quick=True,
    budget_s=390.0,
    seconds=1.0,
    warm_up_s=0.3,
    slow_disk_s=1.0,
    backlog=8_000,
    drain_s=2.0,
    waiting=50_000,
    finished=500_000,
    fill_s=60.0,
    pipeline_s=1.5,
    idle_orders=60,
    hanging_s=4.0,
    hanging_rate=60.0,
    locations=1000,
    waiting_clients=2000,
    watch_s=3.0,
    memory_s=8.0,
    calm_s=3.0,
)
SMOKE = Pace(
    quick=False,
    budget_s=1200.0,
    rounds=1,
    seconds=0.4,
    warm_up_s=0.2,
    slow_disk_s=0.4,
    backlog=300,
    drain_s=2.0,
    waiting=2_000,
    finished=5_000,
    fill_s=30.0,
    pipeline_s=0.4,
    idle_orders=10,
    hanging_s=1.5,
    hanging_rate=20.0,
    locations=40,
    waiting_clients=50,
    watch_s=1.0,
    memory_s=1.0,
    calm_s=0.0,
)
"""Shows that everything runs, and measures nothing."""
