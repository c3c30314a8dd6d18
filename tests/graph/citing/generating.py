"""Writes queries about a dataset at random: most find something, and all constructs come up."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from pyoxigraph import Literal, NamedNode, Quad, Triple

from graph.dataset import RECORD_CLASSES, RECORD_TERMS, graph_of
from ontology.namespace import EVIDENCE_GRAPH, ONTOLOGY_GRAPH
from ontology.terms import CPEC, OA, RDF

Node = NamedNode | Literal

MOST_SOLUTIONS = 300
"""Solutions of a query; more of them are a cross product that nobody asks for."""

MORE = (0, 0, 1, 1, 2, 3)
"""How many elements follow the first of a group."""

MOST_NEAR = 25
"""Statements about a node; from a busier node, a join leads to half of the graph."""


@dataclass(frozen=True)
class Written:
    """A query without LIMIT and OFFSET, its cut with them, and a query of its solutions."""

    text: str
    cut: str
    solutions: str


class Writer:
    """Writes queries; the same random numbers give the same queries."""

    def __init__(self, quads: Sequence[Quad], random: Random) -> None:
        self.random = random
        written = sorted({q for q in quads if has_names(q.triple)}, key=str)
        self.axioms = [quad for quad in written if graph_of(quad) == ONTOLOGY_GRAPH]
        self.quads = [quad for quad in written if graph_of(quad) != ONTOLOGY_GRAPH]
        about: dict[object, list[Quad]] = defaultdict(list)
        for quad in written:
            for node in {quad.subject, quad.object}:
                about[node].append(quad)
        self.about = {node: near for node, near in about.items() if len(near) <= MOST_NEAR}
        described: dict[object, list[Quad]] = defaultdict(list)
        for quad in written:
            if graph_of(quad) == EVIDENCE_GRAPH:
                described[quad.subject].append(quad)
        self.records = {
            subject: of_subject
            for subject, of_subject in described.items()
            if any(quad.object in RECORD_CLASSES for quad in of_subject)
        }
        self.variables: dict[object, str] = {}
        self.count = 0

    def chance(self, share: float) -> bool:
        """Return True in this share of cases."""
        return self.random.random() < share

    def any_quad(self) -> Quad:
        """Return a quad, one time in six of the ontology, and seldom a type."""
        for _ in range(3):
            quad = self.random.choice(self.axioms if self.chance(1 / 6) else self.quads)
            if quad.predicate != RDF.TYPE:
                break
        return quad

    def write_end(self, node: object, share: float = 0.75) -> str:
        """Return a node as a variable, always the same, or as itself."""
        if node in self.variables:
            return self.variables[node]
        if self.chance(share):
            self.variables[node] = f"?v{self.count}"
            self.count += 1
            return self.variables[node]
        return str(node)

    def choose_node(self) -> tuple[object, str]:
        """Return a node that has a variable."""
        if not self.variables:
            quad = self.any_quad()
            self.write_end(quad.subject, 1)
        return self.random.choice(list(self.variables.items()))

    def write_edge(self, quad: Quad) -> str:
        """Return a triple or path pattern that a quad matches."""
        s, o, p = quad.subject, quad.object, str(quad.predicate)
        after = [quad for quad in self.about.get(o, ()) if quad.subject == o]
        if after and self.chance(0.15):
            further = self.random.choice(after)
            star = self.random.choice(["", "", "*", "?"])
            subject, value = self.write_end(s), self.write_end(further.object)
            return f"{subject} {p}/{further.predicate}{star} {value} ."
        q = str(self.any_quad().predicate)
        busy = quad.predicate == RDF.TYPE
        path = p
        if self.chance(0.35) and not busy:
            path = self.random.choice([f"?p{self.random.randrange(2)}", *list_paths(p, q)])
        if self.chance(0.05):
            return f"{self.write_end(o)} ^{p} {self.write_end(s)} ."
        return f"{self.write_end(s)} {path} {self.write_end(o)} ."

    def choose_quad(self) -> Quad:
        """Return a quad about a node that has a variable and few quads."""
        nodes = [node for node in self.variables if node in self.about]
        if not nodes:
            return self.any_quad()
        return self.random.choice(self.about[self.random.choice(nodes)])

    def write_block(self, most: int = 3) -> str:
        """Return joined patterns."""
        return " ".join(
            self.write_edge(self.choose_quad()) for _ in range(self.random.randint(1, most))
        )

    def write_graph(self) -> str:
        """Return a pattern within a named graph."""
        quad = self.choose_quad()
        name = f"?g{self.random.randrange(2)}" if self.chance(0.6) else f"<{graph_of(quad)}>"
        return f"GRAPH {name} {{ {self.write_edge(quad)} }}"

    def write_record(self) -> str:
        """Return patterns that a record matches, in the default graph or in a named one."""
        record, quads = self.random.choice(list(self.records.items()))
        chosen = self.random.sample(quads, min(len(quads), self.random.randint(2, 4)))
        subject = self.write_end(record, 0.9)
        patterns = (
            f"{subject} {quad.predicate} {self.write_end(quad.object, 0.5)} ." for quad in chosen
        )
        graph = self.random.choice(["", "", f"GRAPH <{EVIDENCE_GRAPH}>", "GRAPH ?g0"])
        return f"{graph} {{ {' '.join(patterns)} }}"

    def write_reifier(self) -> str:
        """Return patterns that the reifier of a record matches, in the forms of RDF 1.2."""
        record, quads = self.random.choice(list(self.records.items()))
        values: dict[object, object] = {quad.predicate: quad.object for quad in quads}
        ends = next(ends for ends in RECORD_TERMS.values() if ends[0] in values)
        triple = " ".join(self.write_end(values[end], 0.5) for end in ends)
        name, modality = self.write_end(record, 0.9), self.write_end(values[CPEC.MODALITY], 0.3)
        source = self.write_end(values[OA.HAS_SOURCE], 0.8)
        return self.random.choice(
            [
                f"{triple} ~ {name} {{| {CPEC.MODALITY} {modality} |}} .",
                f"{triple} {{| {OA.EXACT} ?quote ; {OA.HAS_SOURCE} {source} |}} .",
                f"<< {triple} ~ {name} >> {OA.HAS_SOURCE} {source} .",
                f"<< {triple} >> {OA.EXACT} ?quote .",
                f"{name} {RDF.REIFIES} <<( {triple} )>> ; {CPEC.MODALITY} {modality} .",
                f"{name} {RDF.REIFIES} ?term . FILTER (isTRIPLE(?term))",
            ]
        )

    def write_condition(self) -> str:
        """Return a condition on a variable."""
        node, variable = self.choose_node()
        other = self.choose_node()[1]
        return self.random.choice(
            [
                f"isIRI({variable})",
                f"{variable} != {self.any_quad().object}",
                f"{variable} != {other}",
                f'CONTAINS(STR({variable}), "{self.random.choice("aeinst")}")',
                f"BOUND({variable})",
                f"STRLEN(STR({variable})) > {self.random.randrange(60)}",
                f"{variable} IN ({node}, {self.any_quad().subject})",
            ]
        )

    def write_element(self) -> str:
        """Return one more element of a group."""
        node, variable = self.choose_node()
        return self.random.choice(
            [
                lambda: f"OPTIONAL {{ {self.join_block()} }}",
                lambda: f"OPTIONAL {{ {self.join_block()} }}",
                lambda: f"FILTER({self.write_condition()})",
                lambda: f"FILTER({self.write_condition()} || {self.write_condition()})",
                lambda: f"{{ {self.join_block()} }} UNION {{ {self.join_block()} }}",
                lambda: f"BIND(STR({variable}) AS ?b{self.random.randrange(10**6)})",
                lambda: f"VALUES {variable} {{ {node} {self.any_quad().subject} }}",
                self.write_graph,
                lambda: f"FILTER NOT EXISTS {{ {self.write_hidden()} }}",
                lambda: f"FILTER EXISTS {{ {self.write_hidden()} }}",
                lambda: f"MINUS {{ {self.write_hidden()} }}",
                self.write_subselect,
            ]
        )()

    def join_block(self) -> str:
        """Return a block that shares one variable with the group; its other variables are added."""
        before = self.variables
        shared = [(node, name) for node, name in before.items() if node in self.about]
        if not shared:
            quad = self.any_quad()
            return f"{quad.subject} {quad.predicate} {quad.object} ."
        self.variables = dict([self.random.choice(shared)])
        text = self.write_block(2)
        self.variables = before | self.variables
        return text

    def write_hidden(self) -> str:
        """Return a block that shares one variable; its other variables stay its own."""
        before = dict(self.variables)
        text = self.join_block()
        self.variables = before
        return text

    def write_subselect(self) -> str:
        """Return a subselect that shares one variable; another may have a name from outside."""
        node, variable = self.choose_node()
        if node not in self.about:
            return self.join_block()
        before, count = self.variables, self.count
        self.variables, self.count = {node: variable}, self.random.choice([0, count])
        text = self.write_block(2)
        self.variables, self.count = before, max(self.count, count)
        if variable not in text:
            return f"{{ {text} }}"
        if self.chance(0.25):
            number = f"?c{self.random.randrange(10**6)}"
            inner = f"SELECT {variable} (COUNT(*) AS {number}) {{ {text} }} GROUP BY {variable}"
            return f"{{ {inner} }}"
        head = self.random.choice(["SELECT", "SELECT", "SELECT DISTINCT"])
        return f"{{ {head} {variable} {{ {text} }} }}"

    def write_start(self) -> str:
        """Return the first element of a group."""
        return self.write_graph() if self.chance(0.15) else self.write_block()

    def write_where(self, *, records: bool, reifiers: bool) -> str:
        """Return a group, which begins with a record or reifier where these are asked for."""
        self.variables, self.count = {}, 0
        if reifiers:
            first = self.write_reifier()
        else:
            first = self.write_record() if records else self.write_start()
        return " ".join([first, *(self.write_element() for _ in range(self.random.choice(MORE)))])

    def query(self, *, records: bool = False, reifiers: bool = False) -> Written:
        """Return a query, of records or reifiers among others."""
        where = self.write_where(records=records, reifiers=reifiers)
        text, cut = self.write_form(where)
        return Written(text, cut, f"SELECT * {{ {where} }} LIMIT {MOST_SOLUTIONS + 1}")

    def write_form(self, where: str) -> tuple[str, str]:
        """Return a query of any form, and its cut."""
        names = sorted(set(self.variables.values()))
        if not names:
            return f"ASK {{ {where} }}", ""
        shown = self.random.sample(names, self.random.randint(1, len(names)))
        columns = " ".join(shown)
        template = f"{shown[0]} <http://example.org/with> {shown[-1]} , _:new ."
        cuttable = [
            (f"SELECT * {{ {where} }}", names),
            (f"SELECT {columns} {{ {where} }}", shown),
            (f"SELECT DISTINCT {columns} {{ {where} }}", shown),
        ]
        uncut = [
            self.write_aggregate(where, names),
            f"ASK {{ {where} }}",
            f"SELECT {shown[0]} (COALESCE({names[-1]}, 'none') AS ?alias) {{ {where} }}",
            f"CONSTRUCT {{ {template} }} {{ {where} }}",
            f"DESCRIBE {shown[0]} {{ {where} }}",
        ]
        if self.chance(0.6):
            return self.order_and_cut(*self.random.choice(cuttable))
        return self.random.choice([uncut[0], *uncut]), ""

    def order_and_cut(self, text: str, names: Sequence[str]) -> tuple[str, str]:
        """Return a query that may be ordered, by all that it shows, and cut.

        A cut through rows that are alike in the order might leave any of them.
        """
        if self.chance(0.5):
            return text, ""
        order = f"{text} ORDER BY {' '.join(f'STR({name})' for name in names)}"
        if self.chance(0.5):
            return order, ""
        return order, f" LIMIT {self.random.randint(1, 5)} OFFSET {self.random.randrange(3)}"

    def write_aggregate(self, where: str, names: Sequence[str]) -> str:
        """Return a query that groups."""
        key, value = self.random.choice(names), self.random.choice(names)
        often = ["COUNT(*)", f"COUNT({value})", f"COUNT(DISTINCT {value})", f"MIN(STR({value}))"]
        often += [f"MAX(STRLEN(STR({value})))", f"SUM(STRLEN(STR({value})))"]
        seldom = [f"COUNT(DISTINCT {value}) + 1", f"GROUP_CONCAT(STR({value}))", f"SAMPLE({value})"]
        seldom += [f"GROUP_CONCAT(DISTINCT STR({value}))", f"SAMPLE(STR({value}))"]
        function = self.random.choice([*often, *often[:4], *seldom])
        having = self.random.choice(["", "", "", " HAVING(COUNT(*) > 1)", " HAVING(?n > 1)"])
        n, group = f"({function} AS ?n)", f"{{ {where} }}"
        part = f"SUBSTR(STR({key}), 1, 35)"
        return self.random.choice(
            [
                f"SELECT {n} {group}",
                f"SELECT {n} {group} GROUP BY {key}",
                f"SELECT ?k {n} {group} GROUP BY ({part} AS ?k)",
                f"SELECT {key} {n} {group} GROUP BY {key}{having}",
                f"SELECT {key} {n} {group} GROUP BY {key}",
            ]
        )


def list_paths(p: str, q: str) -> list[str]:
    """Return paths that an edge matches."""
    several = [f"{p}+", f"{p}*", f"{p}?", f"({p}|{q})", f"({p}|^{q})+"]
    return several if p == q else [*several * 3, f"!{q}"]


def has_names(triple: Triple) -> bool:
    """Whether a triple has no blank node, which a query could not name."""
    return isinstance(triple.subject, NamedNode) and isinstance(triple.object, Node)
