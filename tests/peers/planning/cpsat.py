#!/usr/bin/env python3
"""The session as one integrated model of OR-Tools CP-SAT: a peer of `delos plan session`, on the same file.

    cpsat.py INSTANCE OUT --days DAYS.json --seconds S [--workers N] [--seed N] [--hint PLAN] [--near 0] [--links auto]

A commission is a slot (centre, option, period, index), used or not; candidates of one school with the same constraints are
counted, the others are placed one by one; each slot has two members. DAYS.json holds the timetable of each feasible day:
the model knows which mixtures of extra time fit in two days, and the plan takes its hours from there.

In the model: every term of the objective; the links by a flow, where --links says so. Left out or restricted:
* three members or more, and commissions of one day (members are there both days of a period);
* for spread and links, whoever sits in a centre for an option meets all its candidates, but those of his school; the
  spread of schools that are no centres is left to the judge;
* a candidate away one day of a period is taken as away for the period (in the delivered instances, always so);
* with --near N, the N nearest examiners of each centre and option and the 8 nearest centres of each free candidate, and
  those of the hint: the bound then holds for that restricted model only.
Zones are independent and solved one after another, with seconds in proportion to their candidates.
"""

import argparse
import json
import math
import time
from collections import Counter, defaultdict
from itertools import product

import ortools
from hint import give_hint
from ortools.sat.python import cp_model

SCALE = 100  # of the objective: CP-SAT counts in integers
LINKS_UNTIL = 1000  # candidates of a zone: beyond, the flow of the links only drowns the rest; without it a plan is cut in pieces
FREE_CENTRES = 8
LEFT_OUT = 2000  # more than any placement costs, and a bound that is below the true one: with 10^6 CP-SAT proves nothing


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instance")
    parser.add_argument("out")
    parser.add_argument("--days", required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hint")
    parser.add_argument("--near", type=int, default=0)
    parser.add_argument("--links", choices=("auto", "yes", "no"), default="auto")
    options = parser.parse_args()
    instance = json.load(open(options.instance))
    days = {(d["rank"], *d["kinds"]): d["day"] for d in json.load(open(options.days))}
    hint = json.load(open(options.hint))["commissions"] if options.hint else []
    commissions, rows = [], []
    for zone in sorted(z["id"] for z in instance["zones"]):
        started = time.perf_counter()
        model = Zone(instance, zone, pairs_of_days(days), hint, options)
        built = time.perf_counter() - started
        seconds = options.seconds * len(model.candidates) / len(instance["candidates"])
        row = model.solve(seconds, options)
        rows.append({**row, "build": built, "size": len(model.model.proto.variables), "links": model.with_links})
        commissions += model.plan(days, len(commissions)) if row["found"] else []
    json.dump({"format": "e5-solution/1", "commissions": commissions, "unassigned": []}, open(options.out, "w"))
    total = {key: sum(row[key] for row in rows) for key in ("bound", "build", "solve", "size")}
    found = all(row["found"] for row in rows)
    first = sum(row["first"] for row in rows) if found else None
    print(json.dumps({**total, "found": found, "first": first, "links": all(row["links"] for row in rows), "zones": len(rows), "version": ortools.__version__}))


def pairs_of_days(days):
    """(candidates by kind of extra time) -> (sixth candidate or 0, those of the first day), for what fits in a commission."""
    pairs = {(0, 0, 0): (0, (0, 0, 0))}
    firsts = [kinds for rank, *kinds in days if rank == 1]
    seconds = [[0, 0, 0]] + [kinds for rank, *kinds in days if rank == 2]
    for first, second in product(firsts, seconds):
        both = tuple(map(sum, zip(first, second)))
        over = max(0, sum(second) - 5)
        if both not in pairs or over < pairs[both][0]:
            pairs[both] = (over, tuple(first))
    return pairs


def extra_time(candidate):
    """0: none; 1: a third on the preparations; 2: on the interviews too."""
    prep, interview = (a[0] / a[1] > 1 for a in (candidate["accommodation"]["prep"], candidate["accommodation"]["interview"]))
    if interview and not prep:
        raise SystemExit("extra time on the interviews only: not in the table of days")
    return 2 if interview else int(prep)


def distance(one, other):
    return math.dist((one["x"], one["y"]), (other["x"], other["y"]))


class Zone:
    """The model of one zone."""

    def __init__(self, instance, zone, pairs, hint, options):
        self.params, self.pairs, weights = instance["params"], pairs, instance["params"]["weights"]
        self.places = {e["id"]: e for e in instance["establishments"] if e["zone"] == zone}
        self.centres = {key: e for key, e in self.places.items() if e["centre"]}
        self.examiners = {x["id"]: x for x in instance["examiners"] if x["zone"] == zone}
        self.candidates = {c["id"]: c for c in instance["candidates"] if c["zone"] == zone}
        self.days = defaultdict(list)
        for day in sorted(instance["days"], key=lambda day: day["rank"]):
            self.days[day["period"]].append(day["id"])
        self.hint = [c for c in hint if c["centre"] in self.centres]
        # One left out costs more than the whole of a plan that places everybody: where the hint does, none is.
        self.all_placed = len(self.candidates) == sum(len(d["slots"]) for c in self.hint for d in c["days"])
        self.with_links = options.links == "yes" or options.links == "auto" and len(self.candidates) <= LINKS_UNTIL
        self.model, self.costs = cp_model.CpModel(), []
        self.kinds = self.grouped(options.near)
        self.slots_and_members(options.near)
        self.seats(weights)
        self.loads(weights)
        self.spread_and_links(weights)
        # One component for each option is no fault.
        constant = -weights["component"] * len({option for _, option in self.root})
        variables, costs = [variable for _, variable in self.costs], [round(SCALE * cost) for cost, _ in self.costs]
        self.model.minimize(cp_model.LinearExpr.weighted_sum(variables, costs) + SCALE * constant)
        give_hint(self)

    def options(self):
        return sorted({c["option"] for c in self.candidates.values()})

    def cost(self, weight, variable):
        self.costs.append((weight, variable))

    def grouped(self, near):
        """Candidates who are the same for the model: (ids, option, extra time, periods away, examiners barred, centres)."""
        barred = defaultdict(set)
        for x in self.examiners.values():
            for candidate in x["conflicts"]:
                barred[candidate].add(x["id"])
        of_school = defaultdict(set)
        for x in self.examiners.values():
            of_school[x["est"]].add(x["id"])
        used = {s["candidate"]: c["centre"] for c in self.hint for d in c["days"] for s in d["slots"]}
        groups = defaultdict(list)
        for c in self.candidates.values():
            away = frozenset(p for p, days in self.days.items() if set(days) & set(c["unavailable"]))
            own = self.centres.get(c["est"]) if self.params["force_own_centre"] else None
            if own and not (c["pmr"] and not own["pmr"]) and not all(set(d) & set(own["closed_days"]) for d in self.days.values()):
                centres = (own["id"],)
            else:
                allowed = [e for e in self.centres.values() if e["pmr"] or not c["pmr"]]
                allowed.sort(key=lambda e: distance(e, c))
                nearest = {e["id"] for e in (allowed[:FREE_CENTRES] if near else allowed)}
                centres = tuple(sorted(nearest | {used.get(c["id"], allowed[0]["id"])}))
            banned = set(barred[c["id"]])
            if not self.params.get("own_school"):
                banned |= set(c["teachers"]) | (of_school[c["est"]] if c["est"] is not None else set())
            alone = None if centres == (c["est"],) else c["id"]
            groups[alone, centres, c["option"], extra_time(c), away, frozenset(banned)].append(c["id"])
        return [(sorted(ids), *key[1:]) for key, ids in sorted(groups.items(), key=lambda item: item[1][0])]

    def slots_and_members(self, near):
        model = self.model
        at = Counter()
        for ids, centres, option, *_ in self.kinds:
            if centres == (self.candidates[ids[0]]["est"],):
                at[centres[0], option] += len(ids)
        self.own = at
        used = defaultdict(set)
        for c in self.hint:
            used[c["centre"], c["option"]] |= set(c["members"])
        rooms = Counter((c["centre"], c["option"], c["period"]) for c in self.hint)
        self.u, self.m, self.of = {}, {}, defaultdict(list)
        by_slot, by_period = defaultdict(list), defaultdict(list)
        for (c, centre), option, (p, days) in product(self.centres.items(), self.options(), self.days.items()):
            if set(days) & set(centre["closed_days"]):
                continue
            able = [x for x in self.examiners.values() if option in x["options"]]
            able.sort(key=lambda x: distance(x, centre))
            kept = {x["id"] for x in (able[:near] if near else able)} | {x["id"] for x in able if x["id"] in used[c, option]}
            # No more at once than own candidates call for, and one for the others.
            most = min(centre["environments"] // 2, max(-(-at[c, option] // 8) + 1, rooms[c, option, p]))
            for k in range(most):
                s = c, option, p, k
                self.u[s] = model.new_bool_var("")
                self.of[c, option].append(s)
                if k:
                    model.add_implication(self.u[s], self.u[c, option, p, k - 1])
                for x in kept:
                    if set(days) <= set(self.examiners[x]["days"]):
                        self.m[x, s] = model.new_bool_var("")
                        by_slot[s].append(self.m[x, s])
                        by_period[x, p].append(self.m[x, s])
                model.add(sum(by_slot[s]) == 2 * self.u[s])
        for choices in by_period.values():
            model.add_at_most_one(choices)
        together = defaultdict(list)
        for (c, _, p, _), used_ in self.u.items():
            together[c, p].append(used_)
        for (c, _), used_ in together.items():
            model.add(2 * sum(used_) <= self.centres[c]["environments"])

    def seats(self, weights):
        model = self.model
        self.open = {c: model.new_bool_var("") for c in sorted({s[0] for s in self.u})}
        self.met, self.short, self.root, self.sink, self.flow = {}, {}, {}, {}, {}
        self.z, self.over, self.counts, self.barred, filled = {}, {}, {}, {}, defaultdict(lambda: ([], [], []))
        for i, (ids, centres, option, extra, away, banned) in enumerate(self.kinds):
            placed = []
            for s in (s for c in centres for s in self.of[c, option] if s[2] not in away):
                seats = self.z[i, s] = model.new_int_var(0, min(len(ids), 9), "") if len(ids) > 1 else model.new_bool_var("")
                placed.append(seats)
                filled[s][extra].append(seats)
                km = distance(self.candidates[ids[0]], self.centres[s[0]])
                self.cost(weights["cand_km"] * km, seats)
                barring = [self.m[x, s] for x in banned if (x, s) in self.m]
                if barring and len(ids) == 1:
                    for member in barring:
                        model.add_implication(member, ~seats)
                elif barring:
                    if (s, banned) not in self.barred:
                        self.barred[s, banned] = clear = model.new_bool_var("")
                        for member in barring:
                            model.add_implication(member, ~clear)
                    model.add(seats <= min(len(ids), 9) * self.barred[s, banned])
            left = model.new_int_var(0, 0 if self.all_placed else len(ids), "")
            model.add(sum(placed) + left == len(ids))
            self.cost(min(weights["unassigned"], LEFT_OUT), left)
            self.z[i, None] = left
        for s, used in self.u.items():
            self.over[s] = over = model.new_bool_var("")
            everybody = sum(filled[s], [])
            model.add(sum(everybody) <= 8 * used + over)
            model.add(sum(everybody) >= used)
            model.add_implication(over, used)
            if filled[s][1] or filled[s][2]:
                counts = [model.new_int_var(0, 9, "") for _ in range(3)]
                for count, those in zip(counts, filled[s]):
                    model.add(count == sum(those))
                model.add_allowed_assignments([*counts, over], [(*kinds, o) for kinds, (o, _) in self.pairs.items()])
                self.counts[s] = counts
            self.cost(weights["commission"], used)
            self.cost(weights["overload"], over)
            model.add_implication(used, self.open[s[0]])
        for key, slots in self.of.items():
            self.enough(self.own[key], slots)
        for option in self.options():
            self.enough(sum(c["option"] == option for c in self.candidates.values()), [s for s in self.u if s[1] == option])
        for opened in self.open.values():
            self.cost(weights["centre"], opened)

    def enough(self, seated, slots):
        """Implied where all are placed, and what the linear relaxation lacks: 8 u + over >= n, rounded up."""
        if self.all_placed and seated and slots:
            used, sixth = sum(self.u[s] for s in slots), sum(self.over[s] for s in slots)
            self.model.add(used >= -(-seated // 9))
            rest = seated % 8
            self.model.add(rest * used + sixth >= rest * -(-seated // 8))

    def loads(self, weights):
        """The square of a load is 1 + 3 + 5 + …: one boolean for each further period."""
        sits = defaultdict(list)
        for (x, s), member in self.m.items():
            sits[x].append(member)
            km = 2 * distance(self.examiners[x], self.centres[s[0]])
            self.cost(weights["exam_km"] * km, member)
        self.steps = {}
        for x, members in sits.items():
            steps = [self.model.new_bool_var("") for _ in range(min(self.examiners[x]["max_periods"], len(self.days)))]
            self.steps[x] = steps
            self.model.add(sum(members) == sum(steps))
            for before, after in zip(steps, steps[1:]):
                self.model.add_implication(after, before)
            for n, step in enumerate(steps):
                self.cost(weights["load_sq"] * (2 * n + 1), step)

    def spread_and_links(self, weights):
        """Two different teams of two are three people; components are counted by their roots, which a flow must reach."""
        model = self.model
        members, at, elsewhere = defaultdict(list), defaultdict(list), defaultdict(list)
        for (x, s), member in self.m.items():
            members[x, s[:2]].append(member)
        for (x, place), those in members.items():
            self.met[x, place] = v = model.new_bool_var("")
            model.add(v <= sum(those))
            at[place].append((x, v))
        for (i, s), seats in self.z.items():
            school = self.candidates[self.kinds[i][0][0]]["est"]
            if s and school not in (None, s[0]):
                elsewhere[school, s[:2]].append(seats)
        for place, pairs in at.items():
            if self.own[place] >= 8:
                self.short[place] = short = model.new_bool_var("")
                more = [seats for (school, there), those in elsewhere.items() for seats in those if (school, there[1]) == place]
                model.add(sum(v for x, v in pairs if self.examiners[x]["est"] != place[0]) + sum(more) + short >= 3)
                self.cost(weights["spread"], short)
        if not self.with_links:
            return
        schools = sorted({(c["est"], c["option"]) for c in self.candidates.values() if c["est"] is not None})
        most = len(schools)
        balance = defaultdict(list)
        for school in schools:
            root = self.root[school] = model.new_bool_var("")
            sink = self.sink[school] = model.new_int_var(0, most, "")
            model.add(sink <= most * root)
            self.cost(weights["component"], root)
            balance[school].append(sink)
        edges = [((x, place[1], "examiner"), place, v) for (x, place), v in self.met.items()]
        edges += [((school, there[1]), there, sum(those)) for (school, there), those in elsewhere.items()]
        for one, other, joined in edges:
            self.flow[one, other] = go, back = model.new_int_var(0, most, ""), model.new_int_var(0, most, "")
            model.add(go + back <= most * joined)
            balance[one] += [go, -back]
            balance[other] += [back, -go]
        for node, flows in balance.items():
            model.add(sum(flows) == int(node in self.root))

    def solve(self, seconds, options):
        solver = self.solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = options.workers
        solver.parameters.random_seed = options.seed
        # Without these an academy is still being presolved after ten seconds, and the hint never becomes a plan.
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.symmetry_level = 0
        first = First()
        started = time.perf_counter()
        status = solver.solve(self.model, first)
        found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        bound = solver.best_objective_bound / SCALE if status != cp_model.UNKNOWN else max(0, solver.best_objective_bound / SCALE)
        return {"found": found, "bound": bound, "solve": time.perf_counter() - started, "first": first.objective}

    def plan(self, days, number):
        """The commissions, each with the candidates of its slot dealt to its two days by the table."""
        value = self.solver.value
        waiting = {i: list(ids) for i, (ids, *_) in enumerate(self.kinds)}
        seated = defaultdict(lambda: ([], [], []))
        for (i, s), variable in self.z.items():
            if s:
                for _ in range(value(variable)):
                    seated[s][self.kinds[i][3]].append(waiting[i].pop())
        members = defaultdict(list)
        for (x, s), variable in self.m.items():
            if value(variable):
                members[s].append(x)
        for s in (s for s, variable in self.u.items() if value(variable)):
            _, first = self.pairs[tuple(map(len, seated[s]))]
            dealt = [[those[:n] for those, n in zip(seated[s], first)], [those[n:] for those, n in zip(seated[s], first)]]
            timetables = []
            for rank, (day, those) in enumerate(zip(self.days[s[2]], dealt), 1):
                if any(those):
                    timetables.append({"day": day, **timetable(days[rank, *map(len, those)], those)})
            yield {"id": number, "centre": s[0], "option": s[1], "period": s[2], "members": members[s], "days": timetables}
            number += 1


def timetable(day, those):
    """The hours of the table for these candidates; the extra time of a row is read in its durations."""
    rest = [list(ids) for ids in those]
    slots = []
    for slot in day["slots"]:
        extra = 2 if slot["R"] - slot["E1"] > 20 else int(slot["E1"] - slot["T"] > 30)
        slots.append({**slot, "candidate": rest[extra].pop()})
    return {**{key: day[key] for key in ("prep", "lunch") if key in day}, "slots": slots}


class First(cp_model.CpSolverSolutionCallback):
    """The objective of the first solution: that of the hint, where the solver took it."""

    def __init__(self):
        super().__init__()
        self.objective = None

    def on_solution_callback(self):
        if self.objective is None:
            self.objective = self.objective_value / SCALE


if __name__ == "__main__":
    main()
