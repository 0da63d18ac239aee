"""Orders as websites send them, and what goes over the wire: one folder of cases/ each.

``location.json`` holds what differs from the usual restaurant, ``expected.json`` the request with what was folded and
not sent, or the refusals.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import OrderNotExpressible
from tests.adapters.ikentoo.setting import POS, location, submission

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.name for path in CASES.iterdir())


def read(case: str, name: str) -> Any:
    path = CASES / case / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else {}


def translated(case: str) -> dict[str, Any]:
    try:
        result = POS.translate(location(**read(case, "location")), submission(read(case, "order")))
    except OrderNotExpressible as error:
        return {"refused": [{"pointer": each.pointer, "code": each.code} for each in error.findings]}
    return {
        "request": {"method": result.request.method, "path": result.request.path, "body": result.request.body},
        "folded": list(result.folded),
        "not_sent": list(result.not_sent),
    }


@pytest.mark.parametrize("case", NAMES)
def test_case(case: str) -> None:
    assert translated(case) == read(case, "expected")


@pytest.mark.parametrize("case", NAMES)
def test_nothing_empty_goes_out(case: str) -> None:
    def walk(value: Any) -> None:
        assert value is not None
        assert value not in ("", [], {}), value
        for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(member)

    walk(translated(case).get("request", 1))
