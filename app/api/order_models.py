"""The order view as OpenAPI tells it, and the bodies of the operators' requests."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.domain.attention import AttentionCode
from app.domain.fields import Note, StrictModel, Text
from app.domain.order import Order, ServiceType
from app.domain.status import FailureCode, Source, Status
from app.domain.submission import Dispatch

Time = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-11-22T18:30:00Z"])]
Amount = Annotated[str, Field(examples=["613.00"])]
Pointers = Annotated[list[str], Field(examples=[["/customer/salutation"]])]


class Shown(BaseModel):
    """Part of an answer: every member is always present."""

    model_config = ConfigDict(extra="forbid")


class DispatchView(Shown):
    """Where the current submission stands."""

    state: Dispatch
    attempts: Annotated[int, Field(description="Of the current submission, looks at the POS included.")]
    next_attempt_at: Time | None
    deadline_at: Annotated[Time, Field(description="When we give up, if it surely is not in the POS.")]


class PosView(Shown):
    """What the POS knows the order by, in its own words."""

    system: str
    reference: Annotated[str, Field(description="Ours, a UUID: what the POS got as the order's reference.")]
    status: Annotated[str | None, Field(description="The POS's own word.")]
    order_id: str | None
    number: Annotated[str | None, Field(description="What staff see on the till.")]
    account: str | None
    folded: Annotated[Pointers, Field(description="Fields that went into a note or an address line.")]
    not_sent: Annotated[Pointers, Field(description="Fields that only we keep.")]


class MilestonesView(Shown):
    """When the order first got there."""

    received_at: Time
    submitted_at: Time | None
    accepted_at: Time | None
    in_preparation_at: Time | None
    ready_at: Time | None
    in_delivery_at: Time | None
    completed_at: Time | None
    closed_at: Time | None
    rejected_at: Time | None
    cancelled_at: Time | None
    failed_at: Time | None


class FailureView(Shown):
    """Why the order was rejected or failed."""

    code: FailureCode
    message: str
    pos_message: Annotated[str | None, Field(description="The POS's own words.")]


class AttentionView(Shown):
    """Why a person should look, and what to do."""

    code: AttentionCode
    since: Time
    message: str
    action: str


class CancellationView(Shown):
    """How far a cancel that somebody asked for got."""

    state: Literal["stopped", "requested", "pos_told", "not_possible"]
    at: Time
    detail: str | None


class OrderSummary(Shown):
    """An order as lists show it."""

    id: Annotated[str, Field(json_schema_extra={"format": "uuid"})]
    version: Annotated[int, Field(description="Rises with each change.")]
    final: Annotated[bool, Field(description="Nothing more will come by itself.")]
    location: Annotated[str, Field(examples=["geneva-1"])]
    reference: Annotated[str, Field(examples=["WEB-10042"])]
    service_type: ServiceType
    status: Status
    currency: Annotated[str, Field(examples=["CHF"])]
    total: Amount
    requested_for: Time | None
    dispatch: DispatchView
    pos: PosView
    milestones: MilestonesView
    failure: FailureView | None
    needs_attention: bool
    attention: AttentionView | None
    cancellation: CancellationView | None
    warnings: list[Any]


class HistoryView(Shown):
    """One thing that happened."""

    at: Time
    status: Status
    source: Source
    event: str
    detail: str | None
    repeats: Annotated[int, Field(description="How often the same callback came.")]


class AttemptView(Shown):
    """One try of one of the order's submissions."""

    number: int
    kind: Annotated[str, Field(description="send, or ask: a look whether the POS has the order.")]
    trigger: str
    at: Time
    duration_ms: int | None
    outcome: Annotated[str | None, Field(description="null: under way.")]
    http_status: int | None
    error: str | None
    request: Annotated[Any, Field(description="Only with the scope ops.")]
    response: Annotated[str | None, Field(description="Only with the scope ops.")]


class OrderView(OrderSummary):
    """An order with all that happened to it, oldest first."""

    order: Annotated[dict[str, Any], Field(description="As received; after a corrected resend, the corrected one.")]
    history: list[HistoryView]
    attempts: list[AttemptView]


class OrderList(Shown):
    """A page of orders, newest first."""

    items: list[OrderSummary]
    next_cursor: str | None


class PreviewRequest(Shown):
    """What would go over the wire, without credentials."""

    method: str
    url: str
    body: dict[str, Any]


class PreviewProblem(Shown):
    """One thing that is wrong for this POS."""

    pointer: str
    code: str
    message: str


class PreviewView(Shown):
    """What this order would become."""

    request: PreviewRequest | None
    folded: Pointers
    not_sent: Pointers
    problems: list[PreviewProblem]


def _not_blank(value: str) -> str:
    if not value.strip():
        message = "must not be blank"
        raise ValueError(message)
    return value


class Resend(StrictModel):
    """An order to send instead, or nothing: the same once more."""

    order: Order | None = None


class Resolve(StrictModel):
    """How a person settled it."""

    note: Annotated[Note, Field(min_length=1, max_length=500), AfterValidator(_not_blank)]
    status: Annotated[Literal["accepted", "rejected"] | None, Field(description="Absent: unchanged.")] = None


class Cancel(StrictModel):
    """Why."""

    reason: Annotated[Text, Field(min_length=1, max_length=500), AfterValidator(_not_blank)]
