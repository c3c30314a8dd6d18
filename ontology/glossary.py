"""The vocabulary in words: each term with its labels, its comment and what follows from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from ontology.namespace import shorten
from ontology.release import ONTOLOGY, packaged_quads
from ontology.terms import CPEC, DCTERMS, OWL, RDF, RDFS, SCHEMA, XSD
from ontology.vocabulary import MODALITIES

Node = NamedNode | BlankNode | Literal | Triple

LANGUAGES: Final = ("en", "ur", "zh")
"""The languages of the labels, in the order in which they are shown."""

TRUE: Final = Literal("true", datatype=XSD.BOOLEAN)
KINDS: Final = ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a sentence about a term; `iri` is what it names, "" where it names nothing."""

    text: str
    iri: str = ""

    @property
    def anchor(self) -> str:
        """Where on the page of the vocabulary it is told of, "" where it is not ours."""
        return self.iri.removeprefix(CPEC) if self.iri.startswith(CPEC) else ""


Fact = tuple[Word, ...]
"""What is told of a term: words, some of which are names."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A term: its name, its labels by language, its comment, and what is told of it.

    `depth` is how many classes of ours stand above it, on the way from the widest.
    """

    iri: str
    labels: tuple[tuple[str, str], ...]
    comment: str
    facts: tuple[Fact, ...] = ()
    depth: int = 0

    @property
    def name(self) -> str:
        """The local name."""
        return self.iri.removeprefix(CPEC)


@dataclass(frozen=True, slots=True)
class Glossary:
    """The terms of our namespace, and what the ontology says of itself.

    `issued` is the day of its version, "" where it gives none. `drafts` are the statuses that the
    labels of every term have. The `retired` terms are in no other list.
    """

    title: str
    description: str
    version: str
    issued: str
    drafts: Fact
    modalities: tuple[Entry, ...]
    statuses: tuple[Entry, ...]
    classes: tuple[Entry, ...]
    properties: tuple[Entry, ...]
    retired: tuple[Entry, ...]

    @classmethod
    def from_quads(cls, quads: Iterable[Quad]) -> Glossary:
        """Return the glossary of an ontology."""
        index = Index(quads)
        return cls(
            index.text(ONTOLOGY, DCTERMS + "title"),
            index.text(ONTOLOGY, DCTERMS + "description"),
            index.text(ONTOLOGY, OWL.VERSION_INFO.value),
            index.text(ONTOLOGY, DCTERMS.ISSUED.value),
            join_terms(index.iris(ONTOLOGY, CPEC.LABEL_STATUS.value), ", "),
            tuple(
                build_entry(index, CPEC + name)
                for name in MODALITIES
                if index.types.get(CPEC + name)
            ),
            tuple(build_entry(index, term) for term in index.instances(CPEC + "LabelStatus")),
            tuple(list_classes(index)),
            tuple(
                build_entry(index, term, tuple(describe_property(index, term)))
                for term in index.instances(*(OWL + kind for kind in KINDS))
            ),
            tuple(
                build_entry(index, term, (replacement(index, term),))
                for term in sorted(index.retired)
            ),
        )

    @classmethod
    def read_packaged(cls) -> Glossary:
        """Return the glossary of the packaged ontology."""
        return cls.from_quads(packaged_quads())


class Index:
    """The triples of an ontology, looked up by subject and by object."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.values: dict[tuple[str, str], list[Node]] = defaultdict(list)
        self.holders: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.types: dict[str, set[str]] = defaultdict(set)
        self.retired: set[str] = set()
        for quad in quads:
            subject, predicate, value = node_key(quad.subject), quad.predicate.value, quad.object
            self.values[subject, predicate].append(value)
            self.holders[predicate, node_key(value)].append(subject)
            if predicate == RDF.TYPE.value:
                self.types[subject].add(node_key(value))
            if quad.predicate == OWL.DEPRECATED and is_ours(subject) and value == TRUE:
                self.retired.add(subject)

    def text(self, subject: str, predicate: str) -> str:
        """Return the first text of a predicate."""
        found = self.values.get((subject, predicate), [])
        return min((one.value for one in found if isinstance(one, Literal)), default="")

    def iris(self, subject: str, predicate: str) -> list[str]:
        """Return the IRIs of a predicate, sorted."""
        found = self.values.get((subject, predicate), [])
        return sorted({one.value for one in found if isinstance(one, NamedNode)})

    def subjects(self, predicate: str, value: str) -> list[str]:
        """Return what has an IRI as the value of a predicate, sorted; no blank nodes."""
        found = self.holders.get((predicate, value), [])
        return sorted({one for one in found if not one.startswith("_:")})

    def instances(self, *kinds: str) -> list[str]:
        """Return the terms of our namespace with one of the types, sorted, without retired ones."""
        terms = {term for kind in kinds for term in self.subjects(RDF.TYPE.value, kind)}
        return sorted(term for term in terms - self.retired if is_ours(term))

    def chains(self, term: str) -> list[list[str]]:
        """Return the chains of properties that a property follows from."""
        heads = self.values.get((term, OWL.PROPERTY_CHAIN_AXIOM.value), [])
        return sorted(list(self.members(node_key(head))) for head in heads)

    def members(self, head: str) -> Iterator[str]:
        """Yield the IRIs of a list, as far as it goes."""
        seen: set[str] = set()
        while head != RDF.NIL.value and head not in seen:
            seen.add(head)
            yield from self.iris(head, RDF.FIRST.value)
            head = next(map(node_key, self.values.get((head, RDF.REST.value), [])), RDF.NIL.value)


def node_key(node: Node) -> str:
    """Return a node as it is looked up: an IRI as it is, others as they are written."""
    return node.value if isinstance(node, NamedNode) else str(node)


def build_entry(index: Index, term: str, facts: tuple[Fact, ...] = (), depth: int = 0) -> Entry:
    """Return the entry of a term."""
    found = index.values.get((term, RDFS.LABEL.value), [])
    labels = {one.language or "": one.value for one in found if isinstance(one, Literal)}
    order = [*LANGUAGES, *sorted(set(labels) - set(LANGUAGES))]
    shown = tuple((language, labels[language]) for language in order if language in labels)
    return Entry(term, shown, index.text(term, RDFS.COMMENT.value), facts, depth)


def list_classes(index: Index) -> Iterator[Entry]:
    """Yield the classes, each before its narrower ones, each once."""
    ours = index.instances(OWL.CLASS.value)
    roots = [one for one in ours if not any(map(is_ours, index.iris(one, RDFS.SUB_CLASS_OF.value)))]
    waiting = [(one, 0) for one in (*reversed(ours), *reversed(roots))]
    seen: set[str] = set()
    while waiting:
        term, depth = waiting.pop()
        if term in seen:
            continue
        seen.add(term)
        wider = sorted(index.iris(term, RDFS.SUB_CLASS_OF.value), key=is_ours, reverse=True)
        yield build_entry(index, term, (write_fact("Below ", wider),) if wider else (), depth)
        narrower = filter(is_ours, index.subjects(RDFS.SUB_CLASS_OF.value, term))
        waiting += [(one, depth + 1) for one in sorted(narrower, reverse=True)]


def describe_property(index: Index, term: str) -> Iterator[Fact]:
    """Yield what is told of a property: its modality, what it joins, and what is inferred."""
    if modality := index.iris(term, CPEC.MODALITY.value):
        yield write_fact("modality: ", modality[:1])
    domain = index.iris(term, RDFS.DOMAIN.value) or index.iris(term, SCHEMA + "domainIncludes")
    target = index.iris(term, RDFS.RANGE.value) or index.iris(term, SCHEMA + "rangeIncludes")
    if domain or target:
        yield (*join_or_anything(domain), Word(" → "), *join_or_anything(target))
    for kind in ("Symmetric", "Transitive"):
        if f"{OWL}{kind}Property" in index.types[term]:
            yield (Word(kind.lower()),)
    if implied := index.iris(term, RDFS.SUB_PROPERTY_OF.value):
        yield write_fact("implies ", implied)
    if inverse := index.iris(term, OWL.INVERSE_OF.value):
        yield write_fact("inverse of ", inverse)
    for other in index.subjects(OWL.INVERSE_OF.value, term):
        yield write_fact("inverse of ", [other])
    for chain in index.chains(term):
        yield write_fact("follows from ", chain, " then ")


def replacement(index: Index, term: str) -> Fact:
    """Return what stands in the place of a retired term."""
    newer = index.iris(term, DCTERMS.IS_REPLACED_BY.value)
    return (
        write_fact("retired: write ", newer) if newer else (Word("retired, without a successor"),)
    )


def write_fact(start: str, terms: Iterable[str], joint: str = ", ") -> Fact:
    """Return words, and the names of terms after them."""
    return (Word(start), *join_terms(terms, joint))


def join_or_anything(terms: Iterable[str]) -> Fact:
    """Return the names of terms, or that anything will do."""
    return join_terms(terms, ", ") or (Word("anything"),)


def join_terms(terms: Iterable[str], joint: str) -> Fact:
    """Return the names of terms with words between them."""
    names = [piece for term in terms for piece in (Word(joint), Word(display_name(term), term))]
    return tuple(names[1:])


def is_ours(term: str) -> bool:
    """Return whether a term is of our namespace."""
    return term.startswith(CPEC)


def display_name(term: str) -> str:
    """Return our own terms by local name, others with their prefix."""
    return shorten(term).removeprefix("cpec:").removeprefix("owl:")
