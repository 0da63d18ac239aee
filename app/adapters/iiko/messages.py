"""A message for the people at the POS. Iiko takes one about an order only: it is the order's problem, and shown."""

from app.adapters.base import MessageSubmission, Taken, Translation, WireRequest
from app.adapters.iiko.connection import refused
from app.adapters.iiko.errors import NOT_FOUND, complaint, pos_error
from app.adapters.iiko.settings import IikoSettings
from app.adapters.transport import Answer
from app.domain.errors import Finding, OrderNotExpressible, Rejected
from app.domain.status import StatusEvent, Word

PROBLEM = "/api/0/orders/add_order_problem"


def translate_message(settings: IikoSettings, submission: MessageSubmission) -> Translation:
    """Raises OrderNotExpressible. ``also_to_printer`` says nothing to Iiko, which prints no problems."""
    if submission.about is None:
        message = "Iiko takes messages about an order only: give order_id, of an order that was sent."
        raise OrderNotExpressible([Finding("/order_id", "not_supported", message)])
    return Translation(
        request=WireRequest(
            method="POST",
            path=PROBLEM,
            params={"organization": settings.organization_id},
            body={"orderId": str(submission.about), "problemText": submission.message.message},
        )
    )


def told(answer: Answer) -> Taken:
    """Any 2xx says that it is shown: the body is empty. Raises a PosError."""
    error = pos_error(answer)
    if error is None:
        return Taken(
            event=StatusEvent(word=Word.ACCEPTED, raw="told"), http_status=answer.status, answer=answer.excerpt()
        )
    said = complaint(answer)
    if said.handled and said.code == NOT_FOUND:
        raise Rejected(
            "Iiko does not have the order that the message is about.",
            http_status=error.http_status,
            answer=error.answer,
            pos_message=error.pos_message,
        )
    raise refused(error, answer, "Iiko refused the message")
