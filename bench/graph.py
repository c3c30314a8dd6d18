"""Graphs in the model of the project, as large as one likes: the same size, the same quads.

Articles of ten sentences; each sentence is a named graph that states a few facts about entities,
which are drawn with a skew, as in the news: a few are in every article, most are in one.
"""

import random
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar

from pyoxigraph import Literal, NamedNode, Quad

from graph.curating.master import Inputs, read_master, read_origin
from graph.current_snapshot import cache_folder
from graph.dataset import canonicalise, graph_of, sort_lines
from graph.reasoning.kernel import Kernel
from graph.snapshot import Origin, Snapshot
from graph.snapshot_folder import open_draft, publish
from ontology.namespace import EDITORIAL_GRAPH, EVIDENCE_GRAPH, ID, ONTOLOGY_GRAPH
from ontology.terms import CPEC, DCTERMS, OA, RDF, RDFS, SCHEMA, XSD

Name = TypeVar("Name")

SEED: Final = 14
SENTENCES: Final = 10
FACTS: Final = 3
PER_ARTICLE: Final = 110
"""The quads of one article, nearly: what sizes the entities."""

PARTS: Final = {
    "Country": (1, 15),
    "Organisation": (1, 3),
    "Framework": (1, 4),
    "Area": (1, 5),
    "Programme": (1, 4),
}
"""For each kind of entity: one for so many articles."""

FACT_KINDS: Final = (
    ("Country", "cooperatesIn", "Area"),
    ("Country", "jointPartyTo", "Framework"),
    ("Framework", "concernsArea", "Area"),
    ("Organisation", "taskedInArea", "Area"),
    ("Programme", "under", "Framework"),
    ("Country", "cooperatesWith", "Country"),
    ("Country", "advances", "Programme"),
    ("Programme", "hasParty", "Country"),
)

EVIDENCE: Final = NamedNode(EVIDENCE_GRAPH)
EDITORIAL: Final = NamedNode(EDITORIAL_GRAPH)


def quads(size: int) -> Iterator[Quad]:
    """Yield so many different quads."""
    seen: set[Quad] = set()
    for quad in islice(generate(size), size * 2):
        if quad not in seen:
            seen.add(quad)
            yield quad
        if len(seen) == size:
            return


def ontology() -> list[Quad]:
    """Return the ontology of the project, as it is stated."""
    return [quad for quad in read_master(Inputs()).quads() if graph_of(quad) == ONTOLOGY_GRAPH]


def closed(size: int) -> list[Quad]:
    """Return so many quads, the ontology, and the closure of both."""
    stated = [*ontology(), *quads(size)]
    return [*stated, *Kernel(stated).inferred_quads()]


def generate(size: int) -> Iterator[Quad]:
    """Yield quads without an end, some of them twice; `size` sets how many entities there are."""
    dice = random.Random(SEED)  # noqa: S311 -- the same graph each time
    articles = max(2, size // PER_ARTICLE)
    names = {
        kind: [NamedNode(f"{ID}{kind}_{n}") for n in range(max(3, articles * of // each))]
        for kind, (of, each) in PARTS.items()
    }
    for kind, members in names.items():
        for number, member in enumerate(members):
            yield Quad(member, RDF.TYPE, term(kind), EDITORIAL)
            yield Quad(member, RDFS.LABEL, Literal(f"{kind} {number}", language="en"), EDITORIAL)
    yield from hierarchy(names["Area"])
    number = 0
    while True:
        yield from article(number, names, dice)
        number += 1


def hierarchy(areas: list[NamedNode]) -> Iterator[Quad]:
    """Yield a tree of areas, four below each."""
    for number, area in enumerate(areas[1:], 1):
        yield Quad(area, term("broader"), areas[(number - 1) // 4], EDITORIAL)


def article(number: int, names: dict[str, list[NamedNode]], dice: random.Random) -> Iterator[Quad]:
    """Yield one article: its description, and the statements of its sentences."""
    iri = NamedNode(f"{ID}article-{number}")
    day = f"20{20 + number % 6:02d}-{1 + number % 12:02d}-{1 + number % 28:02d}"
    yield Quad(iri, RDF.TYPE, term("NewsArticle"), EVIDENCE)
    yield Quad(
        iri, DCTERMS.TITLE, Literal(f"What article {number} is about", language="en"), EVIDENCE
    )
    yield Quad(iri, DCTERMS.DATE, Literal(day, datatype=XSD.DATE), EVIDENCE)
    for position in range(SENTENCES):
        sentence = NamedNode(f"{iri.value}/s{position:02d}")
        yield Quad(sentence, RDF.TYPE, term("Sentence"), EVIDENCE)
        yield Quad(sentence, OA.HAS_SOURCE, iri, EVIDENCE)
        yield Quad(
            sentence, SCHEMA.POSITION, Literal(str(position), datatype=XSD.INTEGER), EVIDENCE
        )
        yield Quad(sentence, term("attributedTo"), pick(names["Organisation"], dice), EVIDENCE)
        yield Quad(sentence, SCHEMA.SHA256, Literal(f"{dice.getrandbits(256):064x}"), EVIDENCE)
        for _ in range(FACTS):
            subject, predicate, object_ = dice.choice(FACT_KINDS)
            yield Quad(
                pick(names[subject], dice),
                term(predicate),
                pick(names[object_], dice),
                sentence,
            )


def pick(members: list[Name], dice: random.Random) -> Name:
    """Return a random member, an early one more often than a late one."""
    return members[int(len(members) * dice.random() ** 3)]


def term(name: str) -> NamedNode:
    """Return a class or a property of the vocabulary."""
    return NamedNode(CPEC + name)


def snapshots(folder: Path, size: int) -> Path:
    """Return a folder for `cpec serve --out`, of so many quads, or of the shipped graph at 0."""
    if not size:
        return cache_folder()
    builds = folder / "build"
    write_as_snapshot(builds, quads(size))
    return builds


def write_snapshot(
    builds: Path,
    quads: Iterable[Quad],
    manifest: Mapping[str, str | int] = MappingProxyType({}),
    origin: Origin | None = None,
) -> Snapshot:
    """Write the quads as the current snapshot, and return it."""
    with open_draft(builds) as fresh:
        return publish(fresh, builds, sort_lines(canonicalise(quads)), manifest, origin)


def write_as_snapshot(builds: Path, quads: Iterable[Quad]) -> Snapshot:
    """Write quads as the snapshot that `cpec serve --out` takes for the one of the master copy."""
    counts = ("articles", "sentences", "statements", "inferred", "links")
    return write_snapshot(builds, quads, dict.fromkeys(counts, 0), read_origin(Inputs()))
