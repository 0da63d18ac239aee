"""The dictionaries as they are now: an entry gets another id at every edit, as the tips warn."""

import uuid
from dataclasses import replace
from enum import StrEnum

from app.simulators.iiko.config import IikoConfig
from app.simulators.iiko.model import MarketingSource, OrderType, PaymentType, ServiceType, Terminal
from app.simulators.iiko.policy import OnStaleId

Json = dict[str, object]
OPEN: Json = {"from": "10:00", "to": "23:00", "allDay": False, "closed": False}
Entry = Terminal | OrderType | PaymentType | MarketingSource


class Kind(StrEnum):
    """The dictionaries there are."""

    TERMINALS = "terminals"
    ORDER_TYPES = "order_types"
    PAYMENT_TYPES = "payment_types"
    MARKETING_SOURCES = "marketing_sources"


class Dictionaries:
    """Terminals, order types, payment types and marketing sources of the one organization."""

    def __init__(self, config: IikoConfig) -> None:
        self.organization_id = config.organization_id
        self._config = config
        self.reset()

    def reset(self) -> None:
        """The ids of the configuration."""
        self.revision = 1
        self.terminals: list[Terminal] = list(self._config.terminals)
        self.order_types: list[OrderType] = list(self._config.order_types)
        self.payment_types: list[PaymentType] = list(self._config.payment_types)
        self.marketing_sources: list[MarketingSource] = list(self._config.marketing_sources)
        self._replaced: dict[str, str] = {}

    def rotate(
        self, kind: Kind | None = None, named: str | None = None, *, rename: str | None = None
    ) -> dict[str, dict[str, str]]:
        """New ids for one entry, one kind or everything, perhaps with another name; answers old id -> new id by kind.

        Raises ValueError for a name that nothing has.
        """
        answer = {one.value: self._rotate(one, named, rename) for one in ([kind] if kind else Kind)}
        self.revision += 1
        return answer

    def _rotate(self, kind: Kind, named: str | None, rename: str | None) -> dict[str, str]:
        new_ids = {one.id: str(uuid.uuid4()) for one in self._named(kind, named)}
        rows = [
            replace(one, id=new_ids[one.id], name=rename or one.name) if one.id in new_ids else one
            for one in self._rows(kind)
        ]
        setattr(self, kind.value, rows)
        self._replaced |= new_ids
        return new_ids

    def remove(self, kind: Kind, named: str) -> None:
        """Take entries out; raises ValueError for a name that nothing has."""
        gone = self._named(kind, named)
        setattr(self, kind.value, [one for one in self._rows(kind) if one not in gone])
        self.revision += 1

    def _rows(self, kind: Kind) -> list[Entry]:
        rows: list[Entry] = getattr(self, kind.value)
        return rows

    def _named(self, kind: Kind, named: str | None) -> list[Entry]:
        """By id, name or code; all where nothing is named."""
        found = [one for one in self._rows(kind) if named in (None, one.id, one.name, getattr(one, "code", one.id))]
        if not found and named is not None:
            message = f"{kind} has no {named!r}"
            raise ValueError(message)
        return found

    def current(self, given: str, policy: OnStaleId) -> str:
        """The id to look for: the given one, or its newest successor where the policy lets old ids live on."""
        while policy is OnStaleId.ACCEPT and given in self._replaced:
            given = self._replaced[given]
        return given

    def terminal(self, terminal_id: str) -> Terminal | None:
        return next((one for one in self.terminals if one.id == terminal_id), None)

    def order_type(self, type_id: str) -> OrderType | None:
        return next((one for one in self.order_types if one.id == type_id), None)

    def order_type_for(self, *, self_service: bool) -> OrderType | None:
        wanted = ServiceType.PICKUP if self_service else ServiceType.COURIER
        return next((one for one in self.order_types if one.service is wanted), None)

    def marketing_source(self, source_id: str) -> MarketingSource | None:
        return next((one for one in self.marketing_sources if one.id == source_id), None)

    def payment_type(self, *, type_id: str | None, code: str | None) -> PaymentType | None:
        """By id when there is one, else by code."""
        if type_id is not None:
            return next((one for one in self.payment_types if one.id == type_id), None)
        return next((one for one in self.payment_types if one.code == code), None)

    def render_payment_type(self, one: PaymentType) -> Json:
        return {
            "id": one.id,
            "code": one.code,
            "name": one.name,
            "comment": None,
            "combinable": True,
            "externalRevision": self.revision,
            "applicableMarketingCampaigns": None,
            "deleted": one.deleted,
        }

    def render_order_type(self, one: OrderType) -> Json:
        return {
            "id": one.id,
            "name": one.name,
            "orderServiceType": one.service.value,
            "externalRevision": self.revision,
        }

    def render_marketing_source(self, one: MarketingSource) -> Json:
        return {"id": one.id, "name": one.name, "attachedSources": [], "externalRevision": self.revision}

    def render_terminal(self, one: Terminal) -> Json:
        return {
            "deliveryTerminalId": one.id,
            "organizationId": self.organization_id,
            "deliveryRestaurantName": one.name,
            "deliveryGroupName": None,
            "name": one.name,
            "address": one.address,
            "openingHours": [{"dayOfWeek": day, **OPEN} for day in range(7)],
            "externalRevision": self.revision,
            "technicalInformation": None,
        }
