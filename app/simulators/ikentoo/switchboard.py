"""The switches as they stand now: `config.Switches` can be thrown while the simulator runs."""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from app.simulators.ikentoo.config import AccountIds, AccountKey, IdType, PayloadMode, Switches

_KINDS = {
    "payload_mode": PayloadMode,
    "account_ids": AccountIds,
    "account_id_type": IdType,
    "account_id_key": AccountKey,
}


class Switchboard:
    """Holds the switches of one simulator."""

    def __init__(self, first: Switches) -> None:
        """Start as configured."""
        self._first = first
        self.current = first

    def throw(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Change what is named, and answer how all of them stand; raises ValueError naming what is wrong."""
        self.current = changed(self.current, data)
        return asdict(self.current)

    def reset(self) -> None:
        """Put all back as configured."""
        self.current = self._first


def changed(switches: Switches, data: Mapping[str, Any]) -> Switches:
    """Copy with changes; raises ValueError for an unknown switch or position."""
    known = {each.name for each in fields(Switches)}
    if unknown := set(data) - known:
        msg = f"unknown switch {sorted(unknown)[0]!r}; known are {sorted(known)}"
        raise ValueError(msg)
    values: dict[str, Any] = {}
    for name, value in data.items():
        if name in _KINDS:
            values[name] = _KINDS[name](value)
        elif isinstance(value, bool) or (value is None and name == "account_snapshot"):
            values[name] = value
        else:
            msg = f"{name} is true or false"
            raise ValueError(msg)
    return replace(switches, **values)
