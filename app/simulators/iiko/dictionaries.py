"""The dictionaries as they are now: their ids change at every edit (`rotate`), as the tips warn."""

import uuid
from dataclasses import replace

from app.simulators.iiko.config import IikoConfig
from app.simulators.iiko.model import MarketingSource, OrderType, PaymentType, ServiceType, Terminal

Json = dict[str, object]


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

    def rotate(self) -> dict[str, dict[str, str]]:
        """New ids for everything; answers old id -> new id by kind."""
        before = self._ids()
        self.revision += 1
        self.terminals = [replace(one, id=str(uuid.uuid4())) for one in self.terminals]
        self.order_types = [replace(one, id=str(uuid.uuid4())) for one in self.order_types]
        self.payment_types = [replace(one, id=str(uuid.uuid4())) for one in self.payment_types]
        self.marketing_sources = [replace(one, id=str(uuid.uuid4())) for one in self.marketing_sources]
        after = self._ids()
        return {kind: dict(zip(old, after[kind], strict=True)) for kind, old in before.items()}

    def _ids(self) -> dict[str, list[str]]:
        return {
            "terminals": [one.id for one in self.terminals],
            "order_types": [one.id for one in self.order_types],
            "payment_types": [one.id for one in self.payment_types],
            "marketing_sources": [one.id for one in self.marketing_sources],
        }

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
            "openingHours": None,
            "externalRevision": self.revision,
            "technicalInformation": None,
        }
