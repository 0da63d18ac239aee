"""What a simulated iKentoo looks like and how fast it is. Times are simulated milliseconds unless said otherwise."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class Pricing(StrEnum):
    """How a custom price is taken; POSTIVE is how the API spells it (iKentoo API guide, Load Menu)."""

    NEGATIVE = "CUSTOMIZED_ITEM_PRICE_WILL_BE_NEGATIVE"
    POSITIVE = "CUSTOMIZED_ITEM_PRICE_WILL_BE_POSTIVE"
    PERCENTAGE = "CUSTOMIZED_ITEM_PRICE_WILL_BE_A_PERCENTAGE_OF_TOTAL"
    FIXED = "PRICE_CANNOT_BE_CUSTOMIZED"


class PayloadMode(StrEnum):
    """`seed`: callbacks have the five fields of the API guide. `k`: also those of today's Lightspeed K-Series."""

    SEED = "seed"
    K = "k"


class AccountIds(StrEnum):
    """`v2`: a large integer in ikentooAccountId. `v3`: "A1234.56" in ikentooAccountIdentifier."""

    V2 = "v2"
    V3 = "v3"


@dataclass(frozen=True, kw_only=True)
class Product:
    """Something that can be ordered. `restricted` items are refused by the till (a counter, a sales restriction)."""

    sku: str
    name: str
    price: Decimal
    modifiers: frozenset[int] = frozenset()
    pricing: Pricing = Pricing.FIXED
    custom_name: bool = False
    restricted: bool = False
    tax_rate: Decimal = Decimal("0.08")


@dataclass(frozen=True, kw_only=True)
class OpenAccount:
    """A check that is already open on a table when the simulator starts."""

    identifier: str
    table: int
    name: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Location:
    """A business location with what is set up in its back office. Discounts are percentages by code."""

    id: int
    name: str
    pos_id: int
    products: tuple[Product, ...]
    discounts: dict[str, Decimal] = field(default_factory=dict)
    profiles: frozenset[str] = frozenset()
    payment_methods: dict[str, str] = field(default_factory=dict)
    open_accounts: tuple[OpenAccount, ...] = ()


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
    """When things happen to an order, counted from the moment it may be delivered to the till."""

    success: int = 1_500
    prepaid_close: int = 2_500  # a fully paid order closes at once, before it is ready
    ready: int = 12_000
    close: int = 20_000


@dataclass(frozen=True, kw_only=True)
class IkentooConfig:
    """Everything that can be chosen. `token` None: no Authorization wanted (the API guide has none).

    `clock_factor` 60 makes a minute of the restaurant last one second. A callback that gets no 2xx is sent up to
    `callback_retries` times more, after `callback_backoff_s`, twice that, and so on, at most 10 s apart (INFERRED:
    iKentoo says nothing). These are real seconds: how long the receiver is away does not depend on our clock.
    """

    locations: tuple[Location, ...]
    endpoints: tuple[Endpoint, ...] = ()
    token: str | None = None
    prefixes: tuple[str, ...] = ("", "/o")
    clock_factor: float = 1.0
    payload_mode: PayloadMode = PayloadMode.SEED
    account_ids: AccountIds = AccountIds.V3
    timing: Timing = Timing()
    default_time_to_live: int = 12 * 3600 * 1000  # UNKNOWN at iKentoo
    unique_collection_codes: bool = True
    callback_retries: int = 12
    callback_backoff_s: float = 0.5
    callback_timeout_s: float = 10.0
    most_orders: int = 100_000
