"""What the default menu says about its dishes beside name and price: weight in kilograms, and a sentence."""

from collections.abc import Mapping
from decimal import Decimal

from app.simulators.iiko import ids

DETAILS: Mapping[str, tuple[str, str | None]] = {
    ids.QUATTRO_FORMAGGI: ("0.980", "Mozzarella, gorgonzola, parmesan and emmental on a 45 cm base"),
    ids.BURGER: ("0.340", "Beef patty, cheddar, tomato and a sauce of your choice"),
    ids.MARGHERITA: ("0.520", "Tomato, mozzarella and basil, 30 cm"),
    ids.PEPPERONI: ("0.560", "Tomato, mozzarella and spicy salami, 30 cm"),
    ids.CARBONARA: ("0.320", "Spaghetti, guanciale, egg yolk and pecorino"),
    ids.BORSCHT: ("0.350", "With beef, beans and sour cream; a pampushka on the side"),
    ids.CAESAR_SALAD: ("0.260", "Romaine, chicken, croutons and anchovy dressing"),
    ids.CHICKEN_WINGS: ("0.300", "Eight wings and at least one dip"),
    ids.FRENCH_FRIES: ("0.150", None),
    ids.CHEESECAKE: ("0.130", "New York style, with sour cherries"),
    ids.FLAT_WHITE: ("0.180", None),
    ids.CAPPUCCINO: ("0.250", None),
    ids.GREEN_TEA: ("0.400", "Sencha, a pot"),
    ids.COLA: ("0.500", None),
    ids.HALF_AND_HALF: ("0.540", "Two halves, one pizza of 30 cm"),
    ids.BUSINESS_LUNCH: (
        "0.900",
        "Bread and dessert; soup or salad, main course and drink at their own prices",
    ),
}


def weight_of(product_id: str) -> Decimal | None:
    known = DETAILS.get(product_id)
    return Decimal(known[0]) if known else None


def description_of(product_id: str) -> str | None:
    return DETAILS.get(product_id, (None, None))[1]
