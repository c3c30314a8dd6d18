"""A master copy as large as one likes: articles in files, as owners keep them, and their entities.

An article has ten sentences of three facts each, with their records and quotes. The same number
gives the same files.
"""

import random
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

from bench.graph import FACT_KINDS, FACTS, PARTS, SEED, SENTENCES, pick
from ontology.namespace import EVIDENCE_GRAPH, ID, PREFIXES

QUADS: Final = 657
"""The quads that one article adds to a graph, nearly: stated, described and inferred."""

PARTS_PER_ARTICLE: Final = 4
"""As many articles have the entities of one here: each states four times as much as there."""

LENGTH: Final = 120
"""The characters of a sentence."""

HEAD: Final = "".join(
    f"PREFIX {name}: <{PREFIXES[name]}>\n"
    for name in ("cpec", "dcterms", "id", "oa", "rdfs", "schema", "xsd")
)


def write_articles(data: Path, number: int) -> None:
    """Write so many articles and their entities to a folder of data."""
    dice = random.Random(SEED)  # noqa: S311 -- the same articles each time
    names = {
        kind: [f"{kind}_{n}" for n in range(max(3, number * PARTS_PER_ARTICLE * of // each))]
        for kind, (of, each) in PARTS.items()
    }
    (data / "articles").mkdir(parents=True)
    (data / "entities.ttl").write_text("".join(entities(names)))
    for place in range(number):
        text = "".join(article(place, names, dice))
        (data / "articles" / f"article-{place}.trig").write_text(text)


def entities(names: dict[str, list[str]]) -> Iterator[str]:
    """Yield the entities in Turtle."""
    yield HEAD
    for kind, members in names.items():
        for number, name in enumerate(members):
            yield f'id:{name} a cpec:{kind} ; rdfs:label "{kind} {number}"@en .\n'


def article(place: int, names: dict[str, list[str]], dice: random.Random) -> Iterator[str]:
    """Yield the text of one article in TriG: each sentence its evidence, then its facts."""
    name = f"article-{place}"
    day = f"20{20 + place % 6:02d}-{1 + place % 12:02d}-{1 + place % 28:02d}"
    yield f"BASE <{ID}{name}/>\n{HEAD}PREFIX graph: <{EVIDENCE_GRAPH.removesuffix('evidence')}>\n"
    yield (
        f"GRAPH graph:evidence {{ id:{name} a cpec:NewsArticle ;\n"
        f'  dcterms:title "Article {place}"@en ; dcterms:date "{day}"^^xsd:date ;\n'
        f"  dcterms:publisher id:{pick(names['Organisation'], dice)} ;\n"
        f'  schema:sha256 "{hash_text(name)}" . }}\n'
    )
    for number in range(SENTENCES):
        sentence = f"s{number:02d}"
        start = number * LENGTH
        yield (
            f"GRAPH graph:evidence {{ <{sentence}> a cpec:Sentence ; oa:hasSource id:{name} ;\n"
            f"  schema:position {number} ; cpec:attributedTo id:{name} ;\n"
            f'  schema:sha256 "{hash_text(name + sentence)}" ;\n'
            f"  oa:hasSelector <{sentence}#position> .\n"
            f"  <{sentence}#position> a oa:TextPositionSelector ; oa:start {start} ;"
            f" oa:end {start + LENGTH} . }}\nGRAPH <{sentence}> {{\n"
        )
        above = broader(names["Area"], place) if number == 0 else []
        for record, fact in enumerate([*above, *facts(names, dice)], 1):
            yield f'  {fact} ~ <{sentence}#{record}> {{| oa:exact "words {record}" |}} .\n'
        yield "}\n"


def facts(names: dict[str, list[str]], dice: random.Random) -> list[str]:
    """Return the facts of one sentence, each once, none of a thing with itself."""
    lines: dict[str, None] = {}
    while len(lines) < FACTS:
        subject, predicate, value = dice.choice(FACT_KINDS)
        ends = pick(names[subject], dice), pick(names[value], dice)
        if ends[0] != ends[1]:
            lines[f"id:{ends[0]} cpec:{predicate} id:{ends[1]}"] = None
        if predicate == "jointPartyTo":  # a shape asks for two joint parties at least
            partner = next(name for name in names[subject] if name != ends[0])
            lines[f"id:{partner} cpec:{predicate} id:{ends[1]}"] = None
    return list(lines)


def broader(areas: list[str], place: int) -> list[str]:
    """Return the fact that puts an area in a tree of four below each, if there is such an area."""
    if not 0 < place < len(areas):
        return []
    return [f"id:{areas[place]} cpec:broader id:{areas[(place - 1) // 4]}"]


def hash_text(text: str) -> str:
    """Return the SHA-256 of a text."""
    return sha256(text.encode()).hexdigest()
