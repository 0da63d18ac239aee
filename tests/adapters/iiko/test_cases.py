"""Neutral orders and what Iiko is told of them: one folder each under ``cases``."""

import pytest

from tests.adapters.iiko.places import CASES, case, translated

NAMES = sorted(folder.name for folder in CASES.iterdir() if (folder / "body.json").exists())


@pytest.mark.parametrize("name", NAMES)
def test_body_and_what_is_told_apart(name: str) -> None:
    translation = translated(case(name, "order"))
    assert translation.request.body == case(name, "body")
    apart = {"folded": list(translation.folded), "not_sent": list(translation.not_sent)}
    assert apart == case(name, "apart")


def test_the_request_is_the_create_without_a_token() -> None:
    request = translated(case("asabix", "order")).request
    assert (request.method, request.path) == ("POST", "/api/0/orders/add")
