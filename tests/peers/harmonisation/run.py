#!/usr/bin/env python3
"""Délos beside lme4, statsmodels and raschpy on the same file, in the same run: time, peak memory, what was reached.

    python3 tests/peers/harmonisation/run.py --grades grades.csv.gz [--anchors anchors.csv.gz]
        [--delos target/release/delos] [--timing target/release/examples/timing]
        [--only lme4,statsmodels,pcm,mfrm,delos] [--runs 3] [--timeout 1500] [--home target/peers] [--out DIR]

The Python peers are installed in a private environment under --home (versions of requirements.txt); R and lme4 are the
machine's, and come from Debian's packages when they are missing and the script is root. What cannot be had is said and left
out. Each measure is a process of its own: its wall time, its peak resident memory, and the time that it measured itself
around the fit. Results stand in --out (by default HOME/results); the table is printed in Markdown.
"""

import argparse
import csv
import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = ("lme4", "statsmodels", "pcm", "mfrm", "delos")


def main():
    options = arguments()
    home = options.home.resolve()
    results = (options.out or home / "results").resolve()
    results.mkdir(parents=True, exist_ok=True)
    grades = str(options.grades.resolve())
    wanted = options.only.split(",")
    python = environment(home) if {"statsmodels", "pcm", "mfrm"} & set(wanted) else None
    print(machine(), flush=True)

    rows = []
    if "lme4" in wanted and r_and_lme4():
        rows += measured("lme4", ["Rscript", HERE / "lme4.R", grades, str(options.runs), results / "lme4_blups.csv"], options)
    if "pcm" in wanted and python:
        rows += measured("raschpy", [python, HERE / "raschpy_pcm.py", grades, str(options.runs)], options)
    if "delos" in wanted and (options.delos or options.timing):
        rows += ours(options, grades, results)
    if "statsmodels" in wanted and python:
        rows += measured("statsmodels", [python, HERE / "statsmodels_mixed.py", grades], options)
    if "mfrm" in wanted and python and options.anchors:
        command = [python, HERE / "raschpy_mfrm.py", grades, options.anchors.resolve(), results / "raschpy_severities.csv"]
        rows += measured("raschpy", command, options)

    (results / "results.json").write_text(json.dumps(rows, indent=1))
    print(table(rows))
    for line in comparisons(rows, results):
        print(line)
    print(machine())


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--grades", type=Path, required=True)
    parser.add_argument("--anchors", type=Path)
    parser.add_argument("--delos", type=Path)
    parser.add_argument("--timing", type=Path)
    parser.add_argument("--only", default=",".join(PEERS))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--timeout", type=int, default=1500)
    parser.add_argument("--home", type=Path, default=HERE.parents[2] / "target" / "peers")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    unknown = set(options.only.split(",")) - set(PEERS)
    if unknown:
        parser.error(f"--only: unknown {', '.join(sorted(unknown))}; known: {', '.join(PEERS)}")
    return options


def environment(home):
    """The private environment with the versions of requirements.txt, or None and why."""
    folder = home / "venv"
    python = folder / "bin" / "python"
    list_ = HERE / "requirements.txt"
    mark = folder / "installed.txt"
    if mark.is_file() and mark.read_text() == list_.read_text():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True)
    made = subprocess.run([sys.executable, "-m", "venv", folder])
    if made.returncode != 0 and install(["python3-venv"]):
        made = subprocess.run([sys.executable, "-m", "venv", folder])
    if made.returncode != 0:
        print("no Python peers: no virtual environment (Debian: python3-venv)")
        return None
    done = subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", list_])
    if done.returncode != 0:
        print("no Python peers: pip could not install requirements.txt")
        return None
    mark.write_text(list_.read_text())
    return python


def r_and_lme4():
    """Whether R and lme4 are there, installed from Debian's packages if they may be."""

    def there():
        program = shutil.which("Rscript")
        return program and subprocess.run([program, "-e", "library(lme4)"], capture_output=True).returncode == 0

    if there() or (install(["r-base-core", "r-cran-lme4"]) and there()):
        return True
    print("no lme4: install r-base-core and r-cran-lme4 (Debian)")
    return False


def install(names):
    """Debian's packages, when this is root; whether they came."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    subprocess.run(["apt-get", "update", "-qq"])
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *names], env=quiet).returncode == 0


def run(command, timeout):
    """A process of its own: (exit code or None at the timeout, output, wall and processor seconds, peak megabytes)."""
    start = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, cwd=HERE)
    late = threading.Event()

    def stop():
        late.set()
        process.kill()

    timer = threading.Timer(timeout, stop)
    timer.start()
    output = process.stdout.read()
    # wait4 gives the use of this child alone; getrusage(RUSAGE_CHILDREN) would keep the greatest of all so far.
    _, status, usage = os.wait4(process.pid, 0)
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    code = None if late.is_set() else process.returncode
    wall = time.perf_counter() - start
    return code, output.decode(), wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6


def measured(name, command, options):
    """One row, of the last line of a peer's output."""
    print(f"{name}: {Path(str(command[1])).name} …", file=sys.stderr, flush=True)
    code, output, wall, processor, peak = run(command, options.timeout)
    if code is None:
        return [{"peer": name, "what": Path(str(command[1])).stem, "failed": f"stopped after {wall:.0f} s", "processor": [processor], "peak": peak}]
    if code != 0:
        return [{"peer": name, "what": Path(str(command[1])).stem, "failed": f"exit {code}", "peak": peak}]
    row = json.loads(output.strip().splitlines()[-1])
    return [{**row, "process": {"wall": wall, "processor": processor}, "peak": peak}]


def ours(options, grades, results):
    """The whole report, run by run, then the parts that the timing program measures."""
    rows, version, reports = [], "", []
    if options.delos:
        delos = options.delos.resolve()
        version = subprocess.run([delos, "--version"], capture_output=True, text=True).stdout.strip().removeprefix("delos ")
        reports.append(("whole report, JSON", []))
        if options.anchors:
            reports.append(("whole report, JSON, shared dossiers", ["--anchors", options.anchors.resolve()]))
    for what, more in reports:
        out = results / ("report.json" if not more else "report_anchors.json")
        walls, used, peak = [], [], 0.0
        for _ in range(options.runs):
            code, _, wall, processor, most = run([delos, "harmonise", "--grades", grades, *more, "--out", out, "--seed", "1"], options.timeout)
            if code != 0:
                return rows + [{"peer": "Délos", "what": what, "failed": f"exit {code}", "peak": most}]
            walls.append(wall)
            used.append(processor)
            peak = max(peak, most)
        model = json.loads(out.read_text())["model"]
        rows.append(
            {
                "peer": "Délos",
                "version": version,
                "what": what,
                "seconds": walls,
                "processor": used,
                "peak": peak,
                "criterion": model["criterion"],
                "variances": model["components"],
                "fixed": {name: effect["estimate"] for name, effect in model["fixed"].items()},
            }
        )
    if options.timing:
        code, output, _, _, peak = run([options.timing.resolve(), "--grades", grades], options.timeout)
        if code == 0:
            rows += [{"peer": "Délos", "version": version, "peak": peak, **json.loads(line)} for line in output.splitlines() if line.startswith("{")]
        else:
            rows.append({"peer": "Délos", "what": "timing", "failed": f"exit {code}", "peak": peak})
    return rows


def table(rows):
    lines = ["| what | with | processor time | wall time | peak memory | REML criterion |", "|---|---|---|---|---|---|"]
    for row in sorted(rows, key=lambda row: row["what"]):
        name = f"{row['peer']} {row.get('version', '')}".strip()
        processor = spread(row.get("processor", []))
        if "failed" in row:
            lines.append(f"| {row['what']} | {name} | {processor} | {row['failed']} | {row['peak']:.0f} MB | |")
            continue
        criterion = f"{row['criterion']:.6f}" if row.get("criterion") is not None else ""
        lines.append(f"| {row['what']} | {name} | {processor} | {spread(row['seconds'])} | {row['peak']:.0f} MB | {criterion} |")
    return "\n".join(lines)


def spread(seconds):
    """The median, with the least and the greatest of several."""
    if not seconds:
        return ""
    middle = duration(statistics.median(seconds))
    if len(seconds) == 1:
        return middle
    return f"{middle} (of {len(seconds)}: {duration(min(seconds))} to {duration(max(seconds))})"


def duration(seconds):
    return f"{seconds * 1000:.2f} ms" if seconds < 0.1 else f"{seconds:.2f} s"


def comparisons(rows, results):
    """What was reached, side by side: the criteria, the variances, the effects of the commissions."""
    by = {row["peer"]: row for row in rows if row.get("criterion") is not None}
    for name, row in by.items():
        shown = ", ".join(f"{key} {value:.6f}" for key, value in row["variances"].items() if value is not None)
        yield f"variances, {name}: {shown}"
    lme4, delos = by.get("lme4"), by.get("Délos")
    if lme4 and delos:
        yield f"criterion, Délos less lme4: {delos['criterion'] - lme4['criterion']:+.2e}"
        theirs = {row["commission"].strip(): row for row in csv.DictReader((results / "lme4_blups.csv").open())}
        report = json.loads((results / "report.json").read_text())
        for key, column in (("blup", "total"), ("blup_in_academy", "in_academy")):
            # A severity is the effect with its sign changed: positive where the notes are low.
            gaps = [
                abs(one[key]["estimate"] + float(theirs[one["commission"]][column])) for one in report["commissions"] if one.get(key)
            ]
            yield f"{key}, greatest difference from lme4's over {len(gaps)} commissions: {max(gaps, default=float('nan')):.2e}"


def machine():
    cpu = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.processor())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{datetime.date.today()}, {os.cpu_count()} cores of {cpu}, {memory:.0f} GB, load {load}, "
        f"Python {platform.python_version()}, {platform.freedesktop_os_release().get('PRETTY_NAME', '')}"
    )


if __name__ == "__main__":
    main()
