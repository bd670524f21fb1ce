#!/usr/bin/env python3
"""Délos beside OR-Tools CP-SAT on the same session, machine and seconds, one after another, judged by the same judge.

    python3 tests/peers/planning/run.py [--delos target/release/delos] [--only delos,cpsat,alone]
        [--instances mini,academy,siec,nation] [--seconds S] [--seed 1] [--near auto] [--links auto]
        [--home target/peers] [--out DIR]

CP-SAT is installed in a private environment under --home (version of requirements.txt); its model, and what the model leaves
out, are at the head of cpsat.py. As « cpsat » it starts from a plan that Délos makes in one second, taken from its budget; as
« alone » from nothing. The building of its model is not counted (in its favour). An instance is a name of tests/data/planning or a file. The objective of the
table is the one that tests/oracles/check_plan.py reads in the plan; the bound is the one that each proves for itself; the gap
is from that bound. Peak memory is that of the process alone. Plans stand in --out (by default HOME/planning).
"""

import argparse
import datetime
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import time
from itertools import product
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PEERS = ("delos", "cpsat", "alone")
BUDGETS = {"commission": 10, "mini": 10, "academy": 10, "siec": 60, "nation": 120}
HINT_SECONDS = 1
# Beyond these candidates the model of CP-SAT keeps the nearest examiners and centres: whole, it outgrows its seconds.
WHOLE_UNTIL, NEAREST = 200, 30


def main():
    options = arguments()
    home = options.home.resolve()
    results = (options.out or home / "planning").resolve()
    results.mkdir(parents=True, exist_ok=True)
    wanted = options.only.split(",")
    python = environment(home) if {"cpsat", "alone"} & set(wanted) else None
    print(machine(), flush=True)
    rows = []
    for name in options.instances.split(","):
        source = Path(name) if Path(name).is_file() else ROOT / f"tests/data/planning/{name}-3.json.gz"
        short = source.name.split(".")[0].removesuffix("-3")
        data = source.read_bytes()
        instance = results / f"{short}.json"
        instance.write_bytes(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
        seconds = options.seconds or BUDGETS.get(short, 60)
        if "delos" in wanted:
            rows.append(ours(options, instance, seconds))
        for peer in ("cpsat", "alone") if python else ():
            if peer in wanted:
                rows.append(theirs(options, python, instance, seconds, peer == "cpsat"))
    (results / "results.json").write_text(json.dumps(rows, indent=1))
    print(table(rows))
    for row in rows:
        if row.get("said"):
            print(f"{row['instance']}, {row['peer']}: {row['said']}")
    print(machine())


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--delos", type=Path, default=ROOT / "target" / "debug" / "delos")
    parser.add_argument("--only", default=",".join(PEERS))
    parser.add_argument("--instances", default="mini,academy,siec,nation")
    parser.add_argument("--seconds", type=int, help="for each; by default 10 (mini, academy), 60 (siec), 120 (nation)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--near", default="auto", help="examiners kept for each centre and option of CP-SAT's model; 0: all")
    parser.add_argument("--links", default="auto", help="whether CP-SAT's model has the links: yes, no, auto")
    parser.add_argument("--home", type=Path, default=ROOT / "target" / "peers")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    unknown = set(options.only.split(",")) - set(PEERS)
    if unknown:
        parser.error(f"--only: unknown {', '.join(sorted(unknown))}; known: {', '.join(PEERS)}")
    options.delos = options.delos.resolve()
    if not options.delos.is_file():
        parser.error(f"--delos: no {options.delos} (cargo build -p delos)")
    return options


def environment(home):
    """The private environment with the version of requirements.txt, or None and why."""
    folder = home / "venv-planning"
    python, mark, list_ = folder / "bin" / "python", folder / "installed.txt", HERE / "requirements.txt"
    if mark.is_file() and mark.read_text() == list_.read_text():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True)
    if subprocess.run([sys.executable, "-m", "venv", folder]).returncode != 0:
        print("no CP-SAT: no virtual environment (Debian: python3-venv)")
        return None
    if subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", list_]).returncode != 0:
        print("no CP-SAT: pip could not install requirements.txt")
        return None
    mark.write_text(list_.read_text())
    return python


def run(command):
    """A process of its own: (exit code, output, wall and processor seconds, peak megabytes)."""
    print(*[Path(str(part)).name for part in command], file=sys.stderr, flush=True)
    start = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE)
    output = process.stdout.read().decode()
    # wait4 gives the use of this child alone; getrusage(RUSAGE_CHILDREN) would keep the greatest of all so far.
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    return process.returncode, output, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6


def session(options, instance, out, seconds):
    return run([options.delos, "plan", "session", "--instance", instance, "--out", out, "--seconds", seconds, "--seed", options.seed])


def ours(options, instance, seconds):
    out = instance.with_suffix(".delos.json")
    out.unlink(missing_ok=True)
    code, output, wall, processor, peak = session(options, instance, out, seconds)
    version = subprocess.run([options.delos, "--version"], capture_output=True, text=True).stdout.strip().removeprefix("delos ")
    row = {"peer": f"Délos {version}", "instance": instance.stem, "budget": seconds, "wall": wall, "processor": processor, "peak": peak}
    if code != 0:
        return {**row, "failed": f"exit {code}"}
    printed, bound = figure(r"^objectif\s+(\S+)$", output), figure(r"borne prouvée (\S+)", output)
    gap = figure(r"au plus (\S+) %", output)
    row |= {"bound": bound, **judged(instance, out)}
    said = f"printed objective {printed}, gap {gap} %"
    if printed is None or abs(printed - row["objective"]) > 0.15:  # both are rounded
        said += f"; NOT what the judge reads, {row['objective']}"
    return {**row, "said": said}


def figure(pattern, output):
    """A number as it is printed for people: « 1 398,8 »."""
    found = re.search(pattern, output, re.MULTILINE)
    return float(re.sub(r"[\s\u202f\u00a0]", "", found[1]).replace(",", ".")) if found else None


def theirs(options, python, instance, seconds, hinted):
    out, hint, days = (instance.with_suffix(f".{part}.json") for part in ("cpsat" if hinted else "alone", "hint", "days"))
    out.unlink(missing_ok=True)
    days.write_text(json.dumps(timetables(options, instance)))
    near = options.near if options.near != "auto" else nearest(instance)
    row = {"peer": "CP-SAT", "instance": instance.stem, "budget": seconds, "wall": 0.0, "processor": 0.0}
    command = [python, "-B", HERE / "cpsat.py", instance, out, "--days", days, "--near", near, "--links", options.links]
    command += ["--workers", os.cpu_count(), "--seed", options.seed]
    said = "no hint"
    if hinted:
        code, _, row["wall"], row["processor"], _ = session(options, instance, hint, HINT_SECONDS)
        if code != 0:
            return {**row, "failed": f"no hint: exit {code}"}
        start = judged(instance, hint)["objective"]
        said = f"hint: Délos, {HINT_SECONDS} s, objective {start}"
        command += ["--hint", hint]
    code, output, wall, processor, peak = run([*command, "--seconds", seconds - HINT_SECONDS * hinted])
    row |= {"wall": row["wall"] + wall, "processor": row["processor"] + processor, "peak": peak}
    if code != 0:
        return {**row, "failed": f"exit {code}", "said": said}
    end = json.loads(output.strip().splitlines()[-1])
    row |= {"peer": f"CP-SAT {end['version']}{', hinted' if hinted else ', alone'}", "bound": end["bound"]}
    said += f"; {end['size']} variables built in {end['build']:.1f} s, solved in {end['solve']:.1f} s"
    said += f", zone by zone ({end['zones']})" if end["zones"] > 1 else ""
    said += f"; links {'by a flow' if end['links'] else 'left to the judge (in the great zones at least)'}"
    said += f"; {near} nearest examiners, bound of that model only" if int(near) else "; every examiner and centre"
    said += f"; first solution {end['first']}, in the model's terms"
    if not end["found"]:
        return {**row, "failed": "no plan in its seconds", "said": said}
    row |= judged(instance, out)
    said += f"; spread {row['terms']['spread']}, components {row['terms']['component']} at the judge's"
    if hinted and row["objective"] > start:
        said += ": WORSE than its hint, by what the model leaves out"
    return {**row, "said": said}


def nearest(instance):
    """How many examiners the model keeps for a centre and an option: all (0) where the greatest zone is small."""
    read = json.loads(instance.read_text())
    most = max(sum(c["zone"] == zone["id"] for c in read["candidates"]) for zone in read["zones"])
    return 0 if most <= WHOLE_UNTIL else NEAREST


def timetables(options, instance):
    """The timetable of each feasible day, by rank and (none, preparations, interviews too): from `delos plan day`."""
    mode, days = json.loads(instance.read_text())["params"]["env_mode"], []
    for rank, kinds in product((1, 2), product(range(7), repeat=3)):
        if not 1 <= sum(kinds) <= (3 if rank == 1 else 6):
            continue
        command = [options.delos, "plan", "day", "--json", "--environment", mode, "--candidates", str(sum(kinds))]
        command += ["--extra-time-preparation", str(kinds[1]), "--extra-time-all", str(kinds[2])]
        command += ["--after-preparation"] if rank == 1 else []
        day = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        if day["feasible"]:
            days.append({"rank": rank, "kinds": kinds, "day": day})
    return days


def judged(instance, plan):
    """What the independent checker reads in a plan; candidates left out are priced, not refused."""
    command = [sys.executable, ROOT / "tests/oracles/check_plan.py", instance, plan, "--json", "--partial"]
    verdict = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
    terms = verdict["terms"]
    return {"objective": verdict["objective"], "violations": verdict["errors"], "left": terms["unassigned"], "terms": terms}


def table(rows):
    lines = ["| instance | budget | with | objective | left out | violations | its bound | gap | wall | processor | peak memory |"]
    lines.append("|---|---|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        start = f"| {row['instance']} | {row['budget']} s | {row['peer']} | "
        if "failed" in row:
            lines.append(start + f"{row['failed']} | | | | | {row['wall']:.1f} s | {row['processor']:.1f} s | {row.get('peak', 0):.0f} MB |")
            continue
        bound = row["bound"]
        useful = bound is not None and bound > 0
        gap = f"{100 * (row['objective'] / bound - 1):.2f} %" if useful and not row["left"] else ""
        shown = f"{bound:.1f}" if useful else "none"
        lines.append(
            start + f"{row['objective']:.1f} | {row['left']} | {row['violations']} | {shown} | {gap} | "
            f"{row['wall']:.1f} s | {row['processor']:.1f} s | {row['peak']:.0f} MB |"
        )
    return "\n".join(lines)


def machine():
    cpu = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown processor")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{datetime.date.today()}, {os.cpu_count()} cores of {cpu}, {memory:.0f} GB, load {load}, Python {sys.version.split()[0]}"


if __name__ == "__main__":
    main()
