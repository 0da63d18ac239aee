"""Cities and streets, by exact name: no "street", no "city" in them. Ids are made of the names, so they are stable."""

import uuid
from collections.abc import Iterator, Mapping, Sequence

from app.simulators.iiko.errors import Refusal

Json = dict[str, object]


class AddressBook:
    """Of one organization."""

    def __init__(self, organization_id: str, streets: Mapping[str, Sequence[str]]) -> None:
        self._streets = streets
        self._namespace = uuid.UUID(organization_id)

    def knows(self, city: str, street: str, street_id: str | None) -> bool:
        """Whether iiko would find it: by the street's id if one is given, else by both names."""
        if street_id is not None:
            return street_id.lower() in {str(one["id"]) for one in self._all()}
        return street in self._streets.get(city, ())

    def cities(self) -> list[Json]:
        return [self._city(name) for name in self._streets]

    def cities_with_streets(self) -> list[Json]:
        return [{"city": self._city(name), "streets": self._of(name)} for name in self._streets]

    def streets_of(self, city_id: str) -> list[Json]:
        """Of one city; what an unknown one answers is UNKNOWN."""
        for name in self._streets:
            if self.city_id(name) == city_id:
                return self._of(name)
        raise Refusal("CityNotFound", f"City '{city_id}' is not found")

    def city_id(self, name: str) -> str:
        return str(uuid.uuid5(self._namespace, name))

    def street_id(self, city: str, street: str) -> str:
        return str(uuid.uuid5(self._namespace, f"{city}/{street}"))

    def _all(self) -> Iterator[Json]:
        for name in self._streets:
            yield from self._of(name)

    def _of(self, city: str) -> list[Json]:
        unset: Json = {"classifierId": None, "externalRevision": 1}
        city_id = self.city_id(city)
        return [
            {"id": self.street_id(city, one), "name": one, "cityId": city_id, **unset} for one in self._streets[city]
        ]

    def _city(self, name: str) -> Json:
        unset = {"classifierId": None, "additionalInfo": None, "externalRevision": 1}
        return {"id": self.city_id(name), "name": name, **unset}
