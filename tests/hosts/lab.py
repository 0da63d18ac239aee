"""Several hosts on one machine: network namespaces on a switch, with faults of the cable. Root and Linux only.

Nothing of the machine itself is touched. Namespaces of mounts, networks and processes are private to one lab, so two
labs may use the same names and addresses, and everything ends with it, however it ends:

    with lab("db1", "db2", "app") as hosts:
        server = hosts.start("db1", "postgres", "-D", data, user="postgres")    # a Process, with its log
        hosts.cut("db1")                            # a pulled cable: silence, no "connection refused"
        hosts.block("app", "db2")                   # silence between these two only
        hosts.kill9("db2")                          # every process of that host; its kernel still answers with RST
        with hosts.standing_on("app"):              # this thread, and threads it starts, open their sockets there
            httpx.get(f"http://{hosts.address('db2')}:8000")
"""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.e2e.processes import Process

NETWORK = "10.77.0"
FIRST = 11
NOWHERE = "02:00:00:00:00:00"
SWITCH = "switch"
PATIENCE_S = 120.0
LOOK_EVERY_S = 0.02
PACKAGES = {"ip": "iproute2", "unshare": "util-linux", "nsenter": "util-linux", "setpriv": "util-linux"}
FOREIGN = ("ORDER_RELAY_", "DATABASE_URL", "PG", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
CLONE_NEWNET = 0x40000000

# The first process of the lab must reap orphans, as this shell does while it waits: a killed postmaster that stayed a
# zombie would count as alive. It ends when our end of the pipe is closed, and all other processes of the lab with it.
# The private /run/netns keeps the hosts' names to ourselves.
KEEPER = """
exec 3<&0
mkdir -p /run/netns && mount -t tmpfs none /run/netns && echo ready || exit 1
cat <&3 >/dev/null &
wait $!
"""
TRIAL = "ip link add name bridge0 type bridge; ip link add name veth0 type veth peer name veth1"
UNSHARE = ("unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child")


def missing() -> str | None:
    """Why there can be no lab here, in words that say what to do; None: there can."""
    if os.geteuid() != 0:
        return "several hosts need root (network namespaces): run this as root"
    wanted = sorted({package for program, package in PACKAGES.items() if shutil.which(program) is None})
    if wanted:
        return f"several hosts need {', '.join(PACKAGES)}: apt-get install {' '.join(wanted)}"
    tried = _run([*UNSHARE, "sh", "-ec", TRIAL], check=False)
    refused = f"several hosts need namespaces, which are refused here: {tried.stderr.strip()}"
    return refused if tried.returncode else None


@contextmanager
def lab(*hosts: str) -> Iterator["Lab"]:
    """Hosts, each with the others in reach. Names: letters and digits, at most 10."""
    # Not below pytest's own directory: as root that one is closed to other users, such as PostgreSQL's.
    with TemporaryDirectory(prefix="order-relay-hosts-") as directory:
        Path(directory).chmod(0o711)
        keeper = subprocess.Popen(  # noqa: S603 - our own program
            [*UNSHARE, "sh", "-c", KEEPER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        found = Lab(hosts=hosts, directory=Path(directory), keeper=keeper)
        try:
            found.build()
            yield found
        finally:
            found.end()


class _Inside(subprocess.Popen[bytes]):
    """`nsenter` and the one process it starts: signals are for that one, from `pid_inside` (as seen from outside)."""

    @property
    def pid_inside(self) -> int:
        return _only_child(self)

    def send_signal(self, sig: int) -> None:
        if self.poll() is not None:
            return
        with suppress(ProcessLookupError):
            os.kill(self.pid_inside, sig)
            if sig in (signal.SIGCONT, signal.SIGKILL):  # it had stopped together with its child
                os.kill(self.pid, signal.SIGCONT)


@dataclass(kw_only=True)
class Lab:
    """A switch and its hosts. Made by `lab`."""

    hosts: Sequence[str]
    directory: Path
    """For logs and data; other users may pass through it."""
    keeper: subprocess.Popen[bytes]
    started: list[Process] = field(default_factory=list)
    cables: set[str] = field(default_factory=set)
    """Hosts whose cable is pulled."""
    silences: set[tuple[str, str]] = field(default_factory=set)
    """Who does not hear whom."""

    def address(self, host: str) -> str:
        return f"{NETWORK}.{FIRST + self.hosts.index(host)}"

    def start(
        self,
        host: str,
        *command: str | Path,
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
    ) -> Process:
        """Starts a program there. `environment` is added to ours, without what would lead out of the lab. A stopped
        process (`popen.send_signal`) is a frozen program on a host whose kernel still answers."""
        log = self.directory / f"{len(self.started)}-{host}-{Path(command[0]).name}.log"
        with log.open("wb") as output:
            popen = _Inside(
                self._command(host, command, user, directory),
                env=_environment(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        process = Process(words=tuple(map(str, command)), popen=popen, log=log)
        self.started.append(process)
        return process

    def run(
        self,
        host: str,
        *command: str | Path,
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
        check: bool = True,
        timeout: float = PATIENCE_S,
    ) -> subprocess.CompletedProcess[str]:
        """A program that ends by itself. Fails with its words, unless `check` is off."""
        words = self._command(host, command, user, None)
        return _run(words, check=check, timeout=timeout, env=_environment(environment))

    def cut(self, host: str) -> None:
        """Pulls the cable at the switch. The host's own interface stays up: its programs hear nothing, and are told
        nothing."""
        self._ip("-n", SWITCH, batch=[f"link set p-{host} down"])
        self.cables.add(host)

    def heal(self, host: str) -> None:
        self._ip("-n", SWITCH, batch=[f"link set p-{host} up"])
        self.cables.discard(host)

    def block(self, one: str, other: str) -> None:
        """Silence between these two, in both directions. Each still reaches everybody else."""
        for here, there in ((one, other), (other, one)):
            self._ip("-n", here, batch=[self._neighbour(there, NOWHERE)])
        self.silences.add((one, other))

    def unblock(self, one: str, other: str) -> None:
        for here, there in ((one, other), (other, one)):
            self._ip("-n", here, batch=[self._neighbour(there, self._hardware(there))])
        self.silences.discard((one, other))

    def restore(self) -> None:
        """Every cable is in, and everybody hears everybody."""
        for host in tuple(self.cables):
            self.heal(host)
        for one, other in tuple(self.silences):
            self.unblock(one, other)

    def kill9(self, host: str) -> None:
        """All processes of a host at once, and waits until they are gone. Not a power cut: the kernel lives on, and
        tells the other side. For a host that vanishes, `cut` it first."""
        deadline = time.monotonic() + PATIENCE_S
        while pids := self._signal(host, "KILL"):
            assert time.monotonic() < deadline, f"processes of {host} outlive kill -9: {pids}"

    def freeze(self, host: str) -> None:
        """All processes of a host stand still. Its kernel goes on answering, as that of a host that has run out of
        memory or disk. For ever: `kill9` ends it."""
        self._signal(host, "STOP")

    @contextmanager
    def standing_on(self, host: str) -> Iterator[None]:
        """This thread, and every thread or process started by it meanwhile, has that host's network and no other."""
        with (
            Path("/proc/thread-self/ns/net").open("rb") as home,
            Path(f"/proc/{_only_child(self.keeper)}/root/run/netns/{host}").open("rb") as there,
        ):
            _enter(there.fileno())
            try:
                yield
            finally:
                _enter(home.fileno())

    def build(self) -> None:
        assert self.keeper.stdout
        assert self.keeper.stdout.readline() == b"ready\n", "no namespaces"
        self._ip(batch=[f"netns add {host}" for host in (SWITCH, *self.hosts)])
        links = [
            f"link add p-{host} type veth peer name eth0 address {self._hardware(host)} netns {host}"
            for host in self.hosts
        ]
        ports = [f"link set p-{host} master bridge up" for host in self.hosts]
        self._ip("-n", SWITCH, batch=["link add bridge type bridge", "link set bridge up", *links, *ports])
        for host in self.hosts:
            own = ["link set lo up", f"address add {self.address(host)}/24 dev eth0", "link set eth0 up"]
            # Hosts behind a router do not see their peer vanish. On one segment a lost neighbour would become "no
            # route to host" after seconds, which hides every hang.
            known = [self._neighbour(other, self._hardware(other)) for other in self.hosts if other != host]
            self._ip("-n", host, batch=[*own, *known])

    def end(self) -> None:
        """Ends what was started, then the first process, and with it whatever is left."""
        for process in self.started:
            process.kill9()
        assert self.keeper.stdin
        assert self.keeper.stdout
        self.keeper.stdin.close()
        self.keeper.stdout.close()
        self.keeper.wait(PATIENCE_S)

    def _hardware(self, host: str) -> str:
        return f"02:00:00:00:01:{FIRST + self.hosts.index(host):02x}"

    def _neighbour(self, host: str, hardware: str) -> str:
        return f"neigh replace {self.address(host)} lladdr {hardware} dev eth0 nud permanent"

    def _signal(self, host: str, name: str) -> list[str]:
        """All processes that are there, after they got the signal."""
        pids = self._inside("ip", "netns", "pids", host).stdout.split()
        self._inside("sh", "-c", f"kill -{name} {' '.join(pids)} 2>/dev/null || true")
        return pids

    def _command(self, host: str, command: Sequence[str | Path], user: str | None, directory: Path | None) -> list[str]:
        words = [*self._enter, "ip", "netns", "exec", host, "env", f"--chdir={directory or self.directory}"]
        if user:
            group = pwd.getpwnam(user).pw_gid
            words += ["HOME=/", "setpriv", f"--reuid={user}", f"--regid={group}", "--init-groups"]
        return [*words, *map(str, command)]

    @property
    def _enter(self) -> list[str]:
        return ["nsenter", "--target", str(_only_child(self.keeper)), "--mount", "--net", "--pid", "--"]

    def _inside(self, *words: str, **how: Any) -> subprocess.CompletedProcess[str]:
        return _run([*self._enter, *words], **how)

    def _ip(self, *options: str, batch: Sequence[str]) -> None:
        self._inside("ip", *options, "-batch", "-", input="\n".join(batch))


def _run(words: Sequence[str], *, check: bool = True, **how: Any) -> subprocess.CompletedProcess[str]:
    ended = subprocess.run(  # noqa: S603 - our own programs
        words, capture_output=True, text=True, errors="replace", check=False, **how
    )
    assert not check or ended.returncode == 0, f"{words} ended with {ended.returncode}: {ended.stdout}{ended.stderr}"
    return ended


def _only_child(parent: subprocess.Popen[bytes]) -> int:
    deadline = time.monotonic() + PATIENCE_S
    while not (children := Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()):
        if parent.poll() is not None or time.monotonic() > deadline:
            raise ProcessLookupError(parent.args)
        time.sleep(LOOK_EVERY_S)
    return int(children[0])


def _environment(more: Mapping[str, str] | None) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.upper().startswith(FOREIGN)}
    return {**own, **(more or {})}


def _enter(namespace: int) -> None:
    """Python has its own word for this from 3.12 on."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")
