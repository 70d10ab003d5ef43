"""What the links really carry, by curl alone: one download must take no more than the heads of packets make it, and two share fairly."""
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

from network import MBIT, Network
from origin import REPO, Origin

SIZE, PATIENCE, MOST = 16 << 20, 3, 1.06


def check_links(tools):
    """One sentence; no measurement begins when the links are not what they should be."""
    with Network({"origin": 50, "fast": 200, "n1": 200, "n2": 200}) as network:
        slow = Origin(network, tools.hub, ["--size", str(SIZE)])
        fast = Origin(network, tools.hub, ["--size", str(4 * SIZE)], host="fast")
        ratios = [least(network, "n1", origin) / (origin.paths["model.safetensors"] / network.up(host))
                  for host, origin in (("origin", slow), ("fast", fast))]
        with ThreadPoolExecutor(2) as pool:
            shares = sorted(pool.map(lambda host: received(network, host, slow), ("n1", "n2")))
    said = (f"one curl takes {ratios[0]:.3f} x F/u at 50 Mbit/s and {ratios[1]:.3f} at 200; "
            f"of two at 50 the slower gets {100 * shares[0] / sum(shares):.0f} %, together {sum(shares) / PATIENCE / 50 / MBIT:.3f} of u")
    if not all(1 <= ratio <= MOST for ratio in ratios) and not os.environ.get("LAB_ANYWAY"):
        raise SystemExit(f"bench/lan/run: {said}; that is not within {MOST}, with a load average of {os.getloadavg()[0]:.0f}: "
                         "wait until the machine is quiet (LAB_ANYWAY=1 measures all the same)")
    return said


def least(network, host, origin):
    """Seconds of the best of three: what else the machine does is not the link's."""
    curl(network, host, origin, "%{size_download}", "-r", "0-99")  # The first answer of a server that has just started takes longer.
    return min(float(curl(network, host, origin, "%{time_total}")) for _ in range(3))


def received(network, host, origin):
    return int(curl(network, host, origin, "%{size_download}", "-m", str(PATIENCE)))


def curl(network, host, origin, figure, *more):
    command = network.inside(host, "curl", "-sL", "-o", os.devnull, "-w", figure, *more, address(origin))
    return subprocess.run(command, stdout=subprocess.PIPE, text=True).stdout


def address(origin):
    return f"{origin.endpoint}/{REPO}/resolve/main/model.safetensors"
