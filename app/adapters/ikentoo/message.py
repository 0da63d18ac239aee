"""A message for the people at the till in iKentoo's words (iKentoo API guide, Print To Receipt Printer). Pure."""

from app.adapters.base import MessageSubmission, Translation, WireRequest
from app.adapters.ikentoo.settings import IkentooSettings
from app.adapters.ikentoo.wire import TillMessageBody

PRINT = "/op/1/printMsg"


def translate_message(settings: IkentooSettings, submission: MessageSubmission) -> Translation:
    """One about an order goes to the till and printer that handled it, any other one to the first that takes it."""
    body = TillMessageBody(
        message=submission.message.message,
        also_to_printer=submission.message.also_to_printer,
        third_party_reference=str(submission.about) if submission.about else None,
    )
    params = {"businessLocationId": str(settings.business_location_id)}
    return Translation(request=WireRequest(method="POST", path=PRINT, body=body.body(), params=params))
