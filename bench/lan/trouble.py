"""Scenarios in which something breaks: a peer, the origin, or the truth."""
import subprocess

from figures import fluid_bound
from lab import Lab
from progress import Journal, Watch, together
from scenarios import one_blob, outcome

LIES = {
    "flip": "turns a bit in 10 MB",
    "size": "lies about sizes",
    "withhold": "answers and never sends bytes",
    "mute": "accepts and never answers",
}


def kill_busiest(case, tools, size):
    def half_way(journals, held):
        return sum(held.values()) >= size * len(journals) / 2

    def strike(lab):
        victim = max(lab.nodes, key=lambda node: node.status()["served_bytes"])
        victim.kill()
        return victim.host
    return struck(case, tools, size, half_way, strike)


def kill_origin(case, tools, size):
    def all_there(journals, _):
        return together(journals) == size

    def strike(lab):
        lab.copies_before = lab.copies()
        lab.origin.kill()
        return "the origin"
    return struck(case, tools, size, all_there, strike)


def struck(case, tools, size, moment, strike):
    """A cold crowd that is struck once; the killed node is not counted among those that failed."""
    with Lab(tools, one_blob(size), case.origin, case.speeds()) as lab:
        lab.copies_before = None
        lab.start_nodes()
        etag = max(lab.origin.files, key=lab.origin.files.get)
        with Watch([Journal(node, etag, size) for node in lab.nodes], moment, lambda: strike(lab)) as watch:
            adds = lab.add_at_once()
        living = [add for add in adds if add.node.alive]
        bound = fluid_bound(lab.size, lab.network.up("origin"), lab.uploads(), lab.downloads())
        lab.check_digests([add.node for add in living if add.good])
        figures = outcome(lab, lab.nodes, living, [add.seconds / bound for add in living if add.good], bound, with_copies=lab.copies_before is None,
                          notes=["the moment to strike never came"] if watch.struck is None else [f"killed: {watch.struck}"])
        return figures | (lab.copies_before or {}) | {"stall": watch.longest if watch.struck else None}


def liar(case, tools, size):
    """A cold crowd, and a warm peer that all were told of. What it gives passes through a proxy that stands at its address."""
    with Lab(tools, one_blob(size), case.origin, case.speeds(), liar=case.speed) as lab:
        warm = lab.node("liar", HFMC_BIND="127.0.0.1")
        warm.hfmc("model", "add", "-r", "lab/model", "-q")
        proxy = lab.network.start("liar", tools.proxy, f"{warm.address}:9090", "127.0.0.1:9090", case.lie, stdout=subprocess.PIPE)
        proxy.stdout.readline()
        lab.start_nodes()
        lab.introduce(lab.nodes, warm)
        lab.settle()
        adds = lab.add_at_once()
        bound = fluid_bound(lab.size, lab.network.up("origin"), lab.uploads(), lab.downloads())
        lab.check_digests([add.node for add in adds if add.good])
        naming = sum(warm.address in node.log() + add.error for node, add in zip(lab.nodes, adds))
        return outcome(lab, lab.nodes, adds, [add.seconds / bound for add in adds if add.good], bound, notes=[f"{naming} of {len(adds)} nodes name the liar"])
