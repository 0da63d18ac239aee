"""The dictionaries, from the guide's examples and from odd ones."""

from typing import Any

import pytest

from app.adapters.ikentoo.names import discounts, instructions, menus
from tests.adapters.ikentoo.guide_examples import example


def test_menus() -> None:
    assert [(each.id, each.name) for each in menus(example("menus"))] == [
        ("1234", "Carte"),
        ("3456", "Dessert"),
        ("4321", "Drink"),
    ]


def test_instructions() -> None:
    cooking = {"code": None, "group_id": "123", "group_name": "Cooking", "multi": False}
    assert [each.model_dump() for each in instructions(example("modifiers"))] == [
        {"id": "567", "name": "Well Done", **cooking},
        {"id": "568", "name": "Rear", **cooking},
    ]


def test_discounts() -> None:
    found = [*discounts(example("discounts")), *discounts([{"code": "5OFF", "discountAmount": 5.0}])]
    assert [each.model_dump(exclude_none=True) for each in found] == [
        {"code": "10PCT", "name": "10 % Discount", "percentage": "10.00"},
        {"code": "STAFF", "name": "Staff Discount", "percentage": "15.00"},
        {"code": "5OFF", "amount": "5.0"},
    ]


@pytest.mark.parametrize("data", [None, 7, {}, [None, 7, [], {}], [{"code": {}, "productionInstructionList": [7, {}]}]])
def test_odd_ones(data: Any) -> None:
    assert [*menus(data), *instructions(data), *discounts(data)] == []
