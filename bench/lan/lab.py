"""One run: a LAN, an origin and nodes, in a folder in memory; all of it gone at the end."""
import os
import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from figures import MIB
from network import Network
from node import Add, Node
from origin import REPO, WARM_UP, Origin


class Lab:
    """`speeds` are those of the nodes, in Mbit/s; `more` are further hosts by name."""

    def __init__(self, tools, content, origin, speeds, **more):
        self.tools, self.content = tools, content
        self.names = [f"n{number}" for number in range(1, len(speeds) + 1)]
        self.network = Network({"origin": origin, **dict(zip(self.names, speeds)), **more})

    def __enter__(self):
        # In memory: N machines have N disks, and this one has one.
        self.place = tempfile.mkdtemp(prefix="hfmc-lab.", dir=self.tools.place)
        try:
            self.network.__enter__()
            self.origin = Origin(self.network, self.tools.hub, self.content)
        except BaseException:
            self.__exit__()
            raise
        self.nodes = []
        return self

    def __exit__(self, *_):
        self.network.__exit__()
        shutil.rmtree(self.place, ignore_errors=True)

    @property
    def size(self):
        return self.origin.size

    def node(self, host, **variables):
        return Node(self.network, self.tools.hfmc, self.place, host, self.origin.endpoint, **variables)

    def start_nodes(self, **variables):
        """All nodes, each told of the first one only. Together they have fetched something before, and each has the smallest file already: a
        program compiles some of itself when it first fetches, which N machines do at once and two cores one after another."""
        with ThreadPoolExecutor(4) as pool:
            self.nodes = list(pool.map(lambda host: self.node(host, **variables), self.names))
        for node in self.nodes:
            node.hfmc("model", "add", "-r", REPO, "-f", "config.json", "-q", HF_HUB_OFFLINE="")
        self.introduce(self.nodes[1:], self.nodes[0])
        before = [Add(node, WARM_UP, offline=False) for node in self.nodes]
        wait_for(before, self.patience())
        if bad := [add for add in before if not add.good]:
            raise RuntimeError(f"{bad[0].node.host} did not get {WARM_UP}: {bad[0].error}")
        self.settle()

    def introduce(self, nodes, other):
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda node: node.knows(other), nodes))

    def settle(self):
        """What the start has cost is no part of the measurement."""
        time.sleep(1)
        self.mark()

    def mark(self):
        """From here on is counted what is used and sent."""
        for node in self.nodes:
            node.cpu_before = node.cpu()
        self.served_before, self.wire_before = self.origin.served(), self.network.sent("origin")

    def touch_memory(self):
        """A virtual machine may have given free memory back to its host: getting it again costs up to a second and a half for each GiB, which
        is no part of the measurement."""
        path, block = os.path.join(self.place, "touched"), bytes(MIB)
        with open(path, "wb", buffering=0) as file:
            for _ in range(min(8192, (len(self.names) * self.size * 5 // 4) // MIB)):
                file.write(block)
        os.remove(path)

    def patience(self):
        """By when even nodes that fetch everything one after another should have ended."""
        return time.monotonic() + 60 + 1.5 * (len(self.names) + 1) * self.size / self.network.up("origin")

    def add_at_once(self, nodes=None):
        self.touch_memory()
        adds = [Add(node) for node in nodes or self.nodes]
        wait_for(adds, self.patience())
        return adds

    def copies(self):
        """What the origin wrote over what there is: as payload, and as bytes on its link."""
        return {"copies": sum(self.served().values()) / self.size, "wire": (self.network.sent("origin") - self.wire_before) / self.size}

    def served(self):
        """Payload bytes that the origin wrote, by etag."""
        return {etag: count - self.served_before.get(etag, 0) for etag, count in self.origin.served().items()}

    def check_digests(self, nodes):
        for node in nodes:
            if wrong := node.wrong_blobs(self.origin.files):
                raise AssertionError(f"{node.host} published wrong or missing blobs: {', '.join(wrong[:3])}")

    def uploads(self, names=None):
        return [self.network.up(host) for host in names or self.names]

    def downloads(self, names=None):
        return [self.network.down(host) for host in names or self.names]


def wait_for(adds, deadline):
    for add in adds:
        if not add.wait(deadline):
            add.error = add.error or "it had not ended in time"
