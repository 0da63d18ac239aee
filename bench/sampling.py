"""What must stay flat over a long run: memory, open files, connections, dead rows, oldest transaction, backlog."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.house import House

TABLES = ("orders", "submissions", "attempts", "lanes", "callbacks", "status_history")

_CONNECTIONS = """
SELECT application_name, count(*) AS n FROM pg_stat_activity
WHERE application_name LIKE 'order-relay%' GROUP BY 1
"""
_STORAGE = """
SELECT (SELECT max(age(backend_xmin)) FROM pg_stat_activity WHERE backend_xmin IS NOT NULL) AS oldest_xmin,
       (SELECT extract(epoch FROM max(now() - xact_start))::float8 FROM pg_stat_activity
        WHERE application_name LIKE 'order-relay%') AS longest_transaction_s,
       (SELECT count(*) FROM submissions WHERE state <> 'done') AS backlog
"""
_TABLES = """
SELECT relname, n_live_tup AS live, n_dead_tup AS dead, pg_total_relation_size(relid) / 1048576.0 AS mb
FROM pg_stat_user_tables WHERE relname = ANY($1)
"""


def process(pid: int) -> dict[str, float]:
    """Resident memory in MB, open files and threads."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)
    return {
        "rss_mb": round(int(status["VmRSS"].split()[0]) / 1024, 1),
        "files": len(list(Path(f"/proc/{pid}/fd").iterdir())),
        "threads": int(status["Threads"]),
    }


async def sample(house: House, processes: Mapping[str, int]) -> dict[str, Any]:
    """One look at everything, flat: name -> number."""
    found: dict[str, Any] = {}
    for name, pid in processes.items():
        found |= {f"{name}_{what}": value for what, value in process(pid).items()}
    async with house.connected() as connection:
        rows = await connection.fetch(_CONNECTIONS)
        found["connections"] = sum(row["n"] for row in rows)
        storage = await connection.fetchrow(_STORAGE)
        found |= {name: float(value or 0) for name, value in storage.items()}
        for row in await connection.fetch(_TABLES, list(TABLES)):
            table = row["relname"]
            found |= {f"{table}_{what}": round(float(row[what]), 2) for what in ("live", "dead", "mb")}
    return found
