"""How the scenarios are played: who has what, who starts when, what is measured against which bound."""
import time

from figures import cost_figures, crowd_figures, fluid_bound
from lab import Lab, wait_for
from node import Add


def outcome(lab, nodes, adds, ratios, bound, with_copies=True, notes=()):
    """The figures that every scenario has."""
    bad = [add for add in adds if not add.good]
    return {
        "size": lab.size, "bound": bound, **(crowd_figures(ratios) if ratios else {}), **(lab.copies() if with_copies else {}), **cost_figures(nodes, adds, lab.size),
        "failed": len(bad),
        "notes": [*notes, *(f"{add.node.host}: {add.error.splitlines()[-1]}" for add in bad if add.error),
                  f"starts within {max(add.accepted for add in adds) - min(add.accepted for add in adds):.1f} s"],
    }


def one_blob(size):
    return ["--size", str(size)]


def cold_crowd(case, tools, size, content=None):
    with Lab(tools, content or one_blob(size), case.origin, case.speeds()) as lab:
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
        lab.start_nodes(HF_HUB_OFFLINE="1")
        # Only what an upstream has once shown to a stranger is passed on; the smallest file has been.
        lab.introduce(lab.nodes, seed)
        lab.settle()
        lab.origin.kill()
        before, seed.cpu_before = lab.network.sent("seed"), seed.cpu()
        adds = lab.add_at_once()
        bound = fluid_bound(lab.size, lab.network.up("seed"), lab.uploads(), lab.downloads())
        lab.check_digests([add.node for add in adds if add.good])
        figures = outcome(lab, [seed, *lab.nodes], adds, [add.seconds / bound for add in adds if add.good], bound, with_copies=False)
        return figures | {"copies": seed.status()["served_bytes"] / lab.size, "wire": (lab.network.sent("seed") - before) / lab.size}


def arrivals(case, tools, size):
    """One more node every two seconds; each has a bound of its own."""
    pause = 2
    with Lab(tools, one_blob(size), case.origin, case.speeds()) as lab:
        lab.start_nodes()
        adds, begun = [], time.monotonic()
        for number, node in enumerate(lab.nodes):
            time.sleep(max(0, begun + pause * number - time.monotonic()))
            adds.append(Add(node))
        wait_for(adds, lab.patience())
        good, first = [add for add in adds if add.good], min(add.accepted for add in adds)
        bounds = {add: max(lab.size / lab.network.down(add.node.host), first + lab.size / lab.network.up("origin") - add.accepted) for add in good}
        lab.check_digests([add.node for add in good])
        return outcome(lab, lab.nodes, adds, [add.seconds / bound for add, bound in bounds.items()], max(bounds.values()))


def slow_node(case, tools, size):
    """The last node has a tenth of the speed; the others are held to the bound that they have without it."""
    with Lab(tools, one_blob(size), case.origin, [*case.speeds()[:-1], case.speed // 10]) as lab:
        lab.start_nodes()
        adds = lab.add_at_once()
        fast, slow = [add for add in adds[:-1] if add.good], adds[-1]
        bound = fluid_bound(lab.size, lab.network.up("origin"), lab.uploads()[:-1], lab.downloads()[:-1])
        own = max(bound, lab.size / lab.network.down(slow.node.host))
        lab.check_digests([add.node for add in adds if add.good])
        return outcome(lab, lab.nodes, adds, [add.seconds / bound for add in fast], bound,
                       notes=[f"the slow node took {slow.seconds / own:.2f} x its own bound"] if slow.good else [])


def many_files(case, tools, _):
    """2,000 files of 8 KiB; the bound is the time of one node alone."""
    content = ["--files", "2000", "--file-size", "8192"]
    with Lab(tools, content, case.origin, case.speeds()[:1]) as lab:
        lab.start_nodes()
        alone, = lab.add_at_once()
        if not alone.good:
            raise RuntimeError(f"one node alone failed: {alone.error}")
        bound = alone.seconds
    with Lab(tools, content, case.origin, case.speeds()) as lab:
        lab.start_nodes()
        adds = lab.add_at_once()
        served = lab.served()
        twice = sum(served.get(etag, 0) > size for etag, size in lab.origin.files.items())
        lab.check_digests([add.node for add in adds if add.good])
        return outcome(lab, lab.nodes, adds, [add.seconds / bound for add in adds if add.good], bound,
                       notes=[f"{twice} files left the origin more than once"])


def large_repo(case, tools, _):
    """Four files of 300 MB and ten small ones."""
    return cold_crowd(case, tools, 0, ["--files", "4", "--file-size", "300000000", "--small", "10"])
