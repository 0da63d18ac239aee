"""Which tills are on. The first that is on takes what comes, unless one is asked for by its id."""

from collections.abc import Iterable

from app.simulators.ikentoo.config import Device, Location


class Devices:
    """The tills of all locations."""

    def __init__(self, locations: Iterable[Location]) -> None:
        """Start with all of them on."""
        self._all = {each.id: each.devices for each in locations}
        self._off: set[tuple[int, int]] = set()

    def free(self, location_id: int, device_id: int | None = None) -> Device | None:
        """Answer the till that would take a task now."""
        on = (each for each in self._all[location_id] if (location_id, each.id) not in self._off)
        return next((each for each in on if device_id in (None, each.id)), None)

    def first(self, location_id: int) -> Device:
        """Answer the first till, on or off."""
        return self._all[location_id][0]

    def switch(self, *, online: bool, location_id: int | None, device_id: int | None = None) -> set[int]:
        """Switch one till, those of a location, or all; answers the locations it was about."""
        which = {
            (location, device.id)
            for location, devices in self._all.items()
            for device in devices
            if location_id in (None, location) and device_id in (None, device.id)
        }
        self._off = self._off - which if online else self._off | which
        return {location for location, _ in which}

    @property
    def dark(self) -> list[int]:
        """The locations without any till that is on."""
        return sorted(each for each in self._all if self.free(each) is None)

    @property
    def off(self) -> list[int]:
        """The ids of the tills that are off."""
        return sorted({device for _, device in self._off})

    def reset(self) -> None:
        """Switch all of them on."""
        self._off.clear()
