"""What happens to the cluster, and how it ends."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tests.failover.stage import Stage


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One that makes the other member the primary."""

    words: str
    strike: Callable[[], object]
    heal: Callable[[], object]
    cut_off: tuple[str, ...] = ()
    """Hosts of the product that are on the old primary's side of a split."""


NAMES = ("host", "cut", "split", "switch")


def fault(name: str, stage: Stage) -> Fault:
    """Against the present primary."""
    cluster, hosts = stage.cluster, stage.hosts
    old = cluster.leader
    aside = (old, "api1", "work1", "web1")
    return {
        "host": Fault(
            words="all of the primary's host killed at once",
            strike=partial(cluster.kill, old),
            heal=partial(cluster.start_again, old),
        ),
        "cut": Fault(
            words="the primary's cable pulled: silence",
            strike=partial(hosts.cut, old),
            heal=partial(hosts.heal, old),
        ),
        "split": Fault(
            words="the primary, an API host, a worker host and a website on one side, all others on the other",
            strike=partial(stage.split, *aside),
            heal=partial(stage.join, *aside),
            cut_off=aside[1:],
        ),
        "switch": Fault(
            words="a planned switchover",
            strike=partial(cluster.switch, cluster.other(old)),
            heal=lambda: None,
        ),
    }[name]
