"""The website: people who do not give up, at two API hosts, and a record of every answer they got."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle, pairwise

import httpx

from tests.e2e import city
from tests.e2e.crowd import Order
from tests.e2e.ledger import Promise
from tests.hosts.town import ANSWERED_WITHIN_S, APIS, IIKO, IKENTOO, Town

PEOPLE = 4
NEXT_ORDER_S = 0.1
AGAIN_AFTER_S = 0.1
PATIENCE_S = 90.0
"""A safety net only."""
TAKEN = (200, 202)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one request brought."""

    host: str
    reference: str
    began: float
    """As `time.monotonic` has it."""
    ended: float
    said: int | str
    """The status, or the name of the error that kept it from coming."""
    retry_after: str | None = None
    order_id: str = ""

    @property
    def taken(self) -> bool:
        return self.said in TAKEN

    @property
    def seconds(self) -> float:
        return self.ended - self.began


def ask(api: httpx.Client, host: str, order: Order) -> Answer:
    """One request to one host."""
    began = time.monotonic()
    try:
        answer = api.post("/v1/orders", json=order)
    except httpx.TransportError as error:
        return Answer(
            host=host, reference=order["reference"], began=began, ended=time.monotonic(), said=type(error).__name__
        )
    return Answer(
        host=host,
        reference=order["reference"],
        began=began,
        ended=time.monotonic(),
        said=answer.status_code,
        retry_after=answer.headers.get("Retry-After"),
        order_id=answer.json().get("id", ""),
    )


@dataclass(kw_only=True)
class Website:
    """Orders one after the other from several people, each repeated under the same reference until it is taken. Every
    next request goes to the next host."""

    apis: Mapping[str, httpx.Client]
    prefix: str
    answers: list[Answer] = field(default_factory=list)
    _closed: threading.Event = field(default_factory=threading.Event)
    _numbers: Iterator[int] = field(default_factory=count)
    _people: list[Future[None]] = field(default_factory=list)

    def open(self, pool: ThreadPoolExecutor) -> None:
        for number in range(PEOPLE):
            hosts = [*self.apis][number % len(self.apis) :] + [*self.apis][: number % len(self.apis)]
            self._people.append(pool.submit(self._shop, cycle(hosts)))

    def leave(self) -> None:
        """Nobody begins another order."""
        self._closed.set()

    def close(self) -> list[Promise]:
        """No further orders; what was begun is insisted on. All promises that were given."""
        self.leave()
        for person in self._people:
            person.result(PATIENCE_S)
        return self.promises

    @property
    def promises(self) -> list[Promise]:
        given = {answer.reference: answer for answer in self.answers if answer.taken}
        return [
            Promise(id=answer.order_id, number=reference, place=city.place_of(slug_of(reference)))
            for reference, answer in given.items()
        ]

    def until_taken(self, more: int, *, by: str | None = None) -> None:
        """Until so many more answers (of this host) said that an order is taken."""
        seen = len(self.answers)
        self._until(lambda: self._count(seen, by, taken=True) >= more, f"{more} more orders are taken")

    def until_refused(self, by: str | None = None) -> None:
        """Until one more answer (of this host) said no, or did not come."""
        seen = len(self.answers)
        self._until(lambda: self._count(seen, by, taken=False) > 0, "somebody is refused")

    def silence_from(self, moment: float) -> float:
        """The longest time after a moment in which nothing was taken, in seconds."""
        times = [moment, *sorted(answer.ended for answer in self.answers if answer.taken and answer.ended > moment)]
        return max((later - earlier for earlier, later in pairwise(times)), default=float("inf"))

    def _count(self, seen: int, host: str | None, *, taken: bool) -> int:
        return sum(answer.taken is taken and host in (None, answer.host) for answer in self.answers[seen:])

    def _until(self, is_so: Callable[[], bool], words: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not is_so():
            assert time.monotonic() < deadline, f"not yet: {words}; {self.answers[-10:]}"
            for person in self._people:
                if person.done():
                    person.result()
            self._closed.wait(0.02)

    def _shop(self, hosts: Iterator[str]) -> None:
        while not self._closed.is_set():
            number = next(self._numbers)
            slug = (IIKO, IKENTOO)[number % 2]
            order = city.order(slug, f"{self.prefix}-{number}")
            deadline = time.monotonic() + PATIENCE_S
            while not self._ask(next(hosts), order).taken:
                assert time.monotonic() < deadline, self.answers[-10:]
                time.sleep(AGAIN_AFTER_S)
            self._closed.wait(NEXT_ORDER_S)

    def _ask(self, host: str, order: Order) -> Answer:
        answer = ask(self.apis[host], host, order)
        self.answers.append(answer)
        return answer


def slug_of(reference: str) -> str:
    return (IIKO, IKENTOO)[int(reference.rpartition("-")[2]) % 2]


@contextmanager
def website(town: Town, prefix: str, *, patience_s: float = ANSWERED_WITHIN_S) -> Iterator[Website]:
    """Open, with people at both hosts, who wait so long for an answer."""
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(PEOPLE))  # stands where this thread stands
        apis = {host: stack.enter_context(town.api(host, patience_s=patience_s)) for host in APIS}
        found = Website(apis=apis, prefix=prefix)
        found.open(pool)
        try:
            yield found
        finally:
            found.leave()
