"""The upstream of the lab: the fake hub of the tests, on a host of its own, which counts what it writes."""
import json
import os
import subprocess

REPO, WARM_UP = "lab/model", "lab/warm-up"
PORT = 8080


class Origin:
    def __init__(self, network, program, content, host="origin"):
        self.process = network.start(
            host, program, "--repo", REPO, "--warm-up", WARM_UP, "--bind", network.address(host), "--port", str(PORT), "--cdn-port", str(PORT + 1), *content,
            # All is compiled as it starts: compiling it better later would take a twelfth of the two cores from the nodes while they download.
            env=os.environ | {"DOTNET_TieredCompilation": "0"}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        said = json.loads(self.process.stdout.readline())
        self.endpoint = said["endpoint"]
        self.files = {file["etag"]: file["size"] for file in said["files"]}
        self.paths = {file["path"]: file["size"] for file in said["files"]}

    @property
    def size(self):
        return sum(self.files.values())

    def served(self):
        """Payload bytes written so far, by etag."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())["served"]

    def kill(self):
        self.process.kill()
        self.process.wait()
