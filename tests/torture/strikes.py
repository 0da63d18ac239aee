"""How each fault is done."""

import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from app.simulators.iiko.subject import CREATE
from tests.torture.kinds import Kind
from tests.torture.postgres import AWAY
from tests.torture.schedule import Strike
from tests.torture.stage import LEASE_S, Stage

Act = Callable[[random.Random], Awaitable[str | None]]
"""Does it, and says what it did; None: there was nothing to strike at."""
WORKERS = ("worker-1", "worker-2")
JUMPS_S = (-7 * 86_400, -3600, -45, 45, 3600, 7 * 86_400)
POS_KINDS: dict[Kind, tuple[dict[str, Any], ...]] = {
    Kind.POS_HANG: ({"kind": "hang"}, {"kind": "hang_before"}),
    Kind.POS_DRIP: ({"kind": "slow_body", "seconds": 9},),
    Kind.POS_DROP_BEFORE: ({"kind": "drop_before"}, {"kind": "reset_before"}),
    Kind.POS_DROP_AFTER: ({"kind": "drop_after"}, {"kind": "reset_after"}, {"kind": "cut_body"}),
    Kind.POS_500: ({"kind": "error_500_html"}, {"kind": "error_500_html", "created": True}),
    Kind.POS_503: ({"kind": "status", "status": 503}, {"kind": "status", "status": 503, "created": True}),
    Kind.POS_429: ({"kind": "rate_limited", "retry_after": 2},),
    Kind.POS_GARBAGE: ({"kind": "garbage"}, {"kind": "garbage_before"}),
}
LONGEST_STRIKE_S = 10.0
MOST_REQUESTS = 12
"""That one such fault spoils."""


class Striker:
    """Does them, and counts what was done."""

    def __init__(self, stage: Stage, skipped: dict[Kind, str]) -> None:
        self.counts: Counter[Kind] = Counter()
        self.requests_spoiled = 0
        self._stage = stage
        self._skipped = skipped
        self._acts: dict[Kind, Act] = {
            Kind.KILL_API: self._killer("api"),
            Kind.KILL_WORKER: self._killer(*WORKERS),
            Kind.KILL_IIKO: self._killer("iiko"),
            Kind.KILL_IKENTOO: self._killer("ikentoo"),
            Kind.FREEZE_WORKER: self._freeze_worker,
            Kind.CLOCK_JUMP: self._clock_jump,
            Kind.KILL_POSTGRES: self._kill_postgres,
            Kind.KILL_BACKEND: self._kill_backend,
            Kind.RESTART_POSTGRES: self._restart_postgres,
            Kind.FREEZE_POSTGRES: self._freeze_postgres,
            Kind.CUT_CONNECTIONS: self._cut_connections,
            Kind.DISK_FULL: self._disk_full,
            Kind.LATE_CALLBACKS: self._late_callbacks,
            Kind.CHANGE_IDS: self._change_ids,
            **{kind: self._pos(kind) for kind in POS_KINDS},
        }

    async def strike(self, strike: Strike) -> str | None:
        """What was done, in words; None: skipped here, or there was nothing to strike at."""
        if strike.kind in self._skipped:
            return None
        try:
            done = await self._acts[strike.kind](strike.dice())
        except AWAY:
            return None  # the database is struck down already
        if done is not None:
            self.counts[strike.kind] += 1
        return done

    def _killer(self, *names: str) -> Act:
        async def kill(dice: random.Random) -> str | None:
            name = dice.choice(names)
            return name if self._stage.kill(name) else None

        return kill

    async def _freeze_worker(self, dice: random.Random) -> str:
        name, seconds = dice.choice(WORKERS), LEASE_S + dice.uniform(1, 5)
        self._stage.freeze(name, seconds)
        return f"{name} for {seconds:.1f} s"

    async def _clock_jump(self, dice: random.Random) -> str:
        seconds = dice.choice(JUMPS_S)
        self._stage.set_clock(seconds)
        return f"{seconds:+d} s"

    async def _kill_postgres(self, dice: random.Random) -> str:
        self._stage.database.kill9()
        return "started again at once"

    async def _restart_postgres(self, dice: random.Random) -> str:
        self._stage.database.stop_immediately()
        return "immediate shutdown"

    async def _freeze_postgres(self, dice: random.Random) -> str:
        database, seconds = self._stage.database, dice.uniform(3, 9)
        database.freeze()
        self._stage.later(seconds, lambda: database.freeze(signal.SIGCONT))
        return f"for {seconds:.1f} s"

    async def _kill_backend(self, dice: random.Random) -> str | None:
        rows = await self._stage.database.fetch(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            " ORDER BY pid"
        )
        if not rows:
            return None
        self._stage.database.kill_process(dice.choice(rows)["pid"])
        return "one of them"

    async def _cut_connections(self, dice: random.Random) -> str:
        rows = await self._stage.database.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return f"{len(rows)} connections"

    async def _disk_full(self, dice: random.Random) -> str:
        database, seconds = self._stage.database, dice.uniform(2, 6)
        database.fill()
        self._stage.later(seconds, database.make_room)
        return f"for {seconds:.1f} s"

    def _pos(self, kind: Kind) -> Act:
        async def spoil(dice: random.Random) -> str:
            url, endpoint = dice.choice(((self._stage.iiko_url, CREATE), (self._stage.ikentoo_url, "toGo")))
            fault = {**dice.choice(POS_KINDS[kind]), "times": dice.randint(2, MOST_REQUESTS)}
            # Sometimes everything that it can be asked for, not only that orders are made.
            match = {} if dice.random() < 0.3 and "created" not in fault else {"endpoint": endpoint}
            self._stage.control(url, "POST", "/_sim/faults", {**fault, "match": match})
            # By the clock, too: of a POS that is backed off from, few requests are left to spoil.
            self._stage.later(dice.uniform(5, 15), lambda: self._stage.control(url, "DELETE", "/_sim/faults"))
            self.requests_spoiled += fault["times"]
            return f"{endpoint if match else 'everything'}: {fault}"

        return spoil

    async def _late_callbacks(self, dice: random.Random) -> str | None:
        stage = self._stage
        answer = stage.control(stage.ikentoo_url, "GET", "/_sim/orders?state=queued&limit=200")
        if answer is None or not answer.is_success:
            return None
        silent = [row["reference"] for row in answer.json() if "silence" in row["knobs"]]
        if not silent:
            return None
        chosen = dice.sample(silent, (len(silent) + 1) // 2)[:10]
        ends = time.monotonic() + LONGEST_STRIKE_S
        done = 0
        for reference in chosen:
            if time.monotonic() > ends:  # it has thousands of its own to send first
                break
            word = {"reference": reference, "word": "SUCCESS"}
            stage.control(stage.ikentoo_url, "POST", "/_sim/callbacks", word, patience_s=LONGEST_STRIKE_S)
            done += 1
        return f"{done} orders"

    async def _change_ids(self, dice: random.Random) -> str:
        kind = dice.choice(("terminals", "order_types", "payment_types"))
        self._stage.control(self._stage.iiko_url, "POST", "/_sim/rotate", {"kind": kind})
        return kind
