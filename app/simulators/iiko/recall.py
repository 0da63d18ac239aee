"""What an Iiko simulator still knows after its end: the orders. Changed ids are as configured again, one more edit."""

from app.simulators.durable import BookFile
from app.simulators.iiko.kitchen import Kitchen


def recall(kitchen: Kitchen, file: BookFile) -> None:
    """Take back every order that the file has. They have walked on meanwhile."""
    book = kitchen.book
    for word, *record in file.read():
        if word == "order":
            [order] = record
            sighting = book.sighting(order.id)
            sighting.requests += 1
            sighting.external_id = order.request.external_id
            book.add(order, sighting)
            book.next_number()
        else:
            order_id, stage, at = record
            book.orders[order_id].enter(stage, at)
    for order in book:
        order.hidden_until = 0.0  # of a clock that has ended
        kitchen.resume(order)
