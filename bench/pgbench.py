"""The database's ceiling: pgbench doing the inserts of one order (order, history, submission) in one statement and
one commit, in order-relay's own tables with all their indexes. No HTTP, no validation, no duplicates looked for."""

import json
import re
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.store import embedded_programs
from bench.machine import Meter, Shares
from bench.orders import LOCATIONS, order

PATIENCE_S = 60.0
THREADS = 2
_STATEMENT = """\\set place random(1, {places})
\\set number random(1, 1000000000000)
WITH stored AS (
    INSERT INTO orders (
        location_id, id, reference, fingerprint, status, service_type, currency, total, prepaid, customer_search,
        current_reference, pos_system, body
    )
    SELECT
        'bench-' || lpad(:place::text, 2, '0'), uuidv7(), 'pg-' || :client_id::text || '-' || :number::text,
        sha256(:number::text::bytea), 'received', 'delivery', 'UAH', 898.00, true, 'olena shevchenko 380979981891',
        uuidv7(), 'iiko', '{body}'::jsonb
    RETURNING location_id, id, current_reference
), told AS (
    INSERT INTO status_history (location_id, order_id, status, source, event, detail)
    SELECT location_id, id, 'received', 'api', 'received', 'Received from the website' FROM stored
)
INSERT INTO submissions (location_id, reference, order_id, state, due_at, deadline_at)
SELECT location_id, current_reference, id, 'waiting', now(), now() + interval '30 minutes' FROM stored;
"""


@dataclass(frozen=True, kw_only=True)
class Ceiling:
    """What came out."""

    per_s: float
    latency_ms: float
    """On average."""
    orders: int
    shares: Shares


def available() -> str | None:
    """None: it can run here. Else why not."""
    return None if _program().exists() else "this embedded PostgreSQL comes without pgbench"


def measure(database_url: str, parts: Mapping[str, int], *, clients: int, seconds: int) -> Ceiling:
    """`database_url`: one with order-relay's tables and the twenty restaurants; the orders stay there. `parts`: whose
    CPU time is of interest. Raises RuntimeError with pgbench's words."""
    with tempfile.TemporaryDirectory(prefix="bench-pgbench-") as place:
        script = Path(place) / "order.sql"
        body = json.dumps(order(LOCATIONS[0])).replace("'", "''")
        script.write_text(_STATEMENT.format(places=len(LOCATIONS), body=body))
        options = ["--no-vacuum", "--protocol=prepared", f"--client={clients}", f"--jobs={min(THREADS, clients)}"]
        command = [str(_program()), *options, f"--time={seconds}", f"--file={script}", database_url]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            meter = Meter({**parts, "load client": process.pid})
            time.sleep(seconds - 0.1)  # measured while it runs: what has ended uses no CPU
            shares = meter.stop()
            said, _ = process.communicate(timeout=PATIENCE_S)
        finally:
            process.kill()
    if process.returncode:
        raise RuntimeError(f"pgbench ended with {process.returncode}:\n{said}")
    return Ceiling(
        per_s=_number(r"tps = ([0-9.]+)", said),
        latency_ms=_number(r"latency average = ([0-9.]+) ms", said),
        orders=int(_number(r"actually processed: (\d+)", said)),
        shares=shares,
    )


def _program() -> Path:
    wheel = embedded_programs.find()
    return wheel.by_version[wheel.newest] / "pgbench"


def _number(pattern: str, said: str) -> float:
    found = re.search(pattern, said)
    if found is None:
        raise RuntimeError(f"pgbench did not say {pattern!r}:\n{said}")
    return float(found[1])
