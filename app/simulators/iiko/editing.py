"""Edits of the menu at run time: what a request of the control API says, as a product or a group."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from app.simulators.iiko.catalog import Catalog, UnknownEntry
from app.simulators.iiko.model import Choice, ChoiceGroup, Group, Product

Json = Mapping[str, Any]

_LIMITS = {"min": "minimum", "max": "maximum", "default": "default", "required": "required"}
_GROUP_FIELDS = ("id", "name", "parent", "in_menu", "description")


def _decimal(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        message = f"{value!r} is no number"
        raise ValueError(message) from None


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        message = f"a list of texts is expected, not {value!r}"
        raise ValueError(message)
    return tuple(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        message = f"true or false is expected, not {value!r}"
        raise ValueError(message)
    return value


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        message = f"a count is expected, not {value!r}"
        raise ValueError(message)
    return value


def _limits(data: Json) -> dict[str, Any]:
    found = {name: value for name, value in data.items() if name in _LIMITS}
    return {_LIMITS[name]: _flag(one) if name == "required" else _count(one) for name, one in found.items()}


def _refuse_unknown(data: Json, known: Sequence[str]) -> None:
    if unknown := set(data) - set(known):
        message = f"unknown field {sorted(unknown)[0]!r}; known are {sorted(known)}"
        raise ValueError(message)


class Editor:
    """Reads edits of one menu; raises ValueError for what it cannot understand."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._readers: Mapping[str, tuple[str, Callable[[Any], object]]] = {
            "code": ("code", str),
            "name": ("name", str),
            "price": ("price", _decimal),
            "type": ("type", str),
            "group": ("group_id", lambda value: catalog.group(str(value)).id),
            "description": ("description", str),
            "weight": ("weight", _decimal),
            "in_menu": ("in_menu", _flag),
            "prohibited_on": ("prohibited_on", _texts),
            "prices_on": ("prices_on", lambda value: {name: _decimal(one) for name, one in dict(value).items()}),
            "modifiers": ("modifiers", lambda value: tuple(self._choice(one) for one in value)),
            "group_modifiers": ("group_modifiers", lambda value: tuple(self._choice_group(one) for one in value)),
        }

    def change(self, product: Product, data: Json) -> Product:
        """The product with the given fields."""
        _refuse_unknown(data, list(self._readers))
        values = {self._readers[name][0]: self._readers[name][1](value) for name, value in data.items()}
        return replace(product, **values)  # type: ignore[arg-type]

    def new(self, data: Json) -> Product:
        """A product with at least a name and a price; a code is made up."""
        if missing := {"name", "price"} - data.keys():
            message = f"{sorted(missing)[0]} is missing"
            raise ValueError(message)
        product_id = str(data.get("id") or uuid.uuid4()).lower()
        if product_id in self._catalog.products:
            message = f"there is a product {product_id} already"
            raise ValueError(message)
        code = f"N{len(self._catalog.products) + 1:05d}"
        blank = Product(id=product_id, code=code, name="", price=Decimal(0))
        return self.change(blank, {name: value for name, value in data.items() if name != "id"})

    def group(self, group: Group | None, data: Json) -> Group:
        """A new group, or one with the given fields."""
        _refuse_unknown(data, _GROUP_FIELDS)
        values = {name: data[name] for name in ("name", "in_menu", "description") if name in data}
        if parent := data.get("parent"):
            values["parent_id"] = self._catalog.group(str(parent)).id
        if group is not None:
            return replace(group, **values)
        return Group(**{"id": str(data.get("id") or uuid.uuid4()).lower(), "name": "New group", **values})

    def limits(self, product: Product, named: str, data: Json) -> Product:
        """The product with other limits of a single modifier, a group modifier or a child of one."""
        _refuse_unknown(data, (*_LIMITS, "children_limited"))
        values = _limits(data)
        modifier_id = self._modifier_id(named)
        for position, group in enumerate(product.group_modifiers):
            if group.group_id == modifier_id:
                changed: ChoiceGroup = replace(group, **_group_values(values, data))
            elif any(one.modifier_id == modifier_id for one in group.children):
                changed = replace(group, children=_limited(group.children, modifier_id, values))
            else:
                continue
            groups = list(product.group_modifiers)
            groups[position] = changed
            return replace(product, group_modifiers=tuple(groups))
        if any(one.modifier_id == modifier_id for one in product.modifiers):
            return replace(product, modifiers=_limited(product.modifiers, modifier_id, values))
        message = f"{product.name!r} has no modifier {named!r}"
        raise UnknownEntry(message)

    def _modifier_id(self, named: str) -> str:
        try:
            return self._catalog.product(named).id
        except UnknownEntry:
            return self._catalog.group(named).id

    def _choice(self, data: Json) -> Choice:
        _refuse_unknown(data, ("id", *_LIMITS))
        values = _limits(data)
        return Choice(modifier_id=self._catalog.product(str(data.get("id"))).id, **values)

    def _choice_group(self, data: Json) -> ChoiceGroup:
        _refuse_unknown(data, ("id", "min", "max", "required", "children", "children_limited"))
        return ChoiceGroup(
            group_id=self._catalog.group(str(data.get("id"))).id,
            minimum=_count(data.get("min", 0)),
            maximum=_count(data.get("max", 1)),
            required=_flag(data.get("required", False)),
            children=tuple(self._choice(one) for one in data.get("children", ())),
            children_limited=_flag(data.get("children_limited", False)),
        )


def _limited(choices: Sequence[Choice], modifier_id: str, values: Json) -> tuple[Choice, ...]:
    return tuple(replace(one, **values) if one.modifier_id == modifier_id else one for one in choices)


def _group_values(values: Json, data: Json) -> dict[str, Any]:
    limited = {"children_limited": _flag(data["children_limited"])} if "children_limited" in data else {}
    return {name: value for name, value in values.items() if name != "default"} | limited
