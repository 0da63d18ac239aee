"""A restaurant to simulate, three times: the locations of the iKentoo API guide's examples."""

from dataclasses import replace

from app.simulators.ikentoo import carte
from app.simulators.ikentoo.config import Business, IkentooConfig, Location, OpenAccount
from app.simulators.ikentoo.generated import generated
from app.simulators.ikentoo.menu import FloorPlan, Table


def _table(number: int, clients: int, description: str = "") -> Table:
    return Table(number=number, description=description or f"Table {number}", clients=clients)


_FLOOR_PLANS = (
    FloorPlan(name="Salle 1", tables=(_table(1, 2), _table(2, 4), _table(3, 5))),
    FloorPlan(name="Terrasse", tables=(_table(21, 24), _table(22, 2), _table(23, 3, "Table 3"))),  # sic
)
_DEMO = Location(
    id=25769803788,
    name="Demo",
    pos_id=2724,
    products=carte.PRODUCTS,
    instructions=carte.INSTRUCTIONS,
    menus=carte.MENUS,
    floor_plans=_FLOOR_PLANS,
    discounts=carte.DISCOUNTS,
    profiles=frozenset({"PICKUP", "DELIVERY", "TABLE"}),
    payment_methods={"CARD": "Card", "CASH": "Cash"},
    open_accounts=(
        OpenAccount(identifier="A1232.23443", table=1, name="Order FMGV, Table 1", skus=("FT1", "100", "5569")),
        OpenAccount(identifier="46802258625135", table=1, name="Order LEAC, Table 1", skus=("FT1", "5569")),
    ),
)


def default_config(*, products: int = 0) -> IkentooConfig:
    """Build a simulator with the locations 25769803788 (Demo), 25769805870 (iKentoo 2) and 123 of the API guide.

    `products` more are made up and put on a menu of their own, with instructions, to see how a large one behaves.
    """
    demo = _DEMO
    if products:
        made = generated(products)
        demo = replace(
            demo,
            products=demo.products + made.products,
            instructions=demo.instructions + made.instructions,
            menus=(*demo.menus, made.menu),
        )
    second = replace(demo, id=25769805870, name="iKentoo 2", pos_id=2801, open_accounts=())
    guide = replace(demo, id=123, name="API guide", pos_id=1234, business_id=2, open_accounts=())
    businesses = Business(id=1, name="iKentoo"), Business(id=2, name="API guide")
    return IkentooConfig(locations=(demo, second, guide), businesses=businesses)
