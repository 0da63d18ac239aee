"""Who takes part in accepting orders, and how each is started with an empty database."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from bench.house import Served
from bench.peers import PEERS
from bench.peers.peer import Peer
from bench.suite.stage import Stage

Opened = Callable[[Stage], AbstractAsyncContextManager[Served]]
COMPARED = ("orm", "procrastinate", "pgqueuer")
SINGLE = {"ORDER_RELAY_INTAKE_BATCH": "1"}


@dataclass(frozen=True, kw_only=True)
class Contender:
    """One of them."""

    name: str
    words: str
    opened: Opened
    expected: bytes = b"202"
    """What the status of its answers begins with."""
    why_not: str | None = None
    """It cannot run here."""
    durable: bool = True


def ours(sending: str, settings: dict[str, str] | None = None) -> Opened:
    """order-relay with empty tables."""

    @asynccontextmanager
    async def opened(stage: Stage) -> AsyncIterator[Served]:
        await stage.clear()
        with stage.relay(sending, settings=settings) as served:
            yield served

    return opened


@asynccontextmanager
async def plain(stage: Stage) -> AsyncIterator[Served]:
    """The framework's ceiling."""
    with stage.plain() as served:
        yield served


def theirs(peer: Peer, *, workers: bool) -> Opened:
    """A contender with an empty database of its own."""

    @asynccontextmanager
    async def opened(stage: Stage) -> AsyncIterator[Served]:
        await stage.at_pos("POST", "/_forget")
        database = await peer.prepared(stage.house.database)
        await stage.checkpoint()
        with stage.peer(peer, database, workers=workers) as served:
            yield served

    return opened


def accepting(*, quick: bool) -> Sequence[Contender]:
    """Those that accept orders, the ceiling first."""
    more = (
        Contender(name="relay_both", words="order-relay, API + worker in one", opened=ours("inside")),
        Contender(name="relay_apart", words="order-relay, API + worker apart", opened=ours("beside")),
    )
    return (
        Contender(name="plain", words="plain FastAPI route, only validates", opened=plain, durable=False),
        Contender(name="relay", words="order-relay, API", opened=ours("no")),
        Contender(name="relay_single", words="order-relay, a statement per order", opened=ours("no", SINGLE)),
        *(() if quick else more),
        *(accepting_peer(peer) for peer in peers(quick=quick)),
    )


def peers(*, quick: bool) -> Sequence[Peer]:
    """A quick run leaves out those that no ratio is taken of."""
    return [peer for peer in PEERS if not quick or peer.name in COMPARED]


def accepting_peer(peer: Peer) -> Contender:
    return Contender(
        name=peer.name,
        words=peer.words,
        opened=theirs(peer, workers=False),
        expected=b"2",
        why_not=peer.available(),
        durable=peer.durable,
    )
