"""The views of payments and messages as OpenAPI tells them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.api.order_models import (
    Amount,
    AttemptView,
    AttentionView,
    DispatchView,
    FailureView,
    HistoryView,
    Shown,
    Time,
)
from app.domain.fields import Text

Id = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
Version = Annotated[int, Field(description="Rises with each change.")]
Final = Annotated[bool, Field(description="Nothing more will come by itself.")]
Place = Annotated[str, Field(examples=["geneva-1"])]


class PaymentPos(Shown):
    """What the POS knows the payment by."""

    system: str
    reference: Annotated[str, Field(description="Ours, a UUID: what the POS got as the payment's reference.")]
    status: Annotated[str | None, Field(description="The POS's own word.")]
    account: Annotated[str | None, Field(description="The check that is paid.")]


class PaymentMilestones(Shown):
    """When the payment first got there."""

    received_at: Time
    submitted_at: Time | None
    accepted_at: Annotated[Time | None, Field(description="Booked on the check.")]
    rejected_at: Time | None
    failed_at: Time | None


PaymentStatus = Literal["received", "submitted", "accepted", "rejected", "failed"]


class PaymentSummary(Shown):
    """A payment of an open check, as lists show it."""

    id: Id
    version: Version
    final: Final
    location: Place
    reference: Annotated[str, Field(examples=["PAY-7"])]
    status: Annotated[
        PaymentStatus,
        Field(description="`submitted`: the POS took it, its verdict is out; `accepted`: booked on the check."),
    ]
    check: str | None
    table: int | None
    amount: Amount
    tip: Amount
    method: str
    currency: Annotated[str, Field(examples=["CHF"])]
    dispatch: DispatchView
    pos: PaymentPos
    milestones: PaymentMilestones
    failure: FailureView | None
    needs_attention: bool
    attention: AttentionView | None
    warnings: list[Any]


class PaymentView(PaymentSummary):
    """A payment of an open check, with all that happened to it, oldest first."""

    history: list[HistoryView]
    attempts: list[AttemptView]


class PaymentList(Shown):
    """A page of payments, newest first."""

    items: list[PaymentSummary]
    next_cursor: str | None


class PaymentQuery(BaseModel):
    """Filters and the page. Unknown names are refused."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    location: Annotated[Text | None, Field(min_length=1, max_length=63)] = None
    status: Annotated[list[PaymentStatus], Field(max_length=20, description="Repeatable: any of them.")] = []
    reference: Annotated[Text | None, Field(min_length=1, max_length=48)] = None
    needs_attention: bool | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Field(min_length=1, max_length=64)] = None


class MessageMilestones(Shown):
    """When the message got there."""

    received_at: Time
    accepted_at: Annotated[Time | None, Field(description="Taken by the POS, which shows it.")]
    rejected_at: Time | None
    failed_at: Time | None


class MessageView(Shown):
    """A message to the till, with all that happened to it, oldest first."""

    id: Id
    version: Version
    final: Final
    location: Place
    status: Annotated[
        Literal["received", "accepted", "rejected", "failed"],
        Field(description="`accepted`: the POS took it; `failed`: given up (`failure` says if it was perhaps shown)."),
    ]
    message: str
    also_to_printer: bool
    order_id: Annotated[str | None, Field(description="The order that it is about.")]
    dispatch: DispatchView
    milestones: MessageMilestones
    failure: FailureView | None
    history: list[HistoryView]
    attempts: list[AttemptView]
