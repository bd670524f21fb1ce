"""A plan in every variable of the model of cpsat.py: an incomplete hint is a start that the solver must first repair."""

from collections import Counter, defaultdict


def give_hint(zone):
    """Adds the plan of the zone's hint to its model."""
    if not zone.hint:
        return
    given = {}
    kind_of = {c: i for i, (ids, *_) in enumerate(zone.kinds) for c in ids}
    index, load, seated = Counter(), Counter(), Counter()
    members, used = set(), set()
    for c in zone.hint:
        where = c["centre"], c["option"], c["period"]
        s = (*where, index[where])
        index[where] += 1
        used.add(s)
        members |= {(x, s) for x in c["members"]}
        load.update(c["members"])
        seated.update((kind_of[slot["candidate"]], s) for d in c["days"] for slot in d["slots"])
    left = Counter({i: len(ids) for i, (ids, *_) in enumerate(zone.kinds)})
    for (i, _), n in seated.items():
        left[i] -= n
    given.update({variable: int(s in used) for s, variable in zone.u.items()})
    given.update({variable: int(key in members) for key, variable in zone.m.items()})
    given.update({variable: left[key[0]] if key[1] is None else seated[key] for key, variable in zone.z.items()})
    extra = {s: [0, 0, 0] for s in zone.u}
    for (i, s), n in seated.items():
        if s in extra:
            extra[s][zone.kinds[i][3]] += n
    for s, over in zone.over.items():
        given[over] = zone.pairs.get(tuple(extra[s]), (0,))[0]
        given.update(zip(zone.counts.get(s, ()), extra[s]))
    given.update({variable: int(any(s[0] == c for s in used)) for c, variable in zone.open.items()})
    for x, steps in zone.steps.items():
        given.update({step: int(n < load[x]) for n, step in enumerate(steps)})
    given.update({variable: int(not any((x, s) in members for x in banned)) for (s, banned), variable in zone.barred.items()})
    meets = {(x, s[:2]) for x, s in members}
    given.update({variable: int(key in meets) for key, variable in zone.met.items()})
    for school, variable in zone.short.items():
        own = {x for x, place in meets if place == school and zone.examiners[x]["est"] != school[0]}
        more = sum(n for (i, s), n in seated.items() if s[:2] != school and (zone.candidates[zone.kinds[i][0][0]]["est"], s[1]) == school)
        given[variable] = int(len(own) + more < 3)
    if zone.with_links:
        given.update(flow_hint(zone, meets, seated))
    for variable, value in given.items():
        zone.model.add_hint(variable, value)


def flow_hint(zone, meets, seated):
    """A tree from each root: what a school sends to its parent is the number of schools below it, and itself."""
    given, seen, beside = {}, set(), defaultdict(list)
    joined = {((x, place[1], "examiner"), place) for x, place in meets}
    joined |= {((zone.candidates[zone.kinds[i][0][0]]["est"], s[1]), s[:2]) for i, s in seated}
    for (one, other), pair in zone.flow.items():
        given.update(dict.fromkeys(pair, 0))
        if (one, other) in joined:
            beside[one].append(other)
            beside[other].append(one)
    for start in zone.root:
        given[zone.root[start]], given[zone.sink[start]] = int(start not in seen), 0
        if start in seen:
            continue
        seen.add(start)
        order, parent, below = [start], {}, Counter()
        for node in order:
            for other in (n for n in beside[node] if n not in seen):
                seen.add(other)
                parent[other] = node
                order.append(other)
        for node in reversed(order):
            below[node] += node in zone.root
            if node in parent:
                up = parent[node]
                below[up] += below[node]
                given[zone.flow[node, up][0] if (node, up) in zone.flow else zone.flow[up, node][1]] = below[node]
        given[zone.sink[start]] = below[start]
    return given
