"""Bayesian networks, as bayes.json.

- `query.*`: a network, what is observed, and the posterior of every node, by pgmpy's variable
  elimination and by summing the whole joint table; both must agree to 1e-12. The figures that the
  design notes give are checked.
- `do.*`: the same with a node set from outside, by summing the joint table of the network without
  the arrows into it.
- `bif.*`: one of these networks as pgmpy writes it to a file, and its marginals.
- `separation.*`: random graphs; for a node and given nodes, the others that an active trail leads
  to, by pgmpy.

A network is a list of nodes with `parents` (indices) and `table` [rows, states]: rows in the order
of the parents' states, the last parent's changing fastest. `given` has the state of each node, or -1.
"""

import itertools
import logging
from typing import Any

import numpy as np
from pgmpy.factors.discrete import TabularCPD
from pgmpy.inference import VariableElimination
from pgmpy.models import DiscreteBayesianNetwork
from pgmpy.readwrite import BIFWriter

from golden import record, write

logging.disable(logging.CRITICAL)
RANDOM = np.random.default_rng(11)

Node = tuple[list[int], np.ndarray]
"""Parents, and a table [rows, states]."""


def yes(parents: list[int], *p: float) -> Node:
    """A node of two states, no and yes."""
    return parents, np.array([[1 - q, q] for q in p])


SPRINKLER = [yes([], 0.5), yes([0], 0.5, 0.1), yes([0], 0.2, 0.8), yes([1, 2], 0, 0.9, 0.9, 0.99)]
ASIA = [
    yes([], 0.01), yes([], 0.5), yes([0], 0.01, 0.05), yes([1], 0.01, 0.1), yes([1], 0.3, 0.6),
    yes([2, 3], 0, 1, 1, 1), yes([5], 0.05, 0.98), yes([4, 5], 0.1, 0.7, 0.8, 0.9),
]  # fmt: skip
BURGLARY = [
    yes([], 0.001), yes([], 0.002), yes([0, 1], 0.001, 0.29, 0.94, 0.95), yes([2], 0.05, 0.9),
    yes([2], 0.01, 0.7),
]  # fmt: skip


def random_network(count: int) -> list[Node]:
    """Nodes of two to four states with up to three parents, some of whose numbers are 0."""
    cards, nodes = [], []
    for i in range(count):
        parents = sorted(RANDOM.choice(i, min(i, RANDOM.integers(0, 4)), replace=False).tolist())
        states = int(RANDOM.integers(2, 5))
        rows = int(np.prod([cards[p] for p in parents], initial=1))
        table = RANDOM.dirichlet(np.full(states, 0.7), rows)
        table[RANDOM.random(table.shape) < 0.1] = 0
        table[table.sum(1) == 0, 0] = 1
        nodes.append((parents, table / table.sum(1, keepdims=True)))
        cards.append(states)
    return nodes


def joint(nodes: list[Node]) -> np.ndarray:
    """The whole table, an axis for each node."""
    cards = [table.shape[1] for _, table in nodes]
    whole = np.ones(cards)
    for i, (parents, table) in enumerate(nodes):
        axes = [*parents, i]
        factor = table.reshape([cards[a] for a in axes])
        order = np.argsort(axes)
        shape = [cards[a] if a in axes else 1 for a in range(len(cards))]
        whole = whole * factor.transpose(order).reshape(shape)
    return whole


def posteriors(nodes: list[Node], given: list[int]) -> tuple[list[np.ndarray], float]:
    """P(node | given) of every node, and P(given), from the joint table."""
    part = joint(nodes)
    for axis, state in enumerate(given):
        if state >= 0:
            mask = np.zeros(part.shape[axis])
            mask[state] = 1
            part = part * mask.reshape([-1 if a == axis else 1 for a in range(part.ndim)])
    total = part.sum()
    sums = [part.sum(tuple(a for a in range(part.ndim) if a != i)) / total for i in range(part.ndim)]
    return sums, float(total)


def pgmpy_model(nodes: list[Node]) -> DiscreteBayesianNetwork:
    model = DiscreteBayesianNetwork([(str(p), str(i)) for i, (parents, _) in enumerate(nodes) for p in parents])
    model.add_nodes_from([str(i) for i in range(len(nodes))])
    cards = [table.shape[1] for _, table in nodes]
    for i, (parents, table) in enumerate(nodes):
        evidence = {"evidence": [str(p) for p in parents], "evidence_card": [cards[p] for p in parents]}
        model.add_cpds(TabularCPD(str(i), cards[i], table.T, **(evidence if parents else {})))
    return model


def by_pgmpy(nodes: list[Node], given: list[int]) -> list[np.ndarray]:
    engine = VariableElimination(pgmpy_model(nodes))
    evidence = {str(i): s for i, s in enumerate(given) if s >= 0}
    out = []
    for i, state in enumerate(given):
        if state >= 0:
            out.append(np.eye(nodes[i][1].shape[1])[state])
        else:
            out.append(engine.query([str(i)], evidence, show_progress=False).values)
    return out


def plain(nodes: list[Node]) -> list[dict[str, Any]]:
    return [{"parents": parents, "table": {"shape": list(t.shape), "data": t.ravel().tolist()}} for parents, t in nodes]


def query(name: str, nodes: list[Node], given: list[int]) -> dict:
    sums, evidence = posteriors(nodes, given)
    for ours, theirs in zip(sums, by_pgmpy(nodes, given), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-12)
    answer = {"posteriors": np.concatenate(sums), "evidence": evidence}
    return record(f"query.{name}", {}, answer) | {"in": {"nodes": plain(nodes), "given": given}}


def do(name: str, nodes: list[Node], given: list[int], node: int) -> dict:
    """`node` is set to the state that it is given in."""
    certain = np.zeros((1, nodes[node][1].shape[1]))
    certain[0, given[node]] = 1
    cut = [([], certain) if i == node else each for i, each in enumerate(nodes)]
    sums, evidence = posteriors(cut, given)
    answer = {"posteriors": np.concatenate(sums), "evidence": evidence}
    return record(f"do.{name}", {}, answer) | {"in": {"nodes": plain(nodes), "given": given, "done": node}}


def separation(name: str, nodes: list[Node], source: int, given: list[int]) -> dict:
    model = pgmpy_model(nodes)
    observed = [str(i) for i, s in enumerate(given) if s >= 0]
    found = model.active_trail_nodes(str(source), observed=observed)[str(source)]
    connected = sorted(int(i) for i in found if int(i) != source)
    return {"id": f"separation.{name}", "in": {"nodes": plain(nodes), "given": given, "source": source}, "out": {"connected": connected}}


def bif(name: str, nodes: list[Node]) -> dict:
    sums, evidence = posteriors(nodes, [-1] * len(nodes))
    # pgmpy sorts nodes by name and calls their states by numbers.
    text = str(BIFWriter(pgmpy_model(nodes)))
    answer = {"posteriors": np.concatenate(sums), "evidence": evidence}
    return record(f"bif.{name}", {"text": text}, answer)


def given(count: int, **states: int) -> list[int]:
    """`n3=1`: node 3 was observed in state 1."""
    return [states.get(f"n{i}", -1) for i in range(count)]


def check(nodes: list[Node], seen: list[int], known: dict[int, float]) -> None:
    """The design notes' figures for P(yes)."""
    sums, _ = posteriors(nodes, seen)
    for node, value in known.items():
        assert abs(sums[node][1] - value) < 1e-10, (node, sums[node][1], value)


def main() -> None:
    check(SPRINKLER, given(4), {3: 0.6471})
    check(SPRINKLER, given(4, n3=1), {0: 0.5757997218, 1: 0.4297635605, 2: 0.7079276773})
    check(SPRINKLER, given(4, n3=1, n2=1), {1: 0.1944990177})
    check(SPRINKLER, given(4, n3=1, n1=1), {2: 0.3203883495})
    check(ASIA, given(8), {2: 0.0104, 3: 0.055, 4: 0.45, 5: 0.064828, 6: 0.11029004, 7: 0.4359706})
    check(ASIA, given(8, n7=1), {2: 0.0188453075, 3: 0.1027592228, 4: 0.8339673363})
    check(ASIA, given(8, n0=1, n7=1), {2: 0.0877509650, 3: 0.0995251451, 4: 0.8114020716})
    check(ASIA, given(8, n0=1, n7=1, n6=1), {2: 0.3917117200, 3: 0.4442705078, 4: 0.6288217760})
    check(ASIA, given(8, n7=1, n6=1), {2: 0.1139333254, 3: 0.6212527967})
    check(BURGLARY, given(5, n3=1, n4=1), {0: 0.2841718354, 1: 0.1760668384, 2: 0.7606920389})
    check(BURGLARY, given(5, n3=1), {0: 0.0162837299})
    records = [
        query("sprinkler.none", SPRINKLER, given(4)),
        query("sprinkler.w", SPRINKLER, given(4, n3=1)),
        query("sprinkler.w.r", SPRINKLER, given(4, n3=1, n2=1)),
        query("asia.none", ASIA, given(8)),
        query("asia.d", ASIA, given(8, n7=1)),
        query("asia.a.d.x", ASIA, given(8, n0=1, n7=1, n6=1)),
        query("asia.d.x", ASIA, given(8, n7=1, n6=1)),
        query("burglary.j.m", BURGLARY, given(5, n3=1, n4=1)),
        do("sprinkler.s", SPRINKLER, given(4, n1=1), 1),
        do("sprinkler.s.w", SPRINKLER, given(4, n1=1, n3=1), 1),
        do("asia.b.x", ASIA, given(8, n4=1, n6=1), 4),
    ]
    for i in range(6):
        nodes = random_network(7)
        free = given(7)
        # Likely states, so that the observations are possible.
        likely = [int(np.argmax(p)) for p in posteriors(nodes, free)[0]]
        seen = given(7, **{f"n{v}": likely[v] for v in RANDOM.choice(7, 2, replace=False)})
        if posteriors(nodes, seen)[1] > 0:
            records.append(query(f"random{i}", nodes, seen))
        node = int(RANDOM.integers(7))
        records.append(do(f"random{i}", nodes, given(7, **{f"n{node}": 0}), node))
    records += [bif("asia", ASIA), bif("random", random_network(9))]
    for i, (count, several) in enumerate(itertools.product([5, 8, 12], range(8))):
        nodes = random_network(count)
        source = int(RANDOM.integers(count))
        others = [v for v in range(count) if v != source]
        seen = RANDOM.choice(others, several % 4, replace=False)
        records.append(separation(str(i), nodes, source, given(count, **{f"n{v}": 0 for v in seen})))
    write("bayes.json", ["pgmpy", "numpy"], records)


if __name__ == "__main__":
    main()
