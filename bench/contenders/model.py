"""What all of them share: the words of a callback, the answer, and the settings."""

import os
from typing import Literal

from pydantic import BaseModel

from app.domain.order import Order

DATABASE_URL = os.environ.get("DATABASE_URL", "")
DELIVER_TO = os.environ.get("DELIVER_TO", "")
DELIVERIES = int(os.environ.get("DELIVERIES", "80"))
POOL = 16
"""Database connections of a process."""
TIMEOUT_S = 10.0

STATUS = {"accepted": "accepted", "ready": "ready", "closed": "completed"}
"""A callback's word, and what the order is then."""
EARLIER = {
    "accepted": ["received"],
    "ready": ["received", "accepted"],
    "completed": ["received", "accepted", "ready"],
}
"""A status, and those that it may follow: words can overtake each other."""


class Accepted(BaseModel):
    """The small answer to an order."""

    id: str
    reference: str
    status: str


class Word(BaseModel):
    """A callback."""

    location: str
    reference: str
    word: Literal["accepted", "ready", "closed"]


class Noted(BaseModel):
    """The small answer to a callback."""

    status: str


def content(order: Order) -> str:
    """What is stored, and sent on."""
    return order.model_dump_json(exclude_unset=True)
