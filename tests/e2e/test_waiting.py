"""Waiting for an order that another process sends, and a stop while somebody waits."""

import threading

import httpx

from tests.e2e.processes import Processes
from tests.e2e.restaurant import SCOPES, SLUG, client, order, place

LONG = {"Prefer": "wait=25"}
ANSWER_S = 60


def test_news_come_from_another_process(order_relay: Processes) -> None:
    simulator = order_relay.simulate("iiko")
    server = order_relay.serve("--no-worker")
    order_relay.worker()
    key = order_relay.key("tests", *SCOPES)
    with client(server.url, key) as api:
        place(api, simulator.url)
        submitted = api.post("/v1/orders", json=order("WEB-1"), headers=LONG, timeout=ANSWER_S)
        view = submitted.json()
        assert (submitted.status_code, submitted.headers["Preference-Applied"]) == (202, "wait=25")
        assert view["status"] != "received"
        with api.stream("GET", f"/v1/orders/{view['id']}/events", timeout=ANSWER_S) as stream:
            assert stream.status_code == 200
            told = next(line for line in stream.iter_lines() if line.startswith("data: "))
            assert view["id"] in told


def test_a_stop_answers_those_who_wait(order_relay: Processes) -> None:
    simulator = order_relay.simulate("iiko")
    server = order_relay.serve()
    key = order_relay.key("tests", *SCOPES)
    answers: list[httpx.Response] = []
    with client(server.url, key) as api:
        place(api, simulator.url)
        assert api.post(f"/v1/locations/{SLUG}/pause").status_code == 200

        def submit() -> None:
            answers.append(api.post("/v1/orders", json=order("WEB-1"), headers=LONG, timeout=ANSWER_S))

        waits = threading.Thread(target=submit)
        waits.start()
        with client(server.url, key) as other:
            while not other.get("/v1/orders").json()["items"]:
                pass  # until it is stored
        assert server.terminate() == 0
        waits.join(ANSWER_S)
    assert (answers[0].status_code, answers[0].json()["status"]) == (202, "received")
