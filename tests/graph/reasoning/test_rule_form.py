"""The rules as rows: SQL, SPARQL and the kernel read the same rules alike."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, NamedNode, Quad, QuerySolutions, Store, Variable

from graph.curating.master import Inputs, read_master
from graph.reasoning.contradiction import find_violations
from graph.reasoning.kernel import Kernel
from graph.reasoning.rule import Rule, Term
from graph.reasoning.rule_form import RuleTable
from graph.reasoning.rulebook import Fact, NumberedRule, instantiate, unify
from ontology.namespace import ID
from tests.graph import toy

AXIOMS = st.sets(st.sampled_from([toy.EVERY_AXIOM, *toy.SINGLE_AXIOMS]), min_size=1).map(
    lambda several: [quad for axioms in several for quad in axioms]
)


class SqlFacts:
    """A table of facts in SQLite, closed by the rows of the rules."""

    def __init__(self, rules: RuleTable, facts: Iterable[Fact]) -> None:
        self.rules = rules
        self.database = sqlite3.connect(":memory:")
        run = self.database.execute
        run(f"CREATE TABLE rule ({', '.join(rules.columns)})")
        places = ", ".join("?" * len(rules.columns))
        self.database.executemany(f"INSERT INTO rule VALUES ({places})", rules.rows)  # noqa: S608
        for name in ("fact", "new", "following"):
            run(f"CREATE TABLE {name} (s, p, o)")
        run("CREATE INDEX by_subject ON fact (p, s)")
        run("CREATE INDEX by_object ON fact (p, o)")
        self.database.executemany("INSERT INTO fact VALUES (?, ?, ?)", facts)
        run("INSERT INTO new SELECT * FROM fact")
        while run("SELECT * FROM new").fetchone():
            run(f"INSERT INTO following {rules.write_round('s < 0')}")
            run("DELETE FROM new")
            run("INSERT INTO new SELECT * FROM following")
            run("INSERT INTO fact SELECT * FROM following")
            run("DELETE FROM following")

    def facts(self) -> set[Fact]:
        """Return the facts of the closure."""
        return set(self.database.execute("SELECT * FROM fact"))

    def violations(self) -> set[tuple[Fact, ...]]:
        """Return the premises of each violation."""
        selects = self.rules.write_violations()
        rows = (row for select in selects for row in self.database.execute(select))
        return {tuple(zip(*[iter(row)] * 3, strict=True)) for row in rows}


def assert_sql_agrees(kernel: Kernel) -> SqlFacts:
    """Hold that SQL has the closure and the violations of a kernel."""
    rules = RuleTable.from_rules(kernel.tbox.rulebook.rules.values())
    closed = SqlFacts(rules, [*kernel.tbox.facts, *kernel.closure.stated])
    facts = {*kernel.closure, *kernel.tbox.closure}
    assert closed.facts() == facts
    assert closed.violations() == {
        violation.facts
        for fact in facts
        for violation in find_violations(kernel.closure, kernel.lexicon, fact)
    }
    return closed


@settings(max_examples=100)
@given(AXIOMS, toy.datasets)
def test_sql_closes_and_finds_violations_as_the_kernel_does(
    axioms: list[Quad], stated: tuple[Quad, ...]
) -> None:
    assert_sql_agrees(Kernel([*axioms, *stated]))


def test_sql_closes_the_shipped_graph_with_a_few_selects() -> None:
    closed = assert_sql_agrees(Kernel(read_master(Inputs()).quads()))
    assert len(closed.rules.rows) > 30 * len(closed.rules.forms)


@settings(max_examples=60)
@given(AXIOMS, toy.datasets)
def test_a_body_in_sparql_holds_where_the_kernel_joins_it(
    axioms: list[Quad], stated: tuple[Quad, ...]
) -> None:
    kernel = Kernel([*map(name_blank_nodes, axioms), *stated])
    facts = {*kernel.closure, *kernel.tbox.closure}
    store = Store()
    store.extend(Quad(*kernel.triple(fact)) for fact in facts)
    for fact in facts:
        for rule in kernel.tbox.rulebook.rules_for(fact):
            expected = set(kernel.closure.derive_by(rule, fact))
            assert ask_derivations(store, kernel, rule, fact) == expected


def ask_derivations(store: Store, kernel: Kernel, rule: NumberedRule, fact: Fact) -> set[object]:
    """Return the derivations of a fact by a rule, without those that use the fact itself."""
    assert rule.head is not None
    head = unify(rule.head, fact)
    if head is None:
        return set()
    terms = {Variable(name): kernel.lexicon.term(number) for name, number in head.items()}
    solutions = store.query(write_query(rule.rule, terms))
    assert isinstance(solutions, QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    bindings = [
        head | {name: kernel.lexicon.numbers[solution[name]] for name in names}
        for solution in solutions
    ]
    return {
        rule.derivation(binding)
        for binding in bindings
        if fact not in [instantiate(pattern, binding) for pattern in rule.body]
    }


def write_query(rule: Rule, binding: Mapping[Variable, Term]) -> str:
    """Return the SELECT of the solutions of the body under a binding of some variables.

    No term of it may be a blank node, which would be a variable. A literal as a subject, which
    SPARQL 1.1 does not let a pattern have, is a value of a variable.
    """
    atoms = " . ".join(" ".join(map(str, atom)) for atom in rule.body)
    bound = "".join(f" VALUES {name} {{ {term} }}" for name, term in binding.items())
    different = ", ".join(map(str, rule.different))
    unequal = f" FILTER (!sameTerm({different}))" if different else ""
    return f"SELECT * WHERE {{{bound} {atoms}{unequal} }}"


def name_blank_nodes(quad: Quad) -> Quad:
    """Return a quad with an IRI for each blank node: a query cannot name a blank node."""
    ends = (
        NamedNode(f"{ID}blank/{end.value}") if isinstance(end, BlankNode) else end
        for end in (quad.subject, quad.object)
    )
    subject, value = ends
    return Quad(subject, quad.predicate, value, quad.graph_name)  # type: ignore[arg-type]
