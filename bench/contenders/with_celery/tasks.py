"""The Celery application and its one task.

For tasks that wait for the network its guide advises gevent, with as many connections to the broker as there are
greenlets (each acknowledges its own task); for tasks that may be repeated, late acknowledgement. Results are of no
use here. psycopg and requests take gevent's sockets after its patching, which the worker command
does before it imports this.
"""

import os

import requests
from celery import Celery
from celery.signals import worker_init, worker_ready
from psycopg_pool import ConnectionPool
from requests.adapters import HTTPAdapter

from bench.contenders.model import DATABASE_URL, DELIVER_TO, DELIVERIES, POOL, TIMEOUT_S

ATTEMPTS = 10
JSON = {"Content-Type": "application/json"}
_BODY = "SELECT body::text FROM orders WHERE id = %s"
_DELIVERED = "UPDATE orders SET delivered_at = now(), answer = %s WHERE id = %s"

app = Celery("orders", broker=os.environ.get("REDIS_URL", "redis://127.0.0.1/0"))
app.conf.update(
    task_ignore_result=True,
    task_acks_late=True,
    worker_prefetch_multiplier=4,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_pool_limit=2 * DELIVERIES,
    broker_transport_options={"max_connections": 2 * DELIVERIES},
)


pool = ConnectionPool(DATABASE_URL, min_size=POOL, max_size=POOL, kwargs={"autocommit": True}, open=False)
client = requests.Session()
client.trust_env = False
client.mount("http://", HTTPAdapter(pool_maxsize=DELIVERIES))


@worker_init.connect
def connect(**_: object) -> None:
    """The worker's; the API sends tasks and has no need of it."""
    pool.open(wait=True)


@worker_ready.connect
def tell(**_: object) -> None:
    """To whoever started it."""
    print("the worker is ready", flush=True)


@app.task(
    name="deliver", autoretry_for=(requests.RequestException,), max_retries=ATTEMPTS, retry_backoff=2, retry_jitter=True
)
def deliver(order_id: str) -> None:
    """Sends one order, and says so in its row."""
    with pool.connection() as connection:
        (body,) = connection.execute(_BODY, [order_id]).fetchone()
    answer = client.post(DELIVER_TO, data=body.encode(), headers=JSON, timeout=TIMEOUT_S)
    answer.raise_for_status()
    with pool.connection() as connection:
        connection.execute(_DELIVERED, [answer.status_code, order_id])
