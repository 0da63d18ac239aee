"""The iKentoo API guide's example answers, word for word."""

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "guide"


def example(name: str) -> Any:
    """A fresh copy of one of them."""
    return json.loads((_FOLDER / f"{name}.json").read_text())
