"""The hosts themselves: in reach of each other, cut, blocked, killed, and gone without a trace."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.hosts.lab import Lab, lab

ANSWERS_S = 5.0
SILENCE_S = 0.7
ECHO = (
    sys.executable,
    "-c",
    """
import socket, sys
with socket.create_server((sys.argv[1], 7)) as server:
    print("echoes", flush=True)
    while True:
        peer, _ = server.accept()
        with peer:
            peer.sendall(peer.recv(100))
""",
)


@pytest.fixture
def hosts() -> Iterator[Lab]:
    with lab("a", "b") as found:
        found.start("a", *ECHO, found.address("a")).wait_for("echoes")
        yield found


def answers(hosts: Lab, seconds: float) -> bool:
    address = (hosts.address("a"), 7)
    with (
        suppress(TimeoutError),
        hosts.standing_on("b"),
        socket.create_connection(address, timeout=seconds) as connection,
    ):
        connection.sendall(b"hello")
        return connection.recv(100) == b"hello"
    return False


def test_a_cable_that_is_pulled_and_put_back(hosts: Lab) -> None:
    assert answers(hosts, ANSWERS_S)
    hosts.cut("a")
    assert not answers(hosts, SILENCE_S)
    hosts.heal("a")
    assert answers(hosts, ANSWERS_S)


def test_two_hosts_that_do_not_hear_each_other(hosts: Lab) -> None:
    hosts.block("a", "b")
    assert not answers(hosts, SILENCE_S)
    hosts.unblock("a", "b")
    assert answers(hosts, ANSWERS_S)


def test_a_killed_host_refuses(hosts: Lab) -> None:
    hosts.kill9("a")
    with pytest.raises(ConnectionRefusedError):
        answers(hosts, ANSWERS_S)
    assert hosts.started[0].wait() == -9


def test_a_frozen_program_on_a_host_that_answers(hosts: Lab) -> None:
    echo = hosts.started[0]
    echo.popen.send_signal(signal.SIGSTOP)
    assert not answers(hosts, SILENCE_S)
    echo.popen.send_signal(signal.SIGCONT)
    assert answers(hosts, ANSWERS_S)
    echo.popen.send_signal(signal.SIGSTOP)
    echo.kill9()


def test_a_second_lab_beside() -> None:
    with lab("a", "b") as one, lab("a", "b") as other:
        for hosts in (one, other):
            hosts.start("a", *ECHO, hosts.address("a")).wait_for("echoes")
        one.cut("a")
        assert not answers(one, SILENCE_S)
        assert answers(other, ANSWERS_S)


def test_nothing_outlives_whoever_made_it(tmp_path: Path) -> None:
    program = (
        "import os, sys; from tests.hosts.lab import lab\n"
        "with lab('a') as hosts:\n"
        "    sleeper = hosts.start('a', 'sleep', '1000')\n"
        "    print(sleeper.popen.pid_inside, flush=True); sys.stdin.read()"
    )
    maker = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert maker.stdout
    assert maker.stdin
    sleeper = int(maker.stdout.readline())
    end = select.poll()
    end.register(handle := os.pidfd_open(sleeper), select.POLLIN)
    maker.kill()
    maker.wait()
    assert end.poll(ANSWERS_S * 1000)
    for channel in (maker.stdin, maker.stdout):
        channel.close()
    os.close(handle)
