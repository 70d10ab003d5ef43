"""The scenarios: who has what, who starts when, what is measured against which bound."""
import time
from dataclasses import dataclass, field
from typing import Callable

from figures import MIB, cost_figures, crowd_figures, fluid_bound
from lab import Lab, wait_for
from node import Add


@dataclass
class Case:
    """A scenario with its numbers; {n} in `what` is the number of nodes. Speeds in Mbit/s."""
    key: str
    what: str
    play: Callable
    nodes: int
    origin: int = 50
    speed: int = 200
    targets: dict = field(default_factory=dict)

    @property
    def name(self):
        return f"{self.key}{self.nodes}" if self.key == "a" else self.key

    def speeds(self):
        return [self.speed] * self.nodes


def outcome(lab, nodes, adds, ratios, bound, with_copies=True, notes=()):
    """The figures that every scenario has."""
    bad = [add for add in adds if not add.good]
    return {
        "bound": bound, **(crowd_figures(ratios) if ratios else {}), **(lab.copies() if with_copies else {}), **cost_figures(nodes, adds, lab.size),
        "failed": len(bad),
        "notes": [*notes, *(f"{add.node.host}: {add.error.splitlines()[-1]}" for add in bad if add.error),
                  f"starts within {max(add.accepted for add in adds) - min(add.accepted for add in adds):.1f} s"],
    }


def one_blob(size):
    return ["--size", str(size)]


def cold_crowd(case, tools, size):
    with Lab(tools, one_blob(size), case.origin, case.speeds()) as lab:
        lab.start_nodes()
        adds = lab.add_at_once()
        bound = fluid_bound(lab.size, lab.network.up("origin"), lab.uploads(), lab.downloads())
        lab.check_digests([add.node for add in adds if add.good])
        return outcome(lab, lab.nodes, adds, [add.seconds / bound for add in adds if add.good], bound)


def warm_peer(case, tools, size):
    """The seed has it, and the origin is gone."""
    with Lab(tools, one_blob(size), 1000, case.speeds(), seed=case.speed) as lab:
        seed = lab.node("seed")
        seed.hfmc("model", "add", "-r", "lab/model", "-q")
        lab.origin.kill()
        lab.start_nodes(HF_HUB_OFFLINE="1")
        lab.introduce(lab.nodes, seed)
        lab.settle()
        before, seed.cpu_before = lab.network.sent("seed"), seed.cpu()
        adds = lab.add_at_once()
        bound = fluid_bound(lab.size, lab.network.up("seed"), lab.uploads(), lab.downloads())
        lab.check_digests([add.node for add in adds if add.good])
        figures = outcome(lab, [seed, *lab.nodes], adds, [add.seconds / bound for add in adds if add.good], bound, with_copies=False)
        return figures | {"copies": seed.status()["served_bytes"] / lab.size, "wire": (lab.network.sent("seed") - before) / lab.size}


CASES = {
    "a": [Case("a", "cold crowd of {n}, origin 50, nodes 200", cold_crowd, count, targets={"last": 1.10, "copies": 1.02}) for count in (2, 4, 8, 16)],
    "b": [Case("b", "cold crowd of {n}, origin 200, nodes 200", cold_crowd, 8, origin=200, targets={"last": 1.15, "copies": 1.05})],
    "c": [Case("c", "one warm peer, no origin, {n} cold nodes, all 200", warm_peer, 8, targets={"last": 1.15})],
}
