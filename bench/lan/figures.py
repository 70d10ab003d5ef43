"""What one run came to, what several runs come to, and the page that shows them."""
import datetime
import json
import os
import platform
import statistics
import subprocess

GIB, MIB = 1 << 30, 1 << 20


def fluid_bound(size, source, uploads, downloads):
    """The least time in which a source and its clients can give `size` bytes to all of them; speeds in bytes per second."""
    count = len(uploads)
    return max(size / source, size / min(downloads), count * size / (source + sum(uploads)))


def crowd_figures(ratios):
    """First, median and last node, each over its bound."""
    ratios = sorted(ratios)
    return {"first": ratios[0], "median": statistics.median(ratios), "last": ratios[-1]}


def cost_figures(nodes, adds, size):
    """What it cost the machines: processor seconds per GiB delivered, memory, messages per piece of 1 MiB."""
    living = [node for node in nodes if node.alive]
    delivered = sum(add.good for add in adds) * size
    messages = [node.hfmc("daemon", "status", "--json").get("messages") for node in living]
    known = [count for count in messages if count is not None]
    spent = sum(node.cpu_spent() for node in nodes)
    return {
        "cpu": spent / delivered * GIB if delivered else None,
        "memory": max(node.peak() for node in living) / MIB,
        "messages": sum(known) / (delivered / MIB) if known and delivered else None,
    }


class Results:
    """All figures so far, kept as JSON beside the page that is made of them; a new run of a scenario takes the place of the old."""

    COLUMNS = [("bound", "bound, s", "{:.2f}"), ("first", "first", "{:.2f}"), ("median", "median", "{:.2f}"), ("last", "last", "{:.2f}"),
               ("copies", "copies", "{:.3f}"), ("wire", "wire copies", "{:.3f}"), ("stall", "stall, s", "{:.1f}"), ("extra", "over warm, s", "{:.2f}"), ("cpu", "CPU-s/GiB", "{:.1f}"),
               ("memory", "peak MiB", "{:.0f}"), ("messages", "messages/piece", "{:.2f}"), ("failed", "failed", "{:.0f}")]

    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        self.data, self.page = os.path.join(folder, "lan.json"), os.path.join(folder, "lan.md")
        self.all = json.load(open(self.data)) if os.path.exists(self.data) else {}

    def keep(self, case, engine, runs, link):
        self.all[f"{case.name} {engine}"] = {
            "scenario": case.name, "what": case.what.format(n=case.nodes), "engine": engine, "targets": case.targets, "link": link, "runs": runs, **surroundings()}
        self.all = dict(sorted(self.all.items(), key=lambda entry: (entry[0][0], int("".join(filter(str.isdigit, entry[0])) or 0), entry[0])))
        with open(self.data, "w") as file:
            json.dump(self.all, file, indent=1)
        with open(self.page, "w") as file:
            file.write(self.text())

    def text(self):
        machine = next(iter(self.all.values()))["machine"]
        head = [title for _, title, _ in self.COLUMNS]
        lines = [
            "# A LAN of network namespaces", "",
            "Made by `bench/lan/run`; how to read it: [bench/lan/README.md](../lan/README.md). First, median and last node are times over the "
            "bound. Each figure is the median of the runs, with the worst in brackets where it is another. `✗` marks a worst run above the target.", "",
            f"{machine}", "",
            "| scenario | engine | " + " | ".join(head) + " | target | runs | date, commit, load |", "|" + "---|" * (len(head) + 5)]
        for entry in self.all.values():
            cells = [self.cell(entry, *column) for column in self.COLUMNS]
            target = ", ".join(f"{what} ≤ {most:g}" for what, most in entry["targets"].items())
            size = f"{entry['runs'][0]['size'] / MIB:.0f} MiB"
            lines.append(f"| {entry['scenario']}: {entry['what']}, {size} | {entry['engine']} | " + " | ".join(cells)
                         + f" | {target} | {len(entry['runs'])} | {entry['date']}, {entry['commit']}, {entry['load']} |")
        lines += ["", "| scenario | engine | link check | notes |", "|---|---|---|---|"]
        for entry in self.all.values():
            notes = "; ".join(dict.fromkeys(note for run in entry["runs"] for note in run.get("notes", [])))
            lines.append(f"| {entry['scenario']} | {entry['engine']} | {entry['link']} | {notes} |")
        return "\n".join(lines) + "\n"

    @staticmethod
    def cell(entry, key, _, form):
        values = [run[key] for run in entry["runs"] if run.get(key) is not None]
        if not values:
            return "n/a"
        middle, worst = form.format(statistics.median(values)), form.format(max(values))
        missed = " ✗" if key in entry["targets"] and max(values) > entry["targets"][key] else ""
        return (middle if middle == worst else f"{middle} ({worst})") + missed


def surroundings():
    """Where and on what this was measured; the load of the minute before says how quiet the machine was."""
    def git(*words):
        return subprocess.run(["git", *words], capture_output=True, text=True, cwd=os.path.dirname(__file__)).stdout.strip()
    processor = next((line.split(": ")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    memory = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal"))
    return {
        "date": datetime.date.today().isoformat(),
        "commit": git("rev-parse", "--short", "HEAD") + (" with changes" if git("status", "--porcelain", "--untracked-files=no") else ""),
        "machine": f"{os.cpu_count()} cores ({processor}), {memory / MIB:.0f} GiB, Linux {platform.release()}",
        "load": f"{os.getloadavg()[0]:.1f}",
    }
