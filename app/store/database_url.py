"""What `DATABASE_URL` may say: one or several hosts, a socket directory, TLS. Nonsense is refused in one clear line."""

from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from app.domain.errors import ConfigurationError

DEFAULT_PORT = 5432
SCHEMES = {"postgresql", "postgres", "postgresql+asyncpg"}
TLS_MODES = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
TLS_PARAMETERS = {"sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "ssl_min_protocol_version"}
# Wanted anyway: only a writable host is ever used, so these spellings of it are let through.
WRITABLE = {"read-write", "primary"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Host:
    """A TCP host, or a directory with a unix socket when `name` begins with a slash."""

    name: str
    port: int = DEFAULT_PORT

    @property
    def is_socket(self) -> bool:
        return self.name.startswith("/")

    def __str__(self) -> str:
        return self.name if self.is_socket else f"{self.name}:{self.port}"


@dataclass(frozen=True, kw_only=True, slots=True)
class DatabaseUrl:
    """A parsed `DATABASE_URL`. Its text form leaves the password out, so it may be logged."""

    hosts: tuple[Host, ...]
    user: str | None
    password: str | None = field(repr=False)
    database: str
    tls: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.user or ''}@{','.join(map(str, self.hosts))}/{self.database}"

    @property
    def tls_dsn(self) -> str | None:
        """The TLS words as asyncpg reads them: it takes certificate files only inside a DSN."""
        return f"postgresql://?{urlencode(self.tls)}" if self.tls else None


def parse(url: str) -> DatabaseUrl:
    """Read `postgresql://user:password@host:5432/database`; several hosts as `?host=a:5432&host=b:5432`,
    `?host=a,b` or `@a:5432,b:5432`; a socket directory as `?host=/directory`.

    Raises ConfigurationError, whose text never holds the password.
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:  # an unclosed [ of an IPv6 address
        raise _refused("it is not a URL") from None
    if parts.scheme not in SCHEMES:
        raise _refused("it must begin with postgresql://")
    if parts.fragment:
        raise _refused("it has a '#' in it; in a password write %23")
    hosts, tls = _query(parts)
    credentials, _, addresses = parts.netloc.rpartition("@")
    hosts = [*_hosts(addresses, default_port=DEFAULT_PORT), *hosts]
    if not hosts:
        raise _refused("it names no host; write @host/ or ?host=")
    user, _, password = credentials.partition(":")
    database = unquote(parts.path.removeprefix("/"))
    if not database or "/" in database:
        raise _refused("it must end with the name of one database, as in postgresql://user@host/order_relay")
    return DatabaseUrl(
        hosts=tuple(hosts),
        user=unquote(user) or None,
        password=unquote(password) or None,
        database=database,
        tls=tuple(tls),
    )


def _query(parts: SplitResult) -> tuple[list[Host], list[tuple[str, str]]]:
    addresses: list[str] = []
    tls: list[tuple[str, str]] = []
    port = DEFAULT_PORT
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name == "host":
            addresses.append(value)
        elif name == "port":
            port = _port(value)
        elif name in TLS_PARAMETERS:
            if name == "sslmode" and value not in TLS_MODES:
                raise _refused(f"sslmode must be one of {', '.join(sorted(TLS_MODES))}")
            tls.append((name, value))
        elif not (name == "target_session_attrs" and value in WRITABLE):
            raise _refused(f"the parameter {name!r} (or its value) is not known here")
    return [host for address in addresses for host in _hosts(address, default_port=port)], tls


def _hosts(addresses: str, *, default_port: int) -> list[Host]:
    return [_host(address, default_port) for address in addresses.split(",")] if addresses else []


def _host(address: str, default_port: int) -> Host:
    address = unquote(address)
    if address.startswith("/"):
        return Host(name=address, port=default_port)
    if address.startswith("["):  # [::1]:5432
        name, closed, rest = address[1:].partition("]")
        port = rest.removeprefix(":") if closed else "unclosed"
    elif address.count(":") > 1:  # ::1, an IPv6 address without a port
        name, port = address, ""
    else:
        name, _, port = address.partition(":")
    if not name or any(letter.isspace() for letter in name):
        raise _refused("a host name is empty or has a space in it")
    return Host(name=name, port=_port(port) if port else default_port)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise _refused(
            "a port must be a number from 1 to 65535 (a '@', ':' or '/' in a password is written %40, %3A, %2F)"
        )
    return int(text)


def _refused(why: str) -> ConfigurationError:
    return ConfigurationError(f"DATABASE_URL cannot be used: {why}.")
