"""bench/lan/run, once everything is built."""
import argparse
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, replace

from cases import CASES
from figures import MIB, Results
from linkcheck import check_links
from network import HERE

REPOSITORY = os.path.dirname(os.path.dirname(HERE))


@dataclass
class Tools:
    """Programs, and the folder in which runs happen."""
    hfmc: str = f"{REPOSITORY}/artifacts/lan/program/bin/hfmc"
    hub: str = f"{REPOSITORY}/artifacts/bin/Hfmc.FakeHub/release/hfmc-fakehub"
    proxy: str = f"{REPOSITORY}/artifacts/bin/Hfmc.TestProxy/release/hfmc-testproxy"
    place: str = os.environ.get("LAB_PLACE", "/tmp")

    @staticmethod
    def build():
        """The program as users get it, and the servers of the tests."""
        for command in (["./install", "--prefix", f"{REPOSITORY}/artifacts/lan/program"],
                        *(["dotnet", "build", f"tests/Hfmc.{name}", "-c", "Release", "-v", "quiet", "--nologo", "-clp:ErrorsOnly;NoSummary"]
                          for name in ("FakeHub", "TestProxy"))):
            subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, check=True)


def main():
    parser = argparse.ArgumentParser(prog="bench/lan/run", description="hfmc, or libtorrent, on a LAN of network namespaces.")
    parser.add_argument("scenario", nargs="*", choices=[*CASES, "links"], metavar="SCENARIO", help=f"{' '.join(CASES)}, or links for the link check alone")
    parser.add_argument("--runs", type=int, help="how often each (default 5, scenario i 3)")
    parser.add_argument("--size", type=int, default=256, help="MiB of the one blob (default 256)")
    parser.add_argument("--nodes", type=int, help="another number of nodes")
    parser.add_argument("--engine", choices=["hfmc", "libtorrent"], default="hfmc")
    parser.add_argument("--results", default=f"{REPOSITORY}/bench/results", help="folder of lan.md and lan.json (default bench/results)")
    said = parser.parse_args()

    # Being stopped unwinds like an error, so that every LAN is taken down on the way; a second signal does not disturb that.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    tools = Tools()
    if not os.environ.get("LAB_BUILT"):
        tools.build()
    link = check_links(tools)
    print(f"link check: {link}", flush=True)
    results = Results(said.results)
    for key in [key for key in dict.fromkeys(said.scenario) if key != "links"]:
        for case in cases(key, said.nodes):
            runs = []
            for number in range(said.runs or (3 if key == "i" else 5)):
                runs.append(play(case, tools, said))
                print(f"{case.name} {said.engine} {number + 1}: {line(runs[-1])}", flush=True)
                results.keep(case, said.engine, runs, link)
    return 0


def stop(number, _):
    for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    sys.exit(128 + number)


def cases(key, nodes):
    """As they stand, or with another number of nodes."""
    return CASES[key] if nodes is None else list({case.name: case for case in (replace(case, nodes=nodes) for case in CASES[key])}.values())


def play(case, tools, said):
    if said.engine == "hfmc":
        return case.play(case, tools, said.size * MIB)
    from torrent import swarm
    return swarm(case, tools, said.size * MIB)


def line(figures):
    return "  ".join(f"{key} {value:.3f}" if isinstance(value, float) else f"{key} {value}" for key, value in figures.items() if value is not None)


if __name__ == "__main__":
    sys.exit(main())
