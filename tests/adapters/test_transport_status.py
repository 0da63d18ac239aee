"""What a status means for any POS."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from app.adapters.transport import EXCERPT, Answer, classify, readable, retry_after
from app.domain.errors import AccessDenied, InDoubt, Misconfigured, NotSent, PosError, Rejected

JSON = b'{"message": "no"}'
HTML = b"<html>no</html>"


def answer(status: int, body: bytes = JSON, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status=status, headers=headers or {}, body=body)


def expected(status: int, *, is_json: bool) -> type[PosError] | None:
    """The table once more, by hand."""
    named: dict[int, type[PosError]] = {
        400: Rejected,
        401: AccessDenied,
        403: AccessDenied,
        404: Misconfigured,
        405: Misconfigured,
        408: InDoubt,
        422: Rejected,
        429: NotSent,
    }
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return Misconfigured
    if not is_json and 400 <= status < 500 and status not in (401, 403, 408, 429):
        return Misconfigured
    return named.get(status, InDoubt)


@pytest.mark.parametrize("status", range(100, 600))
def test_every_status(status: int) -> None:
    for body in (JSON, HTML, b""):
        error = classify(answer(status, body))
        assert (None if error is None else type(error)) is expected(status, is_json=body == JSON)
        if error is not None:
            assert error.http_status == status
            assert error.answer == body.decode()


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("9" * 40, None),
        ("\u0661", None),
        ("Wed, 99 Foo 2026 07:28:00 GMT", None),
        ("Wed, 21 Oct 2026 07:30:00 GMT", 120.0),
        ("Wednesday, 21-Oct-26 07:30:00 GMT", 120.0),
        ("Wed, 21 Oct 2026 07:30:00", 120.0),
        ("Wed, 21 Oct 2026 07:27:00 GMT", 0.0),
    ],
)
def test_retry_after(said: str, seconds: float | None) -> None:
    given = answer(429, headers={"retry-after": said, "date": "Wed, 21 Oct 2026 07:28:00 GMT"})
    assert retry_after(given) == seconds
    error = classify(given)
    assert error is not None
    assert error.retry_after_s == seconds


def test_retry_after_without_a_date_of_theirs() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    seconds = retry_after(answer(503, headers={"retry-after": later}))
    assert seconds is not None
    assert 0 < seconds <= 100


def test_an_excerpt_can_be_stored() -> None:
    assert readable("a\x00b\ud800c") == "a\ufffdb\ufffdc"
    assert len(readable("\u20ac" * EXCERPT).encode()) <= EXCERPT
    assert readable("key=p%40ss, p@ss", mask=("p@ss", "")) == "key=***, ***"


def test_an_answer_that_is_no_json() -> None:
    for body in (b"", b"\xff\xfe", b"[" * 200_000, b"9" * 5000, b"null"):
        assert answer(200, body).json() is None
    assert answer(200, b"\xef\xbb\xbf{}").json() == {}
