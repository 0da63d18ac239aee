"""What the relay asks of a POS. Small protocols: a POS implements those it can honour, and the types show which.

Adapters never retry, sleep, or touch the database. They return, or raise exactly one ``PosError``
(``app.domain.errors``) that says what may happen next. One exception: an access token that the POS no longer takes is
renewed once, and the call made once more.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from app.domain.catalog import NO_MENU, Entry, Group, Kind, Menu, Names, Product
from app.domain.location import Location, PosSettings
from app.domain.message import TillMessage
from app.domain.order import Order
from app.domain.payment import CheckPayment
from app.domain.status import StatusEvent
from app.domain.venue import FloorPlan, Guest, KnownGuest, OpenCheck, Place, SetUpCheck


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
    menu: Menu = NO_MENU
    """What the order names, as last synced; empty where nothing was."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What ``Preparing.prepare`` found out before the first send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSubmission:
    """A payment of an open check, as a translation sees it."""

    payment: CheckPayment
    reference: UUID
    """Ours; iKentoo's ``thirdPartyPaymentReference``."""
    now: datetime
    deadline_at: datetime
    facts: Mapping[str, str] = field(default_factory=dict)
    """What ``Preparing.prepare`` found out, e.g. which check is open on the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSubmission:
    """A message for the people at the POS, as a translation sees it."""

    message: TillMessage
    about: UUID | None
    """The reference under which the POS knows the order that it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireRequest:
    """The one creating request: what goes over the wire, without credentials."""

    method: str
    path: str
    """Appended to the location's ``base_url``; holds no token."""
    body: Mapping[str, Any]
    params: Mapping[str, str] = field(default_factory=dict)
    """Of the query; no credentials."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuRead:
    """A whole menu, as read from a POS."""

    groups: tuple[Group, ...]
    products: tuple[Product, ...]
    revision: str | None = None
    """The POS's own number of this state, where it has one."""


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
class CatalogSource(Protocol):
    """A POS whose menu and dictionaries can be read."""

    async def read_names(self) -> Mapping[Kind, Sequence[Entry]]:
        """All dictionaries that this POS has. Raises a PosError."""

    async def read_menu(self, names: Names, *, since: str | None) -> MenuRead | None:
        """The menu; None: it is still what it was at the revision ``since``. Raises a PosError.

        ``names``: the dictionaries as just read, for what depends on them (prices of a terminal).
        """


@runtime_checkable
class Preparing(Protocol):
    """A POS that must be asked something before the first send."""

    async def prepare(self, submission: Submission | PaymentSubmission) -> Mapping[str, str]:
        """What the translation needs to know besides; empty: nothing. It is stored, and not asked for again.

        Raises a PosError where it cannot be sent without (nothing was sent then, whatever the class); what is only
        nice to have is left out instead, within 2 s.
        """


@runtime_checkable
class Messenger(Protocol):
    """A POS that can be told something in words."""

    async def tell(self, request: WireRequest) -> Taken:
        """Sends the message. Raises a PosError."""


@runtime_checkable
class Directory(Protocol):
    """A POS that shows what these credentials can see."""

    async def places(self) -> Sequence[Place]:
        """Organizations, or business locations. Raises a PosError."""


@runtime_checkable
class Floor(Protocol):
    """A POS with tables and open checks."""

    async def floor_plans(self) -> Sequence[FloorPlan]:
        """Raises a PosError."""

    async def open_checks(self, table: int | None) -> Sequence[OpenCheck]:
        """Of one table, or of all. Raises a PosError."""


@runtime_checkable
class GuestBook(Protocol):
    """A POS that keeps guests."""

    async def find_guest(self, phone: str) -> KnownGuest | None:
        """Raises a PosError."""

    async def save_guest(self, guest: Guest) -> str:
        """Creates or updates by the phone; the guest's id. Raises a PosError."""


@runtime_checkable
class SetUp(Protocol):
    """A POS that can say whether a location is set up right."""

    async def check_set_up(self, *, callback_url: str) -> Sequence[SetUpCheck]:
        """Everything that was looked at, right or wrong. Raises nothing: what fails is a line of the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPair:
    """What a token endpoint answered."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in_s: float


Renew = Callable[[str], Awaitable[TokenPair]]
"""Asks the token endpoint for a new pair, with a refresh token that is good for one use."""


class Vault(Protocol):
    """Keeps OAuth tokens for all processes: one renewal at a time, and the new pair is stored before it is used."""

    async def access_token(self, location_id: str, *, first: str, renew: Renew, refused: str | None = None) -> str:
        """A living access token.

        ``first``: the refresh token of the settings, which begins the chain (a new one there begins it anew).
        ``refused``: the access token that the POS has just refused. Raises what ``renew`` raises.
        """


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
    ids_change: bool
    """Its ids of types, sources and terminals change with every edit there: after a no they are read anew."""


class Pos(Protocol):
    """One POS system, as the registry holds it. No I/O but through the adapters that it opens."""

    system: str
    """The word in ``pos.system``."""
    settings_model: type[PosSettings]
    traits: PosTraits

    def translate(self, location: Location, submission: Submission) -> Translation:
        """Pure. Raises OrderNotExpressible with the fields, or Misconfigured where a setting is missing."""

    def open(self, location: Location, limits: Limits, vault: Vault | None = None) -> Adapter:
        """An adapter for the location. Opens no connection yet. Without a vault there is no OAuth."""

    def time_to_live_s(self, location: Location, submission: Submission) -> float:
        """How long the POS itself will try (iKentoo), told with the create; 0 where it answers at once."""


@runtime_checkable
class TakesPayments(Protocol):
    """A POS whose open checks can be paid. Implemented by the ``Pos`` itself."""

    def translate_payment(self, location: Location, submission: PaymentSubmission) -> Translation:
        """Pure; sent by ``Adapter.create``. Raises OrderNotExpressible with the fields."""

    def payment_time_to_live_s(self, location: Location, submission: PaymentSubmission) -> float:
        """How long the POS itself will try, told with the payment."""


@runtime_checkable
class TakesMessages(Protocol):
    """A POS that can be told something in words. Implemented by the ``Pos``; its adapters are ``Messenger``."""

    def translate_message(self, location: Location, submission: MessageSubmission) -> Translation:
        """Pure. Raises OrderNotExpressible, e.g. where this POS takes messages about orders only."""


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
