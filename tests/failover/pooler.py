"""A pgbouncer in transaction mode on each database host, before that host's PostgreSQL."""

from dataclasses import dataclass

from tests.failover.packages import USER, program
from tests.failover.patroni import NAME, PORT, ROLE
from tests.hosts.lab import Lab

POOLED = 6432
SETTINGS = """
[databases]
{name} = host={address} port={port} dbname={name} user={role}
[pgbouncer]
listen_addr = {address}
listen_port = {pooled}
auth_type = any
pool_mode = transaction
default_pool_size = 20
max_client_conn = 400
unix_socket_dir =
"""
"""`auth_type = any` is for this lab only."""


@dataclass(frozen=True, kw_only=True)
class Poolers:
    """One on each of the hosts."""

    hosts: Lab
    members: tuple[str, ...]

    def create(self) -> None:
        for member in self.members:
            self.start(member)

    def start(self, member: str) -> None:
        settings = self.hosts.directory / f"pgbouncer-{member}.ini"
        address = self.hosts.address(member)
        settings.write_text(SETTINGS.format(name=NAME, address=address, port=PORT, pooled=POOLED, role=ROLE))
        self.hosts.start(member, program("pgbouncer"), settings, user=USER).wait_for("listening on")
