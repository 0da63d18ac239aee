"""What an iKentoo simulator still knows after its end: endpoints, orders, and callbacks that nobody has taken yet.

Open checks, payments, consumers and the menu are as configured again. That callbacks are sent again after a restart is
INFERRED: iKentoo promises nothing.
"""

from app.simulators.durable import BookFile
from app.simulators.ikentoo.book import OVER, Book, Callback, Held
from app.simulators.ikentoo.config import Endpoint
from app.simulators.ikentoo.parts import Parts


def recall(book: Book, endpoints: dict[str, Endpoint], file: BookFile) -> None:
    """Take back everything that the file has."""
    for word, *record in file.read():
        if word == "endpoint":
            [endpoint] = record
            endpoints[endpoint.endpoint_id] = endpoint
        elif word == "order":
            order, body, received, knobs = record
            book.hold(Held(order=order, body=body, received=received, knobs=knobs))
        else:
            _of_order(book.orders.get(record[0]), word, *record[1:])


def _of_order(held: Held | None, word: str, *record: object) -> None:
    if held is None:  # the oldest are forgotten
        return
    if word == "state":
        held.state, held.reason = record  # type: ignore[assignment]
    elif word == "callback":
        held.callbacks.append(record[0])  # type: ignore[arg-type]
    else:
        over: Callback = next(each for each in held.callbacks if each.word == record[0] and not each.over)
        over.over = True


def resume(parts: Parts) -> None:
    """What an earlier life has begun goes on."""
    for held in list(parts.book.orders.values()):
        for callback in held.callbacks:
            if not callback.over:
                parts.callbacks.spawn(parts.callbacks.again(callback, held))
        if held.state not in OVER:
            parts.till.resume(held)
