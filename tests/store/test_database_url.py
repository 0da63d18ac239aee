"""What `DATABASE_URL` may say, and what is refused without repeating the password."""

import pytest

from app.domain.errors import ConfigurationError
from app.store.database_url import parse

READABLE = [
    ("postgresql://u:pw@db/relay", "u@db:5432/relay"),
    ("postgres://u:pw@db:6000/relay", "u@db:6000/relay"),
    ("postgresql+asyncpg://u@db/relay", "u@db:5432/relay"),
    ("postgresql://db/relay", "@db:5432/relay"),
    ("postgresql://u:pw@/relay?host=a:5432&host=b:5433", "u@a:5432,b:5433/relay"),
    ("postgresql://u:pw@a:5432,b:5433/relay", "u@a:5432,b:5433/relay"),
    ("postgresql://u@/relay?host=a,b&target_session_attrs=read-write", "u@a:5432,b:5432/relay"),
    ("postgresql://u@/relay?host=/var/run/postgresql", "u@/var/run/postgresql/relay"),
    ("postgresql://u@%2Fvar%2Frun%2Fpostgresql/relay", "u@/var/run/postgresql/relay"),
    ("postgresql://u@/relay?port=6000&host=a", "u@a:6000/relay"),
    ("postgresql://u@[::1]:6000/relay", "u@::1:6000/relay"),
    (" postgresql://u@db/relay\n", "u@db:5432/relay"),
]

NONSENSE = [
    ("", "begin with postgresql://"),
    ("mysql://u:S3CRET@db/relay", "begin with postgresql://"),
    ("u:S3CRET@db/relay", "begin with postgresql://"),
    ("postgresql://u:S3CRET@db", "name of one database"),
    ("postgresql://u:S3CRET@db/a/b", "name of one database"),
    ("postgresql://u:S3CRET@/relay", "names no host"),
    ("postgresql://u:S3CRET@db:0/relay", "a port must be"),
    ("postgresql://u:S3CRET@db:http/relay", "a port must be"),
    ("postgresql://u:S3CRET@db:99999/relay", "a port must be"),
    ("postgresql://u:S3/CRET@db/relay", "a port must be"),
    ("postgresql://u:S3CRET#x@db/relay", "%23"),
    ("postgresql://u:S3CRET@[::1/relay", "not a URL"),
    ("postgresql://u:S3CRET@a,,b/relay", "host name is empty"),
    ("postgresql://u:S3CRET@my host/relay", "space"),
    ("postgresql://u:S3CRET@db/relay?sslmode=yes", "sslmode must be one of"),
    ("postgresql://u:S3CRET@db/relay?target_session_attrs=standby", "'target_session_attrs'"),
    ("postgresql://u:S3CRET@db/relay?keepalives_idle=5", "'keepalives_idle'"),
]


@pytest.mark.parametrize(("url", "meaning"), READABLE)
def test_readable(url: str, meaning: str) -> None:
    assert str(parse(url)) == meaning


@pytest.mark.parametrize(("url", "why"), NONSENSE)
def test_nonsense_is_refused_in_one_line_without_the_password(url: str, why: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parse(url)
    text = str(refused.value)
    assert why in text
    assert text.startswith("DATABASE_URL")
    assert "CRET" not in text
    assert "\n" not in text


def test_password_is_unquoted_and_never_shown() -> None:
    url = parse("postgresql://u:p%40s%3A%2Fs@db/relay")
    assert url.password == "p@s:/s"
    assert "p@s" not in repr(url) + str(url)


def test_tls_words_reach_the_driver() -> None:
    url = parse("postgresql://u@db/relay?sslmode=verify-full&sslrootcert=/etc/ca.pem")
    assert url.tls_dsn == "postgresql://?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem"
