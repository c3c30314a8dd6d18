"""Writes queries that deny something, in every spelling of a negation, about a small dataset."""

from collections.abc import Callable
from random import Random

from pyoxigraph import Literal, NamedNode, Quad

from ontology.namespace import ID
from ontology.terms import CPEC
from tests.graph import toy
from tests.graph.citing.absence_law import THINGS, Denial, Spelling

PREDICATES = "pqvw"
GRAPHS = [f"{ID}x/s{number:02}" for number in (1, 2, 3)]


def make_dataset(random: Random) -> list[Quad]:
    """Return random facts about a few things in a few graphs, with their inferences."""
    quads = {
        Quad(
            random.choice(THINGS),
            NamedNode(CPEC + random.choice(PREDICATES)),
            random.choice(THINGS),
            NamedNode(random.choice(GRAPHS)),
        )
        for _ in range(random.randint(4, 12))
    }
    quads.add(Quad(THINGS[0], NamedNode(CPEC + "n"), Literal("one"), NamedNode(GRAPHS[0])))
    return toy.close(tuple(sorted(quads, key=str)))


class DenialWriter:
    """Writes queries at random; the same random numbers give the same queries."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def write_base(self) -> str:
        """Return patterns that bind ?x and ?y."""
        first, second = (f"cpec:{self.random.choice(PREDICATES)}" for _ in range(2))
        return self.random.choice(
            [f"?x {first} ?y", f"?x {first} ?y", f"?x {first} ?y . ?y {second} ?u", "?x cpec:n ?y"]
        )

    def write_denial(
        self, *, free: bool = False, name: str = "z", is_minus: bool = False
    ) -> Denial:
        """Return a group; with `free`, it binds ?z, and denies nothing itself."""
        p, q = (f"cpec:{self.random.choice(PREDICATES)}" for _ in range(2))
        z = f"?{name}"
        ends = [("?y", p, z), (z, p, "?x"), ("?x", p, z)]
        bound = [("?x", p, "?y"), ("?y", p, "id:c"), (z, p, z + "2")]
        patterns = [self.random.choice(ends if free else ends + bound)]
        if z in patterns[0] and self.random.random() < 0.3:
            patterns.append((z, q, self.random.choice([z + "3", "?x", "id:b"])))
        condition = ""
        if z in patterns[0] and self.random.random() < 0.3:
            tests = [f"({z} != id:a)", f"({z} = id:b)", f"({z} != {z})"]
            nested = [f" NOT EXISTS {{ {z} {q} id:a }}", f" NOT EXISTS {{ ?x {q} {z} }}"]
            condition = " FILTER" + self.random.choice(tests if free else tests + nested)
        graph = self.random.choice(["", "", "", f"<{GRAPHS[0]}>", "?g9"])
        return Denial(tuple(patterns), condition, graph, is_minus=is_minus)

    def write(self) -> Spelling:
        """Return a query in a random spelling."""
        writers = [name for name in dir(self) if name.startswith("spell_")]
        name = self.random.choice(writers)
        spell: Callable[[str], Spelling] = getattr(self, name)
        return spell(self.write_base())

    def make(
        self, name: str, where: str, denials: tuple[Denial, ...], shown: str = "", values: str = ""
    ) -> Spelling:
        """Return a query of one form or another; `shown` variables are shown, with `values`."""
        default = tuple(GRAPHS[:2]) if self.random.random() < 0.2 else ()
        clause = " ".join(f"FROM <{graph}>" for graph in default)
        columns = self.random.choice(["?x", "?y", "?x ?y", "DISTINCT ?x", "DISTINCT ?y"])
        text = f"SELECT {columns} {shown} {values} {clause} WHERE {{ {where} }}"
        text = self.random.choice([text, text, text + " ORDER BY ?x ?y LIMIT 2"])
        if not shown and not values and self.random.random() < 0.1:
            text = f"CONSTRUCT {{ ?x cpec:z ?y }} {clause} WHERE {{ {where} }}"
        base = "?x ?y ?u" if "?u" in where else "?x ?y"
        solutions = f"SELECT {base} {shown} {values} {clause} WHERE {{ {where} }}"
        return Spelling(name, text, solutions, denials, default=default)

    def spell_not_exists(self, base: str) -> Spelling:
        denial = self.write_denial()
        return self.make("NOT EXISTS", f"{base} FILTER NOT EXISTS {{ {denial.text} }}", (denial,))

    def spell_minus(self, base: str) -> Spelling:
        denial = self.write_denial(is_minus=True)
        return self.make("MINUS", f"{base} MINUS {{ {denial.text} }}", (denial,))

    def spell_not_with_sign(self, base: str) -> Spelling:
        denial = self.write_denial()
        return self.make("!EXISTS", f"{base} FILTER(!EXISTS {{ {denial.text} }})", (denial,))

    def spell_conjunction(self, base: str) -> Spelling:
        denial = self.write_denial()
        where = f"{base} FILTER(?x != id:e && NOT EXISTS {{ {denial.text} }})"
        return self.make("&&", where, (denial,))

    def spell_de_morgan(self, base: str) -> Spelling:
        denial = self.write_denial()
        where = f"{base} FILTER(!(?x = id:e || EXISTS {{ {denial.text} }}))"
        return self.make("!(||)", where, (denial,))

    def spell_disjunction(self, base: str) -> Spelling:
        denial = self.write_denial()
        where = f"{base} FILTER(?x = id:a || NOT EXISTS {{ {denial.text} }})"
        return self.make("||", where, (denial,))

    def spell_two_disjuncts(self, base: str) -> Spelling:
        first, second = self.write_denial(name="s"), self.write_denial(name="t")
        where = f"{base} FILTER(NOT EXISTS {{ {first.text} }} || !EXISTS {{ {second.text} }})"
        return self.make("two disjuncts", where, (first, second))

    def spell_two_conjuncts(self, base: str) -> Spelling:
        first, second = self.write_denial(name="s"), self.write_denial(name="t", is_minus=True)
        where = f"{base} FILTER NOT EXISTS {{ {first.text} }} MINUS {{ {second.text} }}"
        return self.make("two conjuncts", where, (first, second))

    def spell_unbound(self, base: str) -> Spelling:
        denial = self.write_denial(free=True)
        where = f"{base} OPTIONAL {{ {denial.text} }} FILTER(!BOUND(?z))"
        return self.make("!BOUND", where, (denial,))

    def spell_unbound_or(self, base: str) -> Spelling:
        denial = self.write_denial(free=True)
        where = f"{base} OPTIONAL {{ {denial.text} }} FILTER(!BOUND(?z) || ?x = id:a)"
        return self.make("!BOUND ||", where, (denial,))

    def spell_optional_shown(self, base: str) -> Spelling:
        denial = self.write_denial(free=True)
        return self.make("OPTIONAL shown", f"{base} OPTIONAL {{ {denial.text} }}", (denial,), "?z")

    def spell_optional_in_a_value(self, base: str) -> Spelling:
        denial = self.write_denial(free=True)
        where = f"{base} OPTIONAL {{ {denial.text} }}"
        return self.make("OPTIONAL in a value", where, (denial,), "", "(COALESCE(?z, 0) AS ?k)")

    def spell_optional_hidden(self, base: str) -> Spelling:
        denial = self.write_denial(free=True)
        where = f"{base} OPTIONAL {{ {denial.text} }}"
        return self.make("OPTIONAL hidden", where, ())

    def spell_value(self, base: str) -> Spelling:
        denial = self.write_denial()
        value = f"(EXISTS {{ {denial.text} }} AS ?k)"
        return self.make("value", base, (denial,), "", value)

    def spell_bind(self, base: str) -> Spelling:
        denial = self.write_denial()
        where = f"{base} BIND(EXISTS {{ {denial.text} }} AS ?k)"
        return self.make("BIND", where, (denial,), "?k")

    def spell_union(self, base: str) -> Spelling:
        denial = self.write_denial()
        branch = f"{base} FILTER NOT EXISTS {{ {denial.text} }} BIND(2 AS ?k)"
        where = f"{{ ?x cpec:w ?y BIND(1 AS ?k) }} UNION {{ {branch} }}"
        return self.make("UNION", where, (denial,), "?k")

    def spell_subselect(self, base: str) -> Spelling:
        denial = self.write_denial()
        where = f"{{ SELECT DISTINCT ?x ?y {{ {base} FILTER NOT EXISTS {{ {denial.text} }} }} }}"
        return self.make("subselect", where, (denial,))

    def spell_plain_subselect(self, base: str) -> Spelling:
        denial = self.write_denial(is_minus=True)
        where = f"{{ SELECT ?x ?y {{ {base} MINUS {{ {denial.text} }} }} }}"
        return self.make("plain subselect", where, (denial,))

    def spell_union_within(self, base: str) -> Spelling:
        first, second = self.write_denial(name="s"), self.write_denial(name="t")
        where = f"{base} FILTER NOT EXISTS {{ {{ {first.text} }} UNION {{ {second.text} }} }}"
        return self.make("UNION within", where, (first, second))

    def group(self, name: str, base: str, least: int, having: str, shown: str) -> Spelling:
        """Return a query that groups by ?x, with an OPTIONAL that it counts."""
        p = f"cpec:{self.random.choice(PREDICATES)}"
        pattern = self.random.choice([("?x", p, "?z"), ("?z", p, "?x")])
        denial = Denial((pattern,), least=least, counted="z" if least > 1 else "")
        where = f"{base} OPTIONAL {{ {denial.text} }}"
        columns = f"?x {shown}"
        query = f"SELECT {columns} WHERE {{ {where} }} GROUP BY ?x {having}"
        members = f"SELECT ?x ?y ?z WHERE {{ {where} }}"
        return Spelling(name, query, query, (denial,), members)

    def spell_having_none(self, base: str) -> Spelling:
        return self.group("HAVING = 0", base, 1, "HAVING(COUNT(?z) = 0)", "")

    def spell_having_few(self, base: str) -> Spelling:
        return self.group("HAVING < 3", base, 3, "HAVING(COUNT(DISTINCT ?z) < 3)", "")

    def spell_grouped_count(self, base: str) -> Spelling:
        return self.group("grouped count", base, 1, "", "(COUNT(?z) AS ?n)")

    def spell_count(self, base: str) -> Spelling:
        denial = self.write_denial()
        where = f"{base} FILTER NOT EXISTS {{ {denial.text} }}"
        query = f"SELECT ?x (COUNT(*) AS ?n) WHERE {{ {where} }} GROUP BY ?x"
        shown = "?x ?y ?u" if "?u" in base else "?x ?y"
        return Spelling("count", query, f"SELECT {shown} WHERE {{ {where} }}", (denial,))

    def spell_ask(self, _base: str) -> Spelling:
        denial = self.write_denial(free=True)
        exists = f"SELECT (EXISTS {{ {denial.text} }} AS ?k) WHERE {{}}"
        return Spelling("ASK", f"ASK {{ {denial.text} }}", exists, (denial,))

    def spell_count_of_nothing(self, _base: str) -> Spelling:
        denial = self.write_denial(free=True)
        count = f"SELECT (COUNT(*) AS ?n) WHERE {{ {denial.text} }}"
        query = self.random.choice([count, f"SELECT ?n {{ {{ {count} }} }}"])
        return Spelling("count of nothing", query, count, (denial,))
