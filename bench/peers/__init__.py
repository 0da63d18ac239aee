"""The contenders, as the runner sees them. What runs is in `bench/contenders`, in an environment of its own."""

from collections.abc import Sequence

from bench.peers.celery_redis import CELERY
from bench.peers.node_red import NODE_RED
from bench.peers.peer import DELIVERIES, WORDS, Peer, Served, callback
from bench.peers.services import ORM, PGQUEUER, PROCRASTINATE

__all__ = ["DELIVERIES", "PEERS", "WORDS", "Peer", "Served", "callback"]

PEERS: Sequence[Peer] = (ORM, PROCRASTINATE, PGQUEUER, CELERY, NODE_RED)
