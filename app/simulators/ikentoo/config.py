"""What a simulated iKentoo looks like and how fast it is. Times are simulated milliseconds unless said otherwise."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from app.simulators.ikentoo.menu import Discount, FloorPlan, InstructionGroup, Menu, Product


class PayloadMode(StrEnum):
    """`seed`: callbacks have the five fields of the API guide. `k`: also those of today's Lightspeed K-Series."""

    SEED = "seed"
    K = "k"


class AccountIds(StrEnum):
    """`v2`: a large integer in ikentooAccountId. `v3`: "A1234.56" in ikentooAccountIdentifier. `both`: as today."""

    V2 = "v2"
    V3 = "v3"
    BOTH = "both"


class IdType(StrEnum):
    """How the large integer of ikentooAccountId is written; both were seen."""

    NUMBER = "number"
    STRING = "string"


class AccountKey(StrEnum):
    """How ikentooAccountId is spelt: as in all examples, or as in today's schema."""

    GUIDE = "ikentooAccountId"
    SCHEMA = "iKentooAccountId"


@dataclass(frozen=True, kw_only=True)
class OpenAccount:
    """A check that is already open on a table when the simulator starts: one of each SKU, at the price of the menu."""

    identifier: str
    table: int
    name: str
    skus: tuple[str, ...]
    paid: Decimal = Decimal(0)
    clients: int = 2


@dataclass(frozen=True, kw_only=True)
class Device:
    """A till with its receipt printer."""

    id: int
    name: str
    printer: str


@dataclass(frozen=True, kw_only=True)
class Business:
    """Somebody's restaurants."""

    id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class Location:
    """A business location with what is set up in its back office. `pos_id` is its first till, the next its second."""

    id: int
    name: str
    pos_id: int
    products: tuple[Product, ...]
    business_id: int = 1
    instructions: tuple[InstructionGroup, ...] = ()
    menus: tuple[Menu, ...] = ()
    floor_plans: tuple[FloorPlan, ...] = ()
    discounts: tuple[Discount, ...] = ()
    profiles: frozenset[str] = frozenset()
    payment_methods: dict[str, str] = field(default_factory=dict)
    staff: frozenset[int] = frozenset({942})
    open_accounts: tuple[OpenAccount, ...] = ()

    @property
    def devices(self) -> tuple[Device, ...]:
        """Its tills, the one that takes online orders first."""
        return tuple(
            Device(id=self.pos_id + n, name=f"iPad-{n + 1}", printer=f"Receipt printer {n + 1}") for n in range(2)
        )


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A registered webhook endpoint. The last three flags are of today's K-Series."""

    endpoint_id: str
    url: str
    with_basic_auth: bool = False
    username: str | None = None
    password: str | None = None
    provide_account: bool = False
    expand_transactions: bool = False
    expand_payments: bool = False


@dataclass(frozen=True, kw_only=True)
class Timing:
    """When things happen to an order or a payment, counted from the moment it may be delivered to the till."""

    success: int = 1_500
    prepaid_close: int = 2_500  # a fully paid order closes at once, before it is ready
    ready: int = 12_000
    close: int = 20_000
    payment: int = 1_000


@dataclass(frozen=True, kw_only=True)
class OAuth:
    """Access as the vendor gives it: `refresh_token` is the first of a chain, each good for one refresh.

    Lifetimes are real seconds, whatever the clock factor: the client counts on `expires_in`. A `refresh_lifetime_s` of
    0 is for ever, as today's offline tokens say it in `refresh_expires_in`.
    """

    clients: dict[str, str]
    refresh_token: str
    access_lifetime_s: int = 1500
    refresh_lifetime_s: int = 0


@dataclass(frozen=True, kw_only=True)
class Switches:
    """What differs from one edition of the API to the next, and can be changed while the simulator runs.

    `account_snapshot` None: `account` in callbacks as the endpoint was registered (only in K mode), else yes or no.
    `tables_stay_open`: an unpaid order at a table is closed by a payment only, never by the clock.
    """

    payload_mode: PayloadMode = PayloadMode.SEED
    account_ids: AccountIds = AccountIds.V3
    account_id_type: IdType = IdType.NUMBER
    account_id_key: AccountKey = AccountKey.GUIDE
    account_snapshot: bool | None = None
    tables_stay_open: bool = False
    rich_data_missing: bool = False


@dataclass(frozen=True, kw_only=True)
class IkentooConfig:
    """Everything that can be chosen. Neither `token` nor `oauth`: no Authorization wanted (the API guide has none).

    `clock_factor` 60 makes a minute of the restaurant last one second. A callback that gets no 2xx is sent up to
    `callback_retries` times more, after `callback_backoff_s`, twice that, and so on, at most 10 s apart (INFERRED:
    iKentoo says nothing). These are real seconds: how long the receiver is away does not depend on our clock.
    """

    locations: tuple[Location, ...]
    businesses: tuple[Business, ...] = (Business(id=1, name="iKentoo"),)
    endpoints: tuple[Endpoint, ...] = ()
    token: str | None = None
    oauth: OAuth | None = None
    prefixes: tuple[str, ...] = ("", "/o")
    clock_factor: float = 1.0
    payload_mode: PayloadMode = PayloadMode.SEED
    account_ids: AccountIds = AccountIds.V3
    account_id_type: IdType = IdType.NUMBER
    account_id_key: AccountKey = AccountKey.GUIDE
    tables_stay_open: bool = False
    timing: Timing = Timing()
    default_time_to_live: int = 12 * 3600 * 1000  # UNKNOWN at iKentoo
    unique_collection_codes: bool = True
    callback_retries: int = 12
    callback_backoff_s: float = 0.5
    callback_timeout_s: float = 10.0
    most_orders: int = 100_000

    @property
    def switches(self) -> Switches:
        """The switches as they stand at the start."""
        return Switches(
            payload_mode=PayloadMode(self.payload_mode),
            account_ids=AccountIds(self.account_ids),
            account_id_type=IdType(self.account_id_type),
            account_id_key=AccountKey(self.account_id_key),
            tables_stay_open=self.tables_stay_open,
        )
