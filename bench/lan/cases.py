"""The scenarios with their numbers and targets."""
from dataclasses import dataclass, field
from typing import Callable

from cold import cold_start, cold_start_from_a_peer
from figures import MIB
from scenarios import arrivals, cold_crowd, large_repo, many_files, slow_node, warm_peer
from trouble import LIES, kill_busiest, kill_origin, liar


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
    lie: str = ""
    size: int = 0  # bytes; 0: as asked for

    @property
    def name(self):
        return f"{self.key}{self.nodes}" if self.key == "a" else self.key

    def speeds(self):
        return [self.speed] * self.nodes


CASES = {
    "a": [Case("a", "cold crowd of {n}, origin 50, nodes 200", cold_crowd, count, targets={"last": 1.10, "copies": 1.02}) for count in (2, 4, 8, 16)],
    "a-cold": [Case("a8-cold", "a8 with daemons just started, commands included", cold_start, 8, targets={"last": 1.08, "copies": 1.02}),
               Case("a8-cold-96", "the same with 96 MiB", cold_start, 8, targets={"last": 1.12, "copies": 1.02}, size=96 * MIB)],
    "b": [Case("b", "cold crowd of {n}, origin 200, nodes 200", cold_crowd, 8, origin=200, targets={"last": 1.15, "copies": 1.05})],
    "c": [Case("c", "one warm peer, no origin, {n} cold nodes, all 200", warm_peer, 8, targets={"last": 1.10})],
    "c-cold": [Case("c-cold", "c with daemons just started, commands included", cold_start_from_a_peer, 8, targets={"extra": 0.6})],
    "d": [Case("d", "{n} nodes, one more every 2 s, origin 50, nodes 200", arrivals, 8, targets={"last": 1.15, "copies": 1.05})],
    "e": [Case("e", "{n} nodes, one of them at 20, origin 50, the others 200", slow_node, 8, targets={"last": 1.15})],
    "f": [Case("f-peer", "kill -9 of the busiest of {n} nodes at half way", kill_busiest, 8, targets={"stall": 2, "failed": 0}),
          Case("f-origin", "kill -9 of the origin once {n} nodes together hold all", kill_origin, 8, targets={"stall": 2, "failed": 0})],
    "g": [Case(f"g-{lie}", f"{{n}} nodes and a warm peer that {does}", liar, 8, targets={"last": 1.20, "failed": 0}, lie=lie) for lie, does in LIES.items()],
    "h": [Case("h", "2,000 files of 8 KiB, {n} nodes, origin 200, nodes 200; the bound is one node alone", many_files, 8, origin=200,
               targets={"last": 2.5, "copies": 1})],
    "i": [Case("i", "4 files of 300 MB and 10 small ones, {n} nodes, origin 50, nodes 200", large_repo, 8, targets={"last": 1.10, "copies": 1.02})],
}
