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
    def __init__(self, network, program, place, host, upstream, **variables):
        self.network, self.program, self.host = network, program, host
        self.home = os.path.join(place, host)
        os.makedirs(os.path.join(self.home, "run"), mode=0o700)
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": self.home, "HFMC_HOME": f"{self.home}/.hfmc", "XDG_RUNTIME_DIR": f"{self.home}/run",
            "HFMC_MACHINE_ID": host, "HF_ENDPOINT": upstream, **variables}
        if "DOTNET_ROOT" in os.environ:
            self.environment["DOTNET_ROOT"] = os.environ["DOTNET_ROOT"]
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
        connection = http.client.HTTPConnection("hfmc", timeout=10)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(10)
        connection.sock.connect(*glob.glob(f"{self.home}/run/hfmc/*/daemon.sock"))
        try:
            connection.request("GET", "/control/status")
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

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
    """A 'model add' under way. Its clock runs from the moment the daemon accepted it to the end of the command."""

    def __init__(self, node):
        self.node = node
        self.json, self.error, self.cpu = None, "", 0.0
        self.began = self.accepted = time.monotonic()
        self.ended = None
        self.process = node.network.start(node.host, node.program, "model", "add", "-r", REPO, "--json",
                                          env=node.environment, stdout=subprocess.PIPE, stderr=open(f"{node.home}/add.err", "w"))
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def _watch(self):
        line = self.process.stdout.readline()
        told = time.monotonic()
        _, status, usage = os.wait4(self.process.pid, 0)
        self.ended = time.monotonic()
        self.process.returncode = os.waitstatus_to_exitcode(status)
        self.cpu = usage.ru_utime + usage.ru_stime
        self.error = open(f"{self.node.home}/add.err").read().strip()
        if self.process.returncode == 0:
            self.json = json.loads(line)
            self.accepted = told - self.json["seconds"]

    def wait(self, deadline):
        """False when it had not ended by then; it is ended in that case."""
        self.thread.join(max(0, deadline - time.monotonic()))
        in_time = not self.thread.is_alive()
        if not in_time:
            self.process.kill()
            self.thread.join()
        return in_time

    @property
    def good(self):
        return self.json is not None

    @property
    def seconds(self):
        return self.ended - self.accepted
