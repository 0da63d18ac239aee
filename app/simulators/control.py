"""What every POS simulator shares: faults on demand and a journal of what came in.

Nothing in here knows a POS. `clock.py` is a clock that can run fast, `gate.py` applies the faults to the connection,
`console.py` is the control API under `/_sim`.
"""

import re
from collections import OrderedDict, deque
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from app.simulators.clock import Clock, Signal

__all__ = [
    "TRANSPORT_FAULTS",
    "Clock",
    "Fault",
    "Faults",
    "Journal",
    "Match",
    "Received",
    "Signal",
    "Subject",
    "fault_from",
]

# Each fault that any HTTP service can have, and whether the order is created all the same (a fault may say otherwise).
TRANSPORT_FAULTS = {
    "delay": True,  # created at once, answered after `seconds`
    "hang": True,  # created, never answered
    "hang_before": False,
    "drop_before": False,  # the connection is closed without one byte of an answer
    "drop_after": True,
    "reset_before": False,  # the same with a TCP reset
    "reset_after": True,
    "error_500_html": False,
    "status": False,  # any `status`
    "rate_limited": False,  # 429 with Retry-After
    "garbage": True,  # 200 with `reason`, or with something that is not JSON
    "garbage_before": False,
    "slow_body": True,  # the body trickles in over `seconds`
    "cut_body": True,  # the connection is closed in the middle of the body
}


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What one request is about, as its simulator reads it; `note` is the text in which marks are looked for."""

    endpoint: str = ""
    reference: str | None = None
    location: str | None = None
    skus: frozenset[str] = frozenset()
    note: str = ""
    creates: bool = False


@dataclass(frozen=True, kw_only=True)
class Match:
    """Which requests a fault is for: all given values must fit, none given fits everything."""

    endpoint: str | None = None
    reference: str | None = None
    location: str | None = None
    sku: str | None = None

    def fits(self, subject: Subject) -> bool:
        """Tell whether the subject is meant."""
        return (
            self.endpoint in (None, subject.endpoint)
            and self.reference in (None, subject.reference)
            and self.location in (None, subject.location)
            and (self.sku is None or self.sku in subject.skus)
        )


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that shall go wrong. `times` None means for ever; `after` lets the first n matching requests pass.

    `seconds` are real ones, whatever the clock factor is: a fault of the connection is about the client's time-outs.
    """

    kind: str
    match: Match = Match()
    times: int | None = None
    after: int = 0
    seconds: float = 0.0
    status: int = 500
    retry_after: int = 1
    reason: str | None = None
    word: str | None = None
    count: int = 2
    created: bool | None = None

    @property
    def creates(self) -> bool:
        """Tell whether the request takes effect although the answer is spoiled."""
        return TRANSPORT_FAULTS.get(self.kind, True) if self.created is None else self.created


def fault_from(data: dict[str, Any]) -> Fault:
    """Read a fault from JSON or from a mark; raises ValueError naming what is wrong."""
    defaults = asdict(Fault(kind=""))
    known = {each.name for each in fields(Fault)}
    if unknown := set(data) - known:
        msg = f"unknown field {sorted(unknown)[0]!r}; known are {sorted(known)}"
        raise ValueError(msg)
    match = data.get("match") or {}
    if not isinstance(match, dict) or set(match) - {each.name for each in fields(Match)}:
        msg = "match takes endpoint, reference, location, sku"
        raise ValueError(msg)
    values = {name: _as_type(name, value, defaults[name]) for name, value in data.items() if name != "match"}
    return Fault(**values, match=Match(**{name: str(value) for name, value in match.items()}))


def _as_type(name: str, value: Any, default: Any) -> Any:
    if name == "times":
        return int(value) if value not in (None, "all") else None
    if name == "created":
        return None if value is None else str(value).lower() in ("true", "yes", "1")
    if isinstance(default, int | float):
        return type(default)(value)
    return None if value is None else str(value)


_MARK = re.compile(r"\[sim:([a-z0-9_]+)((?:\s+[a-z_]+=[^\s\]]+)*)\]")


def marks(note: str) -> Iterator[tuple[str, Fault]]:
    """Find `[sim:kind key=value]` in an order's note. A mark works once per reference unless `times=all`."""
    for found in _MARK.finditer(note):
        data: dict[str, Any] = dict(pair.split("=", 1) for pair in found[2].split())
        try:
            yield found[0], fault_from({"times": 1, **data, "kind": found[1]})
        except ValueError:
            continue  # a mark that cannot be read is only text


@dataclass
class _Planted:
    fault: Fault
    seen: int = 0
    used: int = 0


class Faults:
    """The faults that are planted now."""

    def __init__(self, known: Collection[str], *, most: int = 100_000) -> None:
        """Accept the `known` kinds; remember the marks of the last `most` orders."""
        self.known = frozenset(known) | TRANSPORT_FAULTS.keys()
        self._planted: dict[int, _Planted] = {}
        self._last_id = 0
        self._marked: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._most = most

    def add(self, fault: Fault) -> int:
        """Plant a fault and answer its id; raises ValueError for an unknown kind."""
        if fault.kind not in self.known:
            msg = f"unknown kind {fault.kind!r}; known are {sorted(self.known)}"
            raise ValueError(msg)
        self._last_id += 1
        self._planted[self._last_id] = _Planted(fault)
        return self._last_id

    def clear(self, fault_id: int | None = None) -> None:
        """Forget one fault, or all."""
        if fault_id is None:
            self._planted.clear()
            self._marked.clear()
        else:
            self._planted.pop(fault_id, None)

    def listing(self) -> list[dict[str, Any]]:
        """List each fault with how often it was seen and used."""
        return [
            {"id": number, **asdict(planted.fault), "seen": planted.seen, "used": planted.used}
            for number, planted in self._planted.items()
        ]

    def take(self, subject: Subject, kinds: Collection[str]) -> Fault | None:
        """Use up and answer the first fault for this request, the order's own marks first."""
        return next(self._due(subject, kinds), None)

    def take_all(self, subject: Subject, kinds: Collection[str]) -> dict[str, Fault]:
        """Use up all faults for this request, by kind; the first of a kind wins."""
        taken: dict[str, Fault] = {}
        for fault in self._due(subject, kinds):
            taken.setdefault(fault.kind, fault)
        return taken

    def _due(self, subject: Subject, kinds: Collection[str]) -> Iterator[Fault]:
        for text, fault in marks(subject.note):
            if fault.kind in kinds and self._mark_is_due(subject, text, fault):
                yield fault
        for planted in list(self._planted.values()):
            fault = planted.fault
            if fault.kind not in kinds or not fault.match.fits(subject):
                continue
            planted.seen += 1
            if planted.seen > fault.after and (fault.times is None or planted.used < fault.times):
                planted.used += 1
                yield fault

    def _mark_is_due(self, subject: Subject, text: str, fault: Fault) -> bool:
        key = (subject.reference or "", text)
        seen = self._marked[key] = self._marked.get(key, 0) + 1
        while len(self._marked) > self._most:
            self._marked.popitem(last=False)
        return seen > fault.after and (fault.times is None or seen <= fault.after + fault.times)


@dataclass(kw_only=True)
class Received:
    """One request as it came in, and how it was answered (`status` None: it got no answer)."""

    seq: int
    at: datetime
    method: str
    path: str
    query: str
    body: str
    endpoint: str
    reference: str | None
    status: int | None = None
    fault: str | None = None
    notes: list[str] = field(default_factory=list)


_QUERY_SECRET = re.compile(r"((?:^|&)(?:access_token|user_secret|password|token)=)[^&]*")
_BODY_SECRET = re.compile(r'("(?:password|user_secret|access_token|refresh_token)"\s*:\s*")(?:[^"\\]|\\.)*"')
_FORM_SECRET = re.compile(r"((?:^|&)(?:client_secret|refresh_token|password)=)[^&]*")


def _masked(body: str) -> str:
    masked = _BODY_SECRET.sub(r'\1***"', body)
    return masked if body.lstrip().startswith(("{", "[")) else _FORM_SECRET.sub(r"\1***", masked)


class Journal:
    """The last requests, oldest first, and how often each order reference was asked to be created."""

    def __init__(self, *, most: int = 100_000, signal: Signal | None = None) -> None:
        """Keep the last `most` requests."""
        self.entries: deque[Received] = deque(maxlen=most)
        self._creates: OrderedDict[str, int] = OrderedDict()
        self._most = most
        self._seq = 0
        self._signal = signal or Signal()

    def add(self, *, method: str, path: str, query: str, body: bytes, subject: Subject) -> Received:
        """Write a request down, without secrets."""
        self._seq += 1
        entry = Received(
            seq=self._seq,
            at=datetime.now(UTC),
            method=method,
            path=path,
            query=_QUERY_SECRET.sub(r"\1***", query),
            body=_masked(body[:65536].decode("utf-8", "replace")),
            endpoint=subject.endpoint,
            reference=subject.reference,
        )
        self.entries.append(entry)
        if subject.creates and subject.reference:
            self._creates[subject.reference] = self.creates(subject.reference) + 1
            while len(self._creates) > self._most:
                self._creates.popitem(last=False)
        self._signal.notify()
        return entry

    def creates(self, reference: str) -> int:
        """Count the create requests of this reference, answered or not."""
        return self._creates.get(reference, 0)

    def clear(self) -> None:
        """Forget everything."""
        self.entries.clear()
        self._creates.clear()
