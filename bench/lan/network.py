"""A LAN of network namespaces, and processes inside of it."""
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
MBIT = 1e6 / 8


class Network:
    """Hosts by name with their speeds in Mbit/s (one number, or upload and download); gone at the end, with all that ran inside."""

    def __init__(self, speeds):
        self.lab = str(os.getpid())
        self.speeds = {host: speed if isinstance(speed, tuple) else (speed, speed) for host, speed in speeds.items()}

    def __enter__(self):
        self._script("down", self.lab)
        self._script("up", self.lab, *(f"{host}={up}/{down}" for host, (up, down) in self.speeds.items()))
        return self

    def __exit__(self, *_):
        self._script("down", self.lab)

    def address(self, host):
        return f"10.77.0.{1 + list(self.speeds).index(host)}"

    def up(self, host):
        """Upload, bytes per second."""
        return self.speeds[host][0] * MBIT

    def down(self, host):
        return self.speeds[host][1] * MBIT

    def sent(self, host):
        """Bytes that its uplink has carried, heads of packets among them."""
        return int(self._script("sent", self.lab, host))

    def inside(self, host, *command):
        return ["ip", "netns", "exec", f"hfmc-lab-{self.lab}-{host}", *command]

    def start(self, host, *command, **options):
        return subprocess.Popen(self.inside(host, *command), text=True, **options)

    @staticmethod
    def _script(*arguments):
        return subprocess.run([os.path.join(HERE, "net.sh"), *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout
