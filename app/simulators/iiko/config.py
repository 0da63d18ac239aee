"""The configuration of the Iiko simulator, and a default that looks like a real restaurant.

Where the behaviour of the real system is UNKNOWN or INFERRED, the setting says so and can be changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from app.simulators.iiko import ids, menu
from app.simulators.iiko.guests import Guest
from app.simulators.iiko.model import (
    Category,
    Group,
    MarketingSource,
    OrderType,
    PaymentType,
    Product,
    ServiceType,
    Terminal,
)
from app.simulators.iiko.policy import Policy

DURATION_MINUTES = 60
"""From now to the promised time of an order without a wanted one."""


@dataclass(frozen=True, kw_only=True)
class Stages:
    """How long an order stays in each status, in simulated seconds."""

    unconfirmed_s: float = 120
    new_s: float = 60
    cooking_s: float = 900
    ready_s: float = 120
    waiting_s: float = 300
    on_way_s: float = 1200
    delivered_s: float = 300
    preparation_s: float = 1800
    """An order for later stays NEW until its wanted time minus this."""


@dataclass(frozen=True, kw_only=True)
class IikoConfig:
    """One restaurant (organization) behind one login."""

    user_id: str
    user_secret: str
    organization_id: str
    organization_name: str
    timezone: str
    currency: str
    terminals: Sequence[Terminal]
    order_types: Sequence[OrderType]
    marketing_sources: Sequence[MarketingSource]
    payment_types: Sequence[PaymentType]
    groups: Sequence[Group]
    products: Sequence[Product]
    categories: Sequence[Category] = ()
    generated_products: int = 0
    """So many made-up dishes with group modifiers on top, for benchmarks."""
    streets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Street names by city name, as in Iiko's address book: no "street", no "city"."""

    guests: Sequence[Guest] = ()
    delivery_product_id: str | None = ids.DELIVERY_FEE
    """What the policy `paid_delivery` charges."""
    language: str = "ru"
    """Of the `status` text: "ru" or "en"."""
    cooking_code: str = "IN_PROGRESS"
    """`statusCode` of an order being cooked. UNKNOWN in the real system: only its text is known."""
    ready_code: str = "READY"
    """`statusCode` of a cooked order. UNKNOWN in the real system: only its text is known."""
    unknown_code: str = "0"
    """`code` of refusals whose real number is UNKNOWN. Known are only 110, 192, 217 and 701."""
    unknown_organization_status: int = 403
    """403 or 400, INFERRED."""
    token_ttl_s: float = 900
    """Simulated seconds."""
    clock_factor: float = 1.0
    """Simulated seconds in one real second."""
    auto: bool = True
    """Orders walk through the statuses by themselves."""
    listed_s: float | None = None
    """So many simulated seconds after its end `orders/deliveryOrders` leaves an order out. None: never. For campaigns
    with more orders than a restaurant has in a day."""
    past_tolerance_s: float = 60
    """How far in the past a wanted time may lie. INFERRED."""
    minimum_sum: Decimal = Decimal("100")
    """Smallest delivery when no terminal is named: the zones decide then (`resultState` 2)."""
    policy: Policy = field(default_factory=Policy)
    stages: Stages = field(default_factory=Stages)


def default_config() -> IikoConfig:
    """The restaurant of demo, tests and benchmarks; its ids are in `app.simulators.iiko.ids`."""
    return IikoConfig(
        user_id="demo",
        user_secret="demo-secret",  # noqa: S106 - a simulator's login is no secret
        organization_id=ids.ORGANIZATION,
        organization_name="Asabix Trattoria",
        timezone="Europe/Kyiv",
        currency="UAH",
        terminals=(
            Terminal(id=ids.TERMINAL_CENTRE, name="Centre", address="Zhytomyr, Kyivska 12"),
            Terminal(id=ids.TERMINAL_RIVERSIDE, name="Riverside", address="Zhytomyr, Vitruka 3"),
        ),
        order_types=(
            OrderType(id=ids.ORDER_TYPE_DELIVERY, name="Delivery by courier", service=ServiceType.COURIER),
            OrderType(id=ids.ORDER_TYPE_PICKUP, name="Pickup", service=ServiceType.PICKUP),
        ),
        marketing_sources=(
            MarketingSource(id=ids.MARKETING_WEBSITE, name="website"),
            MarketingSource(id=ids.MARKETING_PHONE, name="phone"),
        ),
        payment_types=(
            PaymentType(id=ids.PAYMENT_CASH, code="CASH", name="Cash"),
            PaymentType(id=ids.PAYMENT_CARD, code="CARD", name="Bank card"),
            PaymentType(id=ids.PAYMENT_VOUCHER_DELETED, code="VOUCHER", name="Gift voucher", deleted=True),
        ),
        groups=menu.GROUPS,
        products=menu.PRODUCTS,
        categories=menu.CATEGORIES,
        streets={
            "Zhytomyr": ("Vitruka", "Kyivska", "Velyka Berdychivska", "Peremohy", "Lesi Ukrainky"),
            "Stanyshivka": ("Sadova", "Vitruka"),
        },
        guests=(
            Guest(
                id=ids.GUEST_OLENA,
                phone="+380971112233",
                known={"name": "Olena", "surName": "Kovalenko", "email": "olena@asabix.example", "sex": 2},
            ),
            Guest(id=ids.GUEST_TARAS, phone="+380502223344", known={"name": "Taras", "surName": "Bondar", "sex": 1}),
        ),
    )
