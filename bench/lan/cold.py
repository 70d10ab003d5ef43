"""Crowds of machines on which nothing ran a moment ago: daemons that have just started and moved nothing, and real commands."""
import json
import subprocess
import time

from figures import fluid_bound
from lab import Lab, wait_for
from node import Node
from origin import REPO
from scenarios import one_blob, outcome, warm_peer


class Command:
    """A `model add` as a user types it. Its clock runs from the start of its process to its end."""

    def __init__(self, node):
        self.node, self.json, self.error, self.ended = node, None, "", None
        self.accepted = time.monotonic()
        self.process = subprocess.Popen(node.network.inside(node.host, node.program, "model", "add", "-r", REPO, "--json", "-q"),
                                        env=node.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def wait(self, deadline):
        """False when it had not ended by then; it is given up in that case."""
        try:
            said, complaint = self.process.communicate(timeout=max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            return False
        if self.process.returncode == 0:
            self.json = json.loads(said)
        else:
            self.error = complaint.strip() or f"it ended with {self.process.returncode}"
        return True

    @property
    def good(self):
        return self.json is not None

    @property
    def seconds(self):
        return self.ended - self.accepted


def start_cold(lab, seed=None, **variables):
    """The nodes with their daemons just started. What has to be known before, a command without a daemon has fetched: the smallest file,
    which an upstream has shown to a stranger."""
    lab.nodes = [Node(lab.network, lab.tools.hfmc, lab.place, host, lab.origin.endpoint, starts=False, **variables) for host in lab.names]
    for node in lab.nodes:
        node.hfmc("model", "add", "-r", REPO, "-f", "config.json", "-q", HF_HUB_OFFLINE="")
    for node in lab.nodes if seed else lab.nodes[1:]:
        node.knows(seed or lab.nodes[0])
    lab.touch_memory()
    for node in lab.nodes:
        node.start()
    lab.mark()


def run_commands(lab):
    """All commands at once. Each end is noted when it comes, whichever it is."""
    commands = [Command(node) for node in lab.nodes]
    deadline = lab.patience()
    while any(command.ended is None for command in commands) and time.monotonic() < deadline:
        for command in commands:
            if command.ended is None and command.process.poll() is not None:
                command.ended = time.monotonic()
        time.sleep(0.005)
    wait_for(commands, deadline)
    return commands


def cold_start(case, tools, size):
    """A cold crowd, from the first process of its commands to the end of the last one."""
    size = case.size or size
    with Lab(tools, one_blob(size), case.origin, case.speeds()) as lab:
        start_cold(lab)
        adds = run_commands(lab)
        bound = fluid_bound(lab.size, lab.network.up("origin"), lab.uploads(), lab.downloads())
        lab.check_digests([add.node for add in adds if add.good])
        return outcome(lab, lab.nodes, adds, [add.seconds / bound for add in adds if add.good], bound)


def cold_start_from_a_peer(case, tools, size):
    """One warm peer, no origin, beside the same with daemons that have fetched something before: what a start costs a crowd, in seconds."""
    warm = warm_peer(case, tools, size)
    with Lab(tools, one_blob(size), 1000, case.speeds(), seed=case.speed) as lab:
        seed = lab.node("seed")
        seed.hfmc("model", "add", "-r", REPO, "-q")
        start_cold(lab, seed, HF_HUB_OFFLINE="1")
        lab.origin.kill()
        adds = run_commands(lab)
        bound = fluid_bound(lab.size, lab.network.up("seed"), lab.uploads(), lab.downloads())
        lab.check_digests([add.node for add in adds if add.good])
        figures = outcome(lab, lab.nodes, adds, [add.seconds / bound for add in adds if add.good], bound, with_copies=False)
        return figures | {"extra": (figures["last"] - warm["last"]) * bound, "notes": [*figures["notes"], f"warm: {warm['last']:.3f}"]}
