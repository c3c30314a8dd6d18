"""The glossary of the ontology: the labels, the comment and the axioms of each term."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from ontology.namespace import shorten
from ontology.release import ONTOLOGY, packaged_quads
from ontology.terms import CPEC, DCTERMS, OWL, RDF, RDFS, SCHEMA, XSD, RdfTerm, term_text
from ontology.vocabulary import LANGUAGES, MODALITIES, STRENGTH

TRUE: Final = Literal("true", datatype=XSD.BOOLEAN)
KINDS: Final = ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a sentence about a term; a piece that names a term has its `iri`."""

    text: str
    iri: str = ""

    @property
    def anchor(self) -> str:
        """The fragment on the page of the vocabulary, "" unless the term is of our namespace."""
        return self.iri.removeprefix(CPEC) if self.iri.startswith(CPEC) else ""


Fact = tuple[Word, ...]
"""A sentence about a term, in pieces."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A term: its IRI, its labels with their languages, its comment, and facts about it.

    `depth` is the number of classes of our namespace between a class and the top.
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
    """The terms of our namespace, and the title, description and version of the ontology.

    `issued` is the day of the version, "" if unknown. `drafts` are the statuses of the labels of
    all terms. `modalities` are in the order of strength, `unasserted` are the modalities
    outside it. A term in `retired` is in no other list.
    """

    title: str
    description: str
    version: str
    issued: str
    drafts: Fact
    modalities: tuple[Entry, ...]
    unasserted: tuple[Entry, ...]
    statuses: tuple[Entry, ...]
    classes: tuple[Entry, ...]
    properties: tuple[Entry, ...]
    retired: tuple[Entry, ...]

    @classmethod
    def from_quads(cls, quads: Iterable[Quad]) -> Glossary:
        """Return the glossary of an ontology from its quads."""
        index = Index(quads)
        return cls(
            index.find_text(ONTOLOGY, DCTERMS.TITLE),
            index.find_text(ONTOLOGY, DCTERMS.DESCRIPTION),
            index.find_text(ONTOLOGY, OWL.VERSION_INFO),
            index.find_text(ONTOLOGY, DCTERMS.ISSUED),
            join_terms(index.find_iris(ONTOLOGY, CPEC.LABEL_STATUS), ", "),
            tuple(
                build_entry(index, CPEC + name)
                for name in MODALITIES
                if index.types.get(CPEC + name)
            ),
            tuple(
                build_entry(index, term)
                for term in index.list_instances(CPEC + "Modality")
                if term not in STRENGTH
            ),
            tuple(build_entry(index, term) for term in index.list_instances(CPEC + "LabelStatus")),
            tuple(list_classes(index)),
            tuple(
                build_entry(index, term, tuple(describe_property(index, term)))
                for term in index.list_instances(*(OWL + kind for kind in KINDS))
            ),
            tuple(
                build_entry(index, term, (describe_successor(index, term),))
                for term in sorted(index.retired)
            ),
        )

    @classmethod
    def read_packaged(cls) -> Glossary:
        """Return the glossary of the packaged ontology."""
        return cls.from_quads(packaged_quads())


class Index:
    """An index of the triples of an ontology by subject, by object and by type."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.values: dict[tuple[str, str], list[RdfTerm]] = defaultdict(list)
        self.holders: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.types: dict[str, set[str]] = defaultdict(set)
        self.retired: set[str] = set()
        for quad in quads:
            subject, predicate, value = term_text(quad.subject), quad.predicate.value, quad.object
            self.values[subject, predicate].append(value)
            self.holders[predicate, term_text(value)].append(subject)
            if predicate == RDF.TYPE.value:
                self.types[subject].add(term_text(value))
            if quad.predicate == OWL.DEPRECATED and is_ours(subject) and value == TRUE:
                self.retired.add(subject)

    def find_text(self, subject: str, predicate: NamedNode) -> str:
        """Return the first text of a predicate in code-point order, "" if it has none."""
        values = self.values.get((subject, predicate.value), [])
        return min((value.value for value in values if isinstance(value, Literal)), default="")

    def find_iris(self, subject: str, predicate: NamedNode) -> list[str]:
        """Return the IRIs of a predicate, sorted."""
        values = self.values.get((subject, predicate.value), [])
        return sorted({value.value for value in values if isinstance(value, NamedNode)})

    def find_subjects(self, predicate: NamedNode, value: str) -> list[str]:
        """Return the IRIs of the subjects of a predicate and a value, sorted."""
        holders = self.holders.get((predicate.value, value), [])
        return sorted({holder for holder in holders if not holder.startswith("_:")})

    def list_instances(self, *kinds: str) -> list[str]:
        """Return the terms of our namespace with one of the types, sorted, without the retired."""
        terms = {term for kind in kinds for term in self.find_subjects(RDF.TYPE, kind)}
        return sorted(term for term in terms - self.retired if is_ours(term))

    def list_chains(self, term: str) -> list[list[str]]:
        """Return the property chains from which a property follows."""
        heads = self.values.get((term, OWL.PROPERTY_CHAIN_AXIOM.value), [])
        return sorted(list(self.walk_list(term_text(head))) for head in heads)

    def walk_list(self, head: str) -> Iterator[str]:
        """Yield the IRIs of an RDF list; a circular list ends where it began."""
        seen: set[str] = set()
        while head != RDF.NIL.value and head not in seen:
            seen.add(head)
            yield from self.find_iris(head, RDF.FIRST)
            head = next(map(term_text, self.values.get((head, RDF.REST.value), [])), RDF.NIL.value)


def build_entry(index: Index, term: str, facts: tuple[Fact, ...] = (), depth: int = 0) -> Entry:
    """Return the entry of a term."""
    values = index.values.get((term, RDFS.LABEL.value), [])
    labels = {label.language or "": label.value for label in values if isinstance(label, Literal)}
    order = [*LANGUAGES, *sorted(set(labels) - set(LANGUAGES))]
    ordered = tuple((language, labels[language]) for language in order if language in labels)
    return Entry(term, ordered, index.find_text(term, RDFS.COMMENT), facts, depth)


def list_classes(index: Index) -> Iterator[Entry]:
    """Yield each class once, before its subclasses."""
    ours = index.list_instances(OWL.CLASS.value)
    roots = [
        term for term in ours if not any(map(is_ours, index.find_iris(term, RDFS.SUB_CLASS_OF)))
    ]
    waiting = [(term, 0) for term in (*reversed(ours), *reversed(roots))]
    seen: set[str] = set()
    while waiting:
        term, depth = waiting.pop()
        if term in seen:
            continue
        seen.add(term)
        wider = sorted(index.find_iris(term, RDFS.SUB_CLASS_OF), key=is_ours, reverse=True)
        yield build_entry(index, term, (write_fact("Below ", wider),) if wider else (), depth)
        narrower = filter(is_ours, index.find_subjects(RDFS.SUB_CLASS_OF, term))
        waiting += [(subclass, depth + 1) for subclass in sorted(narrower, reverse=True)]


def describe_property(index: Index, term: str) -> Iterator[Fact]:
    """Yield the facts about a property: modality, counterparts, domain and range, its axioms."""
    for words, terms in (
        ("modality: ", index.find_iris(term, CPEC.MODALITY)[:1]),
        ("as an aim, a task or a judgement: ", index.find_iris(term, CPEC.COUNTERPART)),
        ("as a fact: ", index.find_subjects(CPEC.COUNTERPART, term)),
    ):
        if terms:
            yield write_fact(words, terms)
    domain = index.find_iris(term, RDFS.DOMAIN) or index.find_iris(term, SCHEMA.DOMAIN_INCLUDES)
    target = index.find_iris(term, RDFS.RANGE) or index.find_iris(term, SCHEMA.RANGE_INCLUDES)
    if domain or target:
        yield (*join_or_anything(domain), Word(" → "), *join_or_anything(target))
    for kind in ("Symmetric", "Transitive"):
        if f"{OWL}{kind}Property" in index.types[term]:
            yield (Word(kind.lower()),)
    if implied := index.find_iris(term, RDFS.SUB_PROPERTY_OF):
        yield write_fact("implies ", implied)
    if inverse := index.find_iris(term, OWL.INVERSE_OF):
        yield write_fact("inverse of ", inverse)
    for other in index.find_subjects(OWL.INVERSE_OF, term):
        yield write_fact("inverse of ", [other])
    for chain in index.list_chains(term):
        yield write_fact("follows from ", chain, " then ")


def describe_successor(index: Index, term: str) -> Fact:
    """Return the fact that names the successor of a retired term, if it has one."""
    newer = index.find_iris(term, DCTERMS.IS_REPLACED_BY)
    return (
        write_fact("retired: write ", newer) if newer else (Word("retired, without a successor"),)
    )


def write_fact(start: str, terms: Iterable[str], joint: str = ", ") -> Fact:
    """Return a fact: words, then the names of terms."""
    return (Word(start), *join_terms(terms, joint))


def join_or_anything(terms: Iterable[str]) -> Fact:
    """Return the names of terms, or the word "anything" for none."""
    return join_terms(terms, ", ") or (Word("anything"),)


def join_terms(terms: Iterable[str], joint: str) -> Fact:
    """Return the names of terms with a joint between each two."""
    names = []
    for term in terms:
        name = shorten(term).removeprefix("cpec:").removeprefix("owl:")
        names += [Word(joint), Word(name, term)]
    return tuple(names[1:])


def is_ours(term: str) -> bool:
    """Return whether a term is of our namespace."""
    return term.startswith(CPEC)
