"""What the relay asks of a POS. Small protocols: a POS implements those it can honour, and the types show which.

Adapters never retry, sleep, or touch the database. They return, or raise exactly one ``PosError``
(``app.domain.errors``) that says what may happen next. One exception: an access token that the POS no longer takes is
renewed once, and the call made once more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from app.domain.location import Location, PosSettings
from app.domain.order import Order
from app.domain.status import StatusEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long calls to a POS may take, in seconds."""

    connect_s: float = 3.0
    read_s: float = 30.0
    """The POS itself is told (Iiko ``request_timeout``) to give up 10 s before this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """All that a translation may depend on, so that translating is pure."""

    order: Order
    reference: UUID
    """Ours; Iiko's ``order.id``, iKentoo's ``thirdPartyReference``."""
    now: datetime
    """The database's clock at the moment of translating."""
    deadline_at: datetime
    """When we give up; the POS is told a matching time to live where it takes one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireRequest:
    """The one creating request: what goes over the wire, without credentials."""

    method: str
    path: str
    """Appended to the location's ``base_url``; holds no token."""
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """A neutral order in the POS's language, and what became of fields that it has no place for."""

    request: WireRequest
    folded: tuple[str, ...] = ()
    """JSON pointers of fields that went into a note or an address line."""
    not_sent: tuple[str, ...] = ()
    """JSON pointers of courtesy fields that only we keep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The POS took the order: its answer to a create."""

    event: StatusEvent
    """``Word.SUBMITTED`` where the verdict is still out."""
    http_status: int
    answer: str
    """The POS's own words, at most 16 KB, no secrets."""
    duplicate: bool = False
    """The POS said that it has this reference already: a confirmation after an attempt in doubt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a look-up by our reference brought: the order, or the POS's certainty that it has none."""

    event: StatusEvent | None
    """None: the POS is certain that it has no such order. Not knowing is an error instead."""
    http_status: int
    answer: str


class Adapter(Protocol):
    """An open connection to one location's POS: its own client, pool and token."""

    async def create(self, request: WireRequest) -> Taken:
        """Sends the one creating request. Raises a PosError."""

    async def aclose(self) -> None:
        """Closes the connections."""


@runtime_checkable
class Lookup(Protocol):
    """A POS that can be asked by our reference whether it has an order (Iiko ``orders/info``)."""

    absence_counts_after_s: float
    """How long after an attempt ended "absent" is not yet certain: the POS may still be working on it."""

    async def find(self, reference: UUID) -> Found:
        """Asks. Raises a PosError where the POS does not give a clear answer."""


@runtime_checkable
class Listing(Protocol):
    """A POS that has no callbacks and is followed by polling (Iiko ``orders/deliveryOrders``)."""

    async def list_orders(self, start: datetime, end: datetime) -> Sequence[StatusEvent]:
        """Every order wanted between the two moments, each with ``reference`` set. Raises a PosError."""


@runtime_checkable
class CallbackRegistration(Protocol):
    """A POS whose callbacks must be registered (iKentoo ``/wh/1/webhook``)."""

    async def register_callbacks(self, url: str) -> str:
        """Reads, then creates or updates; answers ``created``, ``updated`` or ``unchanged``. Raises a PosError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PosTraits:
    """What the relay must know of a POS before it has talked to it."""

    verdict_by_callback: bool
    """A successful create is only "submitted"; silence afterwards is worth an alarm."""
    lookup: bool
    """An adapter of it is a ``Lookup``: an order in doubt is asked for, instead of being sent again."""
    polled: bool
    """An adapter of it is a ``Listing``."""


class Pos(Protocol):
    """One POS system, as the registry holds it. No I/O but through the adapters that it opens."""

    system: str
    """The word in ``pos.system``."""
    settings_model: type[PosSettings]
    traits: PosTraits

    def translate(self, location: Location, submission: Submission) -> Translation:
        """Pure. Raises OrderNotExpressible with the fields, or Misconfigured where a setting is missing."""

    def open(self, location: Location, limits: Limits) -> Adapter:
        """An adapter for the location. Opens no connection yet."""

    def time_to_live_s(self, location: Location, submission: Submission) -> float:
        """How long the POS itself will try (iKentoo), told with the create; 0 where it answers at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRequest:
    """A POS's HTTP call to us, as it came."""

    headers: Mapping[str, str] = field(default_factory=dict)
    """Lower-case names."""
    body: bytes = b""


@runtime_checkable
class CallbackReader(Protocol):
    """A POS that calls us. Implemented by the ``Pos`` itself: reading a callback needs no connection."""

    def authenticate(self, location: Location, request: CallbackRequest) -> None:
        """Constant time, fails closed. Raises CallbackUnauthenticated."""

    def read_callback(self, body: bytes) -> StatusEvent:
        """Pure, on the received bytes, total over unknown words and fields. Raises CallbackUnreadable."""


Registry = Mapping[str, Pos]
"""The POS systems by their word. Built once, at the front door, and handed down."""
