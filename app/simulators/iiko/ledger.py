"""The account of create requests that `GET /_sim/orders` gives: what was asked, what was created, where it stands."""

from typing import Any

from app.simulators.iiko.state import Simulator
from app.simulators.iiko.subject import CREATE
from app.simulators.iiko.walk import code_of


def ledger(state: Simulator, page: slice = slice(None)) -> list[dict[str, Any]]:
    """A row for each order id ever seen in a create request, oldest first, also those a fault kept from arriving."""
    known = dict.fromkeys(state.kitchen.book.sightings)
    asked = (one.reference for one in state.journal.entries if one.endpoint == CREATE and one.reference)
    # A request without order.id is journaled under its externalId; its sighting has an id of its own.
    external = {one.external_id for one in state.kitchen.book.sightings.values()}
    known.update(dict.fromkeys(one for one in asked if one not in external))
    return [ledger_row(state, order_id) for order_id in list(known)[page]]


def ledger_row(state: Simulator, order_id: str) -> dict[str, Any]:
    sighting = state.kitchen.book.sightings.get(order_id)
    order = state.kitchen.book.orders.get(order_id)
    asked = state.journal.creates(order_id)
    external_id = sighting.external_id if sighting else None
    return {
        "id": order_id,
        "externalId": external_id,
        "number": order.number if order else None,
        "requests": max(asked, sighting.requests if sighting else 0),
        "created": sighting.created if sighting else 0,
        "createdWithExternalId": len(state.kitchen.book.created_for(external_id)),
        "statusCode": code_of(state.kitchen.walked(order).stage, state.config) if order else None,
        "problem": order.problem if order else None,
        "answers": sighting.answers if sighting else [],
        "notes": sighting.notes if sighting else [],
        "body": sighting.body if sighting else None,
    }
