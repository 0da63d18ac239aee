"""Any number of made-up products with instructions, the same each time, to see how a large menu behaves."""

from dataclasses import dataclass
from decimal import Decimal

from app.simulators.ikentoo.menu import Instruction, InstructionGroup, Menu, MenuGroup, Product

MENU_ID = 9000
IN_A_GROUP = 50
SHARING = 10  # so many products in a row have the same instruction groups
_COLORS = ("RED", "GREEN", "BLUE", "BROWN")
_FIRST_GROUP, _FIRST_INSTRUCTION = 100_000, 200_000
_OPTIONS = 4


@dataclass(frozen=True, kw_only=True)
class Generated:
    """Made-up products, and where they stand."""

    products: tuple[Product, ...]
    instructions: tuple[InstructionGroup, ...]
    menu: Menu


def generated(count: int) -> Generated:
    """Make so many products, `GEN00001` and so on, each with two groups of four instructions (one single-choice)."""
    groups = tuple(_instruction_group(n) for n in range(-(-count // SHARING) * 2))
    products = tuple(_product(n) for n in range(count))
    menu_groups = tuple(
        MenuGroup(
            name=f"Group {page + 1}",
            color=_COLORS[page % len(_COLORS)],
            skus=tuple(each.sku for each in products[page * IN_A_GROUP : (page + 1) * IN_A_GROUP]),
        )
        for page in range(-(-count // IN_A_GROUP))
    )
    return Generated(
        products=products, instructions=groups, menu=Menu(id=MENU_ID, name="Generated", groups=menu_groups)
    )


def _instruction_group(number: int) -> InstructionGroup:
    first = _FIRST_INSTRUCTION + number * _OPTIONS
    options = tuple(Instruction(id=first + n, name=f"Option {number + 1}.{n + 1}") for n in range(_OPTIONS))
    kind = "Extras" if number % 2 else "Cooking"
    return InstructionGroup(
        id=_FIRST_GROUP + number, name=f"{kind} {number // 2 + 1}", options=options, multi=bool(number % 2)
    )


def _product(number: int) -> Product:
    pair = _FIRST_GROUP + number // SHARING * 2
    return Product(
        sku=f"GEN{number + 1:05d}",
        name=f"Generated dish {number + 1}",
        price=Decimal(500 + number * 5 % 4000) / 100,
        color=_COLORS[number % len(_COLORS)],
        instructions=(pair, pair + 1),
    )
