"""The ghost row: a commit that waits for a standby out of reach, and is given up, leaves a row that is visible on the
primary and nowhere else. Whoever repeats the request must not be told "we have it" until another host has it."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx

from tests.e2e import city
from tests.e2e.ledger import Promise
from tests.hosts.conftest import Report
from tests.hosts.town import APIS, IIKO, IKENTOO, Town
from tests.hosts.verdict import books, broken_promises, impolite, now
from tests.hosts.website import Answer, ask

HALF_WAY_S = 2.5
"""Into the time that intake waits for a commit."""
BEFORE, FIRST, SECOND = "ghost-0", "ghost-2", "ghost-4"
HEARD, UNHEARD = b'{"heard": "before"}', b'{"heard": "meanwhile"}'
ORDERS = {reference: city.order(IIKO, reference) for reference in (BEFORE, FIRST, SECOND)}


def test_what_only_the_primary_has_is_acknowledged_to_nobody(relay: Town, report: Report) -> None:
    since, primary = now(), relay.database.primary
    with ExitStack() as stack:
        apis = {host: stack.enter_context(relay.api(host)) for host in APIS}
        people = stack.enter_context(ThreadPoolExecutor(10))
        callbacks = CallbackAddress(apis[APIS[0]])

        def order(host: str, reference: str) -> Answer:
            return ask(apis[host], host, ORDERS[reference])

        def call(host: str, body: bytes) -> Answer:
            return callbacks.post(apis[host], host, body)

        def both_in_turns(request: Callable[[str], Answer]) -> list[Answer]:
            return [request(host) for host in APIS]

        before = [order(APIS[0], BEFORE), call(APIS[0], HEARD)]
        relay.hosts.block(primary, relay.database.standby)
        waiting = [
            people.submit(both_in_turns, request)
            for request in (
                lambda host: order(host, FIRST),
                lambda host: order(host, BEFORE),  # was replicated; but who could tell
                lambda host: call(host, UNHEARD),
                lambda host: call(host, HEARD),
            )
        ]
        waiting.append(people.submit(lambda: [order(APIS[0], SECOND)]))
        time.sleep(HALF_WAY_S)
        waiting.append(people.submit(lambda: [order(APIS[1], SECOND)]))  # while the first one still waits
        meanwhile = [answer for one in waiting for answer in one.result()]
        ghosts = [count(relay, reference) for reference in (FIRST, SECOND)]
        sent = [entry.number for entry in books(relay, "ghost")]

        relay.database.kill(primary)
        # Before it is in reach again: the dead server's kernel would still deliver what it had been given.
        relay.database.promote()
        relay.hosts.restore()
        gone = [count(relay, reference) for reference in (FIRST, SECOND)]
        after = [order(APIS[1], reference) for reference in ORDERS]
        called = [call(APIS[1], HEARD), call(APIS[1], UNHEARD), call(APIS[0], UNHEARD)]
        longest = [round(max(answer.seconds for answer in one), 1) for one in (meanwhile[:-1], meanwhile[-1:])]
        report(
            "standby silent, then the primary killed",
            {"refused": len(meanwhile), "longest_refusal_s": longest[0], "of_a_repeat_beside_the_first_s": longest[1]},
        )

        assert [answer.said for answer in before] == [202, 200]
        assert [answer.said for answer in meanwhile] == [503] * len(meanwhile)
        assert impolite(meanwhile) == []
        assert (ghosts, gone) == ([1, 1], [0, 0])  # they could be seen, and would have been lost
        assert sent == [BEFORE]  # nothing is sent that may be forgotten
        assert [answer.said for answer in after] == [200, 202, 202]
        assert [answer.said for answer in called] == [200] * 3
        assert stored(relay, HEARD, UNHEARD) == [2, 2]  # how often each came, as far as anybody was told
        promises = [Promise(id=answer.order_id, number=answer.reference, place=city.IIKO_PLACE) for answer in after]
        assert broken_promises(relay, apis[APIS[0]], "ghost", promises, since) == []


class CallbackAddress:
    """Where the POS calls, at whichever host."""

    def __init__(self, api: httpx.Client) -> None:
        location = api.get(f"/v1/locations/{IKENTOO}").raise_for_status().json()
        self._path = httpx.URL(location["callback_url"]).path

    def post(self, api: httpx.Client, host: str, body: bytes) -> Answer:
        began = time.monotonic()
        answer = api.post(self._path, content=body, auth=("order-relay", "a-callback-password"))
        return Answer(
            host=host,
            reference=self._path,
            began=began,
            ended=time.monotonic(),
            said=answer.status_code,
            retry_after=answer.headers.get("Retry-After"),
        )


def count(relay: Town, reference: str) -> int:
    """Rows of this order on the primary, seen without writing anything."""
    return int(relay.database.ask(f"SELECT count(*) FROM orders WHERE reference = '{reference}'") or -1)  # noqa: S608


def stored(relay: Town, *bodies: bytes) -> list[int]:
    """How often each callback came."""
    asked = "SELECT sum(repeats) FROM callbacks WHERE body = '\\x{}'"
    return [int(relay.database.ask(asked.format(body.hex())) or -1) for body in bodies]
