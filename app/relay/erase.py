"""Erasing the guest's personal data from an order that has ended: by a person's word, for ever."""

from typing import Any

from app.domain.attention import AttentionCode, guidance
from app.domain.personal import without_guest
from app.domain.status import ENDS, Status
from app.domain.submission import Dispatch
from app.relay.at_hand import AtHand
from app.store import erase as store

GONE = "Erased with the guest's personal data."
"""In the place of words that may have named the guest."""


async def erase(hand: AtHand) -> None:
    """Safe to repeat: what has come in since is taken out too. Raises StateConflict while the restaurant needs it."""
    if hand.gone.purged:
        return
    _must_have_ended(hand)
    connection, order = hand.connection, hand.case.order
    messages = await store.messages_about(connection, order.location_id, order.id)
    if messages and await store.are_on_their_way(connection, order.location_id, messages):
        hand.refuse("A message to the till about this order is still on its way: wait until it is told or given up.")
    for reference, body in (await store.resent_bodies(connection, order.location_id, order.id)).items():
        await store.save_resent_body(connection, order.location_id, reference, without_guest(body))
    await store.wipe(connection, order.location_id, order.id, messages, gone=GONE)
    hand.case.set(
        body=without_guest(await store.body_of(connection, order.location_id, order.id)),
        customer_search="",
        **_words_gone(hand),
    )
    if not hand.gone.erased:
        hand.case.set(erased_at=hand.case.now)
        hand.tell(store.EVENT, "personal data erased")


def _must_have_ended(hand: AtHand) -> None:
    order = hand.case.order
    settled = order.status is Status.RECEIVED and "submitted_at" not in order.milestones
    followed = order.follow_until is not None and order.follow_until > hand.case.now
    forgotten = order.attention is None and order.watch_at is None and not followed
    if hand.submission.state is not Dispatch.DONE or not (order.status in ENDS or settled or forgotten):
        hand.refuse(
            f"The order is {order.status}, and the restaurant may still need the guest's data. Wait until it has "
            "ended, or cancel or resolve it first."
        )


def _words_gone(hand: AtHand) -> dict[str, Any]:
    """Codes and times stay; every sentence goes."""
    order = hand.case.order
    gone: dict[str, Any] = {
        "warnings": [{"code": warning["code"], "message": GONE} for warning in order.warnings],
    }
    if order.failure is not None:
        gone["failure"] = {"code": order.failure["code"], "message": GONE, "pos_message": None}
    if order.attention is not None:
        meaning, action = guidance(order.kind, AttentionCode(order.attention["code"]))
        gone["attention"] = {**order.attention, "message": meaning, "action": action}
    if order.cancellation is not None:
        gone["cancellation"] = {**order.cancellation, "detail": None}
    return gone
