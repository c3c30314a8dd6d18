"""The closure in tables: an engine joins tables of facts with the table of the rules.

Terms are numbers, those of literals negative. The table `quad` holds the stated quads, `term` the
text of each number in N-Triples syntax.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse

from graph.curating.master_file import MasterFile
from graph.curating.shapes import find_properties, parse_shapes
from graph.dataset import RECORD_CLASSES, RECORD_TERMS, takes_part
from graph.publishing.reading_order import natural_key
from graph.rdflib_bridge import write_n_triples
from graph.reasoning.kernel import Kernel
from graph.reasoning.rule_form import RuleTable
from ontology.namespace import (
    EDITORIAL,
    EVIDENCE,
    EVIDENCE_GRAPH,
    ID,
    INFERRED_GRAPH,
    ONTOLOGY_GRAPH,
    PREFIXES,
)
from ontology.terms import CPEC, DCTERMS, RDF
from server.scaling.tables import FETCHED, Tables, split

QUAD_LINE: Final = "^([^ ]+) ([^ ]+) (.*) ([^ ]+) [.]$"
"""A line of N-Quads: only an object has spaces."""

KEPT_LINE: Final = "^([^ ]+) ([^ ]+) ([^ ]+) (.*)$"

MOST_VIOLATIONS: Final = 100
"""The most violations of the constraints of one form that are fetched and reported."""

TYPE: Final = RDF.TYPE.value
DATE: Final = DCTERMS.DATE.value
ARTICLE: Final = CPEC + "NewsArticle"
WITHIN: Final = CPEC + "within"
PUBLISHER: Final = DCTERMS.PUBLISHER.value
MODALITY: Final = CPEC.MODALITY.value
DENIED: Final = CPEC + "Denied"
SAID: Final = tuple(term.value for term in RECORD_TERMS[CPEC.UNASSERTED_STATEMENT])
ORIGINS: Final = (CPEC.DERIVED_FROM.value, CPEC + "basedOn", PREFIXES["prov"] + "wasRevisionOf")
GRAPHS: Final = (EVIDENCE_GRAPH, INFERRED_GRAPH)
NAMED: Final = (TYPE, DATE, ARTICLE, WITHIN, PUBLISHER, MODALITY, DENIED, *SAID, *ORIGINS, *GRAPHS)
"""The names that statements use, besides those of the rules."""


class Closing:
    """The closure of the quads of some files under the rules of a kernel."""

    def __init__(self, tables: Tables, kernel: Kernel) -> None:
        self.tables = tables
        self.kernel = kernel
        self.rules = RuleTable.from_rules(kernel.tbox.rulebook.rules.values())
        self.ids: dict[str, int] = {}
        self.numbers: dict[int | None, int] = {}

    def number(self, files: list[Path]) -> None:
        """Make the tables `term` and `quad` of files of N-Quads."""
        numbers = {n for _, *row in self.rules.rows for n in row if n is not None}
        numbers |= {n for fact in self.kernel.tbox.closure for n in fact}
        texts = {str(self.kernel.lexicon.term(n)): n for n in numbers}
        names = {f"<{name}>" for name in (*NAMED, *(kind.value for kind in RECORD_CLASSES))}
        self.tables.fill("known", "text string", ([text] for text in {*texts, *names}))
        self.tables.read_lines("line", files)
        cells = (f"regexp_extract(line, '{QUAD_LINE}', {n}) {c}" for n, c in enumerate("spog", 1))
        self.tables.make("spelt", f"SELECT DISTINCT {', '.join(cells)} FROM line")
        ends = " UNION ".join(f"SELECT {column} text FROM spelt" for column in "spog")
        sign = "CASE WHEN text LIKE '\"%' THEN -1 ELSE 1 END"
        self.tables.make(
            "term",
            f"SELECT text, {sign} * (1 + {self.tables.number}) id"
            f" FROM ({ends} UNION SELECT text FROM known)",
        )
        joins = " ".join(f"JOIN term {c}{c} ON {c}{c}.text = q.{c}" for c in "spog")
        columns = ", ".join(f"{c}{c}.id {c}" for c in "spog")
        self.tables.make("quad", f"SELECT {columns} FROM spelt q {joins}")
        self.ids = dict(self.tables.rows("SELECT text, id FROM term JOIN known USING (text)"))
        self.numbers = {number: self.ids[text] for text, number in texts.items()}

    def id(self, name: str) -> int:
        """Return the number of one of the names that statements use."""
        return self.ids[f"<{name}>"]

    def close(self) -> None:
        """Make the view `fact` of what the statements and the ontology state and entail.

        The view `inferred` has what they entail. Records of statements are left out: nothing
        follows from them.
        """
        tables, evidence = self.tables, self.id(EVIDENCE_GRAPH)
        graphs = tables.rows("SELECT id, text FROM term WHERE id IN (SELECT g FROM quad)")
        parts = [[n] for n, g in graphs if takes_part(g[1:-1]) and g != f"<{ONTOLOGY_GRAPH}>"]
        tables.fill("part", "g bigint", parts)
        kinds = ", ".join(str(self.id(kind.value)) for kind in RECORD_CLASSES)
        typed = f"SELECT s FROM quad WHERE p = {self.id(TYPE)} AND o IN ({kinds})"
        records = f"{typed} AND g = {evidence}"
        columns = ", ".join(f"{name} bigint" for name in self.rules.columns)
        rows = ((form, *map(self.numbers.get, row)) for form, *row in self.rules.rows)
        tables.fill("rule", columns, rows)
        given = ([*map(self.numbers.get, fact)] for fact in self.kernel.tbox.closure)
        tables.fill("given", "s bigint, p bigint, o bigint", given)
        tables.make(
            "fact_0",
            f"SELECT s, p, o FROM quad WHERE g IN (SELECT g FROM part) AND g <> {evidence}"
            f" UNION SELECT s, p, o FROM quad WHERE g = {evidence} AND s NOT IN ({records})"
            " UNION SELECT s, p, o FROM given",
        )
        rounds = ["fact_0"]
        while next(tables.rows(f"SELECT s FROM {rounds[-1]} LIMIT 1"), None):
            tables.view("new", f"SELECT s, p, o FROM {rounds[-1]}")
            tables.view("fact", unite(rounds))
            rounds.append(f"fact_{len(rounds)}")
            tables.make(rounds[-1], self.rules.write_round("s < 0"))
        tables.view("fact", unite(rounds))
        tables.view("inferred", unite(rounds[1:]))

    def keep(self, file: Path) -> int:
        """Make the table `kept` of the inferences of `graph:inferred`; return their number.

        The column `k` orders those of our properties for readers. The file takes them in between.
        """
        number = 0
        with file.open("w", encoding="utf-8") as lines:
            for row, triple in self.read_triples("SELECT s, p, o FROM inferred WHERE s > 0"):
                if self.kernel.tbox.materialises(*triple):
                    key = (
                        natural_text(str(triple)) if triple.predicate.value.startswith(CPEC) else ""
                    )
                    lines.write(f"{' '.join(map(str, row))} {key}\n")
                    number += 1
        self.tables.read_lines("written", [file])
        cells = [f"regexp_extract(line, '{KEPT_LINE}', {n})" for n in range(1, 5)]
        numbers = (f"CAST({cell} AS bigint) {c}" for cell, c in zip(cells, "spo", strict=False))
        self.tables.make("kept", f"SELECT {', '.join(numbers)}, {cells[3]} k FROM written")
        inferred = f"SELECT s, p, o, {self.id(INFERRED_GRAPH)} g FROM kept"
        self.tables.view("whole", f"SELECT s, p, o, g FROM quad UNION ALL {inferred}")
        self.tables.make("triple", "SELECT DISTINCT s, p, o FROM whole")
        return number

    def read_triples(
        self, select: str, order: str = ""
    ) -> Iterator[tuple[tuple[int, int, int], Triple]]:
        """Yield the rows of a SELECT of s, p and o, each with its triple, ordered by a column."""
        rows = self.tables.rows(f"{spell(select)}{f' ORDER BY {order}' if order else ''}")
        for some in split(rows, FETCHED):
            quads = parse("\n".join(row[-1] for row in some), RdfFormat.N_TRIPLES)
            for row, quad in zip(some, quads, strict=True):
                yield row[:3], quad.triple

    def read_quads(self, select: str, graph: NamedNode) -> list[Quad]:
        """Return the triples of a SELECT of s, p and o as quads of a graph."""
        return [
            Quad(triple.subject, triple.predicate, triple.object, graph)
            for _, triple in self.read_triples(select)
        ]

    def find_violating_facts(self) -> list[Quad]:
        """Return facts that violate constraints of the ontology."""
        rows = [
            cells
            for select in self.rules.write_violations()
            for row in self.tables.rows(f"{select} LIMIT {MOST_VIOLATIONS}")
            for cells in zip(*[iter(row)] * 3, strict=True)
        ]
        values = " UNION ALL ".join("SELECT {} s, {} p, {} o".format(*row) for row in {*rows})
        return self.read_quads(values, EVIDENCE) if rows else []

    def select_rest(self, shapes: MasterFile) -> list[Quad]:
        """Return the triples that the shapes see of the things that are no parts of articles."""
        named = find_properties(parse_shapes(write_n_triples(shapes.quads)))
        self.tables.fill("shaped", "text string", ([f"<{name}>"] for name in named))
        part = f"{find_start('term', f'<{ID}')} AND instr(substr(text, {len(ID) + 2}), '/') > 0"
        articles = f"SELECT s FROM triple WHERE p = {self.id(TYPE)} AND o = {self.id(ARTICLE)}"
        return self.read_quads(
            "SELECT s, p, o FROM triple"
            " WHERE p IN (SELECT id FROM term WHERE text IN (SELECT text FROM shaped))"
            f" AND s NOT IN ({part}) AND s NOT IN ({articles})",
            EDITORIAL,
        )

    def select_witnesses(self) -> list[Quad]:
        """Return triples in which any two uses of one thing occur, if they do in the graph.

        A use is a class that it has, or a property with its end. A thing is misread if two of its
        uses put it into disjoint classes, so these triples are misread if any are.
        """
        kind = self.id(TYPE)
        detail = f"CASE WHEN p = {kind} THEN o WHEN o < 0 THEN -1 ELSE 0 END"
        self.tables.make(
            "use",
            f"SELECT DISTINCT s n, p, {detail} d FROM triple WHERE s > 0"
            f" UNION SELECT o, -p, 0 FROM triple WHERE o > 0 AND p <> {kind}",
        )
        self.tables.make(
            "witness",
            "SELECT DISTINCT n FROM (SELECT min(a.n) n FROM use a JOIN use b ON a.n = b.n"
            " WHERE a.p <= b.p GROUP BY a.p, a.d, b.p, b.d) w",
        )
        chosen = "IN (SELECT n FROM witness)"
        return self.read_quads(
            f"SELECT s, p, min(o) o FROM triple WHERE s {chosen} GROUP BY s, p, {detail}"
            f" UNION SELECT min(s), p, o FROM triple WHERE o {chosen} AND p <> {kind}"
            " GROUP BY p, o",
            EDITORIAL,
        )

    def select_crossing(self) -> list[Quad]:
        """Return the quads that the checks of `crossing/` compare.

        They are the descriptions of works, the origins of things, and the denials: the records of
        each, the other records of the same triple, and the quads that state it.
        """
        kind, denied, *said = map(self.id, (MODALITY, DENIED, *SAID))
        origins = ", ".join(str(self.id(name)) for name in ORIGINS)
        works = f"SELECT s FROM quad WHERE p = {self.id(PUBLISHER)}"
        records = f"SELECT s FROM quad WHERE p = {kind} AND o = {denied}"
        triple = " JOIN ".join(
            f"(SELECT s r, o {column} FROM quad WHERE p = {name}) {column}{column}"
            + ("" if column == "s" else f" ON {column}{column}.r = ss.r")
            for column, name in zip("spo", said, strict=True)
        )
        self.tables.make("said", f"SELECT DISTINCT ss.r, s, p, o FROM {triple}")
        self.tables.view("denial", f"SELECT s, p, o FROM said WHERE r IN ({records})")
        same = "SELECT r FROM said x JOIN denial y ON x.s = y.s AND x.p = y.p AND x.o = y.o"
        return self.read_graphs(
            f"SELECT * FROM quad WHERE p IN ({origins}) OR s IN ({works}) OR s IN ({same})"
            " UNION SELECT q.* FROM quad q"
            " JOIN denial y ON q.s = y.s AND q.p = y.p AND q.o = y.o"
        )

    def select_cycles(self) -> list[Quad]:
        """Return the quads between things that are within each other, for `closed/`."""
        within = self.id(WITHIN)
        return self.read_graphs(
            "SELECT q.* FROM whole q JOIN triple a ON a.s = q.s AND a.o = q.o"
            f" JOIN triple b ON b.s = q.o AND b.o = q.s WHERE a.p = {within} AND b.p = {within}"
        )

    def read_graphs(self, select: str) -> list[Quad]:
        """Return the quads of a SELECT of s, p, o and g."""
        rows = self.tables.rows(spell(select, "spog"))
        return list(parse("\n".join(row[-1] for row in rows), RdfFormat.N_QUADS))


def spell(select: str, columns: str = "spo") -> str:
    """Return the SELECT of the rows of another one, with their terms as a line of N-Quads."""
    texts = " || ' ' || ".join(f"term_{c}.text" for c in columns)
    joins = " ".join(
        f"JOIN term term_{column} ON term_{column}.id = q.{column}" for column in columns
    )
    return f"SELECT q.*, {texts} || ' .' line FROM ({select}) q {joins}"


def find_start(table: str, start: str) -> str:
    """Return the SELECT of the rows whose text has a start."""
    return f"SELECT id FROM {table} WHERE substr(text, 1, {len(start)}) = '{start}'"


def unite(names: list[str]) -> str:
    """Return the SELECT of the facts of some tables."""
    return " UNION ALL ".join(f"SELECT s, p, o FROM {name}" for name in names)


def natural_text(text: str) -> str:
    """Return a text whose order by code points is that of the natural key of the text."""
    parts = enumerate(natural_key(text))
    return "".join(f"{len(str(n)):04}{n}{p}\1" if odd % 2 else f"{p}\1" for odd, (n, p) in parts)
