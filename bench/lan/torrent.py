"""The same links with libtorrent: the origin's host (in scenario c a host of 200) seeds, the nodes are clients, connected by hand."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

from figures import GIB, MIB, crowd_figures, fluid_bound
from network import HERE, Network

TICK = os.sysconf("SC_CLK_TCK")


def swarm(case, tools, size):
    if case.key not in ("a", "b", "c"):
        raise SystemExit(f"scenario {case.key} is measured with hfmc only")
    names = [f"n{number}" for number in range(1, case.nodes + 1)]
    place = tempfile.mkdtemp(prefix="hfmc-lab.", dir=tools.place)
    try:
        torrent, content = make_torrent(place, size)
        with Network({"seed": case.speed if case.key == "c" else case.origin, **dict(zip(names, case.speeds()))}) as network:
            hosts = {host: start(network, host, torrent, content if host == "seed" else os.path.join(place, host)) for host in ("seed", *names)}
            return measure(network, names, hosts, size)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def make_torrent(place, size):
    try:
        import libtorrent
    except ImportError:
        raise SystemExit("bench/lan/run: libtorrent is missing (Debian, Ubuntu: apt install python3-libtorrent)") from None
    content = os.path.join(place, "content")
    os.makedirs(content)
    path = os.path.join(content, "blob")
    with open(path, "wb") as file:
        for _ in range(size // MIB):
            file.write(os.urandom(MIB))
    storage = libtorrent.file_storage()
    storage.add_file("blob", size)
    maker = libtorrent.create_torrent(storage, 0, libtorrent.create_torrent.v1_only)
    libtorrent.set_piece_hashes(maker, content)
    torrent = os.path.join(place, "blob.torrent")
    with open(torrent, "wb") as file:
        file.write(libtorrent.bencode(maker.generate()))
    return torrent, content


def start(network, host, torrent, folder):
    os.makedirs(folder, exist_ok=True)
    process = network.start(host, sys.executable, os.path.join(HERE, "torrent_host.py"), torrent, folder, network.address(host),
                            "seed" if host == "seed" else "client", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    json.loads(process.stdout.readline())
    return process


def measure(network, names, hosts, size):
    before = {host: cpu(process) for host, process in hosts.items()}
    for host, process in hosts.items():
        # Each pair is connected once: by the later of the two.
        others = list(hosts)[:list(hosts).index(host)]
        process.stdin.write(json.dumps([network.address(other) for other in others]) + "\n")
        process.stdin.flush()
    times = [json.loads(hosts[name].stdout.readline())["seconds"] for name in names]
    spent = sum(cpu(process) - before[host] for host, process in hosts.items())
    memory = max(peak(process) for process in hosts.values())
    wire = network.sent("seed") / size
    hosts["seed"].stdin.close()
    sent = json.loads(hosts["seed"].stdout.readline())["sent"]
    bound = fluid_bound(size, network.up("seed"), [network.up(name) for name in names], [network.down(name) for name in names])
    return {"size": size, "bound": bound, **crowd_figures([seconds / bound for seconds in times]), "copies": sent / size, "wire": wire,
            "cpu": spent / (len(names) * size) * GIB, "memory": memory / MIB, "failed": 0}


def cpu(process):
    fields = open(f"/proc/{process.pid}/stat").read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def peak(process):
    return next(int(line.split()[1]) * 1024 for line in open(f"/proc/{process.pid}/status") if line.startswith("VmHWM"))
