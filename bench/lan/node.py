"""A machine of the lab: a real daemon with a home, a cache and a link of its own."""
import glob
import hashlib
import http.client
import json
import os
import signal
import socket
import subprocess
import threading
import time

from origin import REPO

TICK = os.sysconf("SC_CLK_TCK")


class Node:
    def __init__(self, network, program, place, host, upstream, starts=True, **variables):
        self.network, self.program, self.host = network, program, host
        self.home = os.path.join(place, host)
        os.makedirs(os.path.join(self.home, "run"), mode=0o700)
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": self.home, "HFMC_HOME": f"{self.home}/.hfmc", "XDG_RUNTIME_DIR": f"{self.home}/run",
            "HFMC_MACHINE_ID": host, "HF_ENDPOINT": upstream, **variables}
        if "DOTNET_ROOT" in os.environ:
            self.environment["DOTNET_ROOT"] = os.environ["DOTNET_ROOT"]
        self.offline = variables.get("HF_HUB_OFFLINE") == "1"
        self.version = self.hfmc("--version").split()[-1]
        if starts:
            self.start()

    def start(self):
        self.pid = self.hfmc("daemon", "start", "--json")["pid"]
        self.alive = True
        self.cpu_before = self.cpu()
        self.cpu_last = self.cpu_before

    @property
    def address(self):
        return self.network.address(self.host)

    def hfmc(self, *arguments, **variables):
        """Runs a command to its end and returns its JSON."""
        done = subprocess.run(self.network.inside(self.host, self.program, *arguments), env=self.environment | variables, capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise RuntimeError(f"{self.host}: hfmc {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")
        return json.loads(done.stdout) if "--json" in arguments else done.stdout

    def knows(self, *others):
        for other in others:
            self.hfmc("peer", "add", other.address)

    def status(self):
        """As 'daemon status --json' has it, without the cost of a process."""
        connection = self.control(timeout=10)
        try:
            connection.request("GET", "/control/status")
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def control(self, timeout):
        """A connection to the daemon's control socket."""
        connection = http.client.HTTPConnection("hfmc")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(timeout)
        connection.sock.connect(*glob.glob(f"{self.home}/run/hfmc/*/daemon.sock"))
        return connection

    def cpu(self):
        """Seconds of processor time of the daemon."""
        with open(f"/proc/{self.pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        self.cpu_last = (int(fields[11]) + int(fields[12])) / TICK
        return self.cpu_last

    def cpu_spent(self):
        return (self.cpu() if self.alive else self.cpu_last) - self.cpu_before

    def peak(self):
        """Most memory the daemon ever had, bytes."""
        with open(f"/proc/{self.pid}/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))

    def kill(self):
        self.cpu()
        self.alive = False
        os.kill(self.pid, signal.SIGKILL)

    def log(self):
        return "".join(open(path, errors="replace").read() for path in glob.glob(f"{self.home}/run/hfmc/*/daemon.log"))

    def blob(self, etag):
        return f"{self.home}/.cache/hfmc/hub/models--{REPO.replace('/', '--')}/blobs/{etag}"

    def journal(self, etag):
        return f"{self.home}/.cache/hfmc/partial/{etag}.journal"

    def wrong_blobs(self, files):
        """Of the files (size by etag) those that are missing here or whose digest is not their name."""
        return [etag for etag, size in files.items() if not os.path.exists(self.blob(etag)) or digest(self.blob(etag), etag, size) != etag]


def digest(path, etag, size):
    if len(etag) == 64:
        return subprocess.run(["sha256sum", path], stdout=subprocess.PIPE, text=True, check=True).stdout.split()[0]
    with open(path, "rb") as file:
        return hashlib.sha1(b"blob %d\0" % size + file.read()).hexdigest()


class Add:
    """A 'model add' under way, asked for as the command does it, over the control socket: N machines start N commands at once, two cores
    one after another, and that is no part of what is measured. Its clock runs from the moment the daemon accepted it to its last word."""

    def __init__(self, node, repo=REPO, offline=None):
        self.node, self.repo = node, repo
        self.offline = node.offline if offline is None else offline
        self.json, self.error = None, ""
        self.accepted = time.monotonic()
        self.ended = None
        self.connection = node.control(timeout=None)
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def _watch(self):
        try:
            self.connection.request("POST", "/control/add", json.dumps({
                "repo_type": "model", "repo": self.repo, "revision": "main", "files": [], "include": [], "exclude": [], "patience_seconds": 300,
                "upstreams": [] if self.offline else [{"address": self.node.environment["HF_ENDPOINT"], "is_hub": True, "may_see_token": False}],
            }), {"X-Hfmc-Version": self.node.version, "Content-Type": "application/json"})
            for text in self.connection.getresponse():
                line = json.loads(text)
                if outcome := line.get("outcome"):
                    self.ended = time.monotonic()
                    self.json = outcome
                    self.accepted = self.ended - outcome["seconds"]
                    self.error = "\n".join(outcome.get("warnings", []))
                elif error := line.get("error", line.get("message")):
                    self.error = str(error)
        except (OSError, http.client.HTTPException) as error:
            self.error = self.error or f"the daemon ended: {error}"
        finally:
            self.connection.close()

    def wait(self, deadline):
        """False when it had not ended by then; it is given up in that case."""
        self.thread.join(max(0, deadline - time.monotonic()))
        in_time = not self.thread.is_alive()
        if not in_time:
            self.connection.sock.shutdown(socket.SHUT_RDWR)
            self.thread.join()
        return in_time

    @property
    def good(self):
        return self.json is not None

    @property
    def seconds(self):
        return self.ended - self.accepted
