"""A cited answer as RDF: its rows, the proofs of each row, and the sources of the proofs.

The rows of a SELECT and the truth of an ASK are written in the vocabulary in which the W3C writes
the answers of its tests (http://www.w3.org/2001/sw/DataAccess/tests/result-set), a constructed
graph as it is, and each of its triples as an rdf:Statement too. A proof is a specialisation of the
row (prov:specializationOf) that was derived from its named graphs (prov:wasDerivedFrom,
https://www.w3.org/TR/prov-o/). The description of these sources in graph:evidence, with their Web
Annotation selectors, follows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, count
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Store, Triple

from graph.answering.evaluation import deduplicate, write_graph
from graph.answering.format import GraphFormat
from graph.citing.answer import Citation, CitedAnswer
from graph.citing.solution import TermRow
from graph.explaining.prov import (
    Triples,
    describe_modality,
    describe_sources,
    describe_statement,
    prov,
)
from graph.wording.statement import UNKNOWN, WORDS, Modality
from ontology.namespace import ONTOLOGY_GRAPH
from ontology.terms import DCTERMS, RDF, RDFS, SCHEMA

RS: Final = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"


def write_rdf(answer: CitedAnswer, store: Store, form: GraphFormat, cap: int) -> bytes:
    """Return an answer in a format of graphs; the store has `graph:evidence`.

    Raises UnwritableError and AnswerTooLargeError.
    """
    described = deduplicate(AnswerGraph(answer).describe_answer(), cap)
    triples = chain(group_by_subject(described), describe_sources(answer.sources, store))
    return write_graph(triples, form, cap, {"rs": RS})


def group_by_subject(triples: Iterable[Triple]) -> Triples:
    """Yield the triples of each subject together, in the order of first mention."""
    groups: dict[object, list[Triple]] = defaultdict(list)
    for triple in triples:
        groups[triple.subject].append(triple)
    return chain.from_iterable(groups.values())


class AnswerGraph:
    """Writes an answer; its nodes are numbered, so that the same answer gives the same bytes."""

    def __init__(self, answer: CitedAnswer) -> None:
        self.answer = answer
        taken = {term.value for row in answer.rows for term in row if isinstance(term, BlankNode)}
        labels = map("n{}".format, count(1))
        self.nodes = (BlankNode(label) for label in labels if label not in taken)

    def make_node(self) -> BlankNode:
        """Return a new blank node, with a label that the answer does not use."""
        return next(self.nodes)

    def describe_answer(self) -> Triples:
        """Yield the constructed triples, the truth of an ASK, or the rows of a SELECT."""
        answer = self.answer
        if answer.constructed:
            for row, citation in zip(answer.rows, answer.citations, strict=True):
                yield from self.describe_triple(Triple(*row), citation)  # type: ignore[arg-type]
            return
        results = self.make_node()
        yield Triple(results, RDF.TYPE, rs("ResultSet"))
        if answer.boolean is not None:
            yield Triple(results, rs("boolean"), Literal(answer.boolean))
            yield from self.describe_citation(results, answer.citations[0])
            return
        for name in answer.variables:
            yield Triple(results, rs("resultVariable"), Literal(name))
        for number, row in enumerate(answer.rows):
            solution = self.make_node()
            yield Triple(results, rs("solution"), solution)
            yield Triple(solution, rs("index"), Literal(number + 1))
            yield from self.describe_bindings(solution, row)
            yield from self.describe_citation(solution, answer.citations[number])

    def describe_triple(self, triple: Triple, citation: Citation) -> Triples:
        """Yield a constructed triple, then its statement with the citation."""
        node = self.make_node()
        yield triple
        yield from describe_statement(node, triple)
        yield from self.describe_citation(node, citation)

    def describe_bindings(self, solution: BlankNode, row: TermRow) -> Triples:
        """Yield the bindings of a row; an unbound variable has none."""
        for name, term in zip(self.answer.variables, row, strict=True):
            if term is not None:
                binding = self.make_node()
                yield Triple(solution, rs("binding"), binding)
                yield Triple(binding, rs("variable"), Literal(name))
                yield Triple(binding, rs("value"), term)

    def describe_citation(self, node: BlankNode, citation: Citation) -> Triples:
        """Yield the proofs of a row, or the graphs of a row that is not cited."""
        yield Triple(node, RDF.TYPE, prov("Entity"))
        if not citation.proofs and citation.basis is None:
            for graph in citation.graphs:
                yield Triple(node, prov("wasDerivedFrom"), NamedNode(graph))
        for text in list_remarks(citation):
            yield Triple(node, RDFS.COMMENT, Literal(text, language="en"))
        proofs = citation.proofs if citation.basis is None else (citation.basis,)
        for place, proof in enumerate(proofs):
            proved = self.make_node()
            yield Triple(proved, RDF.TYPE, prov("Entity"))
            yield Triple(proved, prov("specializationOf"), node)
            if citation.basis is None:
                yield from describe_modality(proved, citation.modalities[place].iri)
            else:
                yield from self.describe_members(proved, citation.modalities)
            for graph in proof or (ONTOLOGY_GRAPH,):
                yield Triple(proved, prov("wasDerivedFrom"), NamedNode(graph))

    def describe_members(self, basis: BlankNode, modalities: Iterable[Modality]) -> Triples:
        """Yield how many members of a basis have each modality."""
        for modality in modalities:
            part = self.make_node()
            yield Triple(basis, NamedNode(DCTERMS + "hasPart"), part)
            yield Triple(part, RDF.TYPE, NamedNode(SCHEMA + "ItemList"))
            yield Triple(part, NamedNode(SCHEMA + "numberOfItems"), Literal(modality.members))
            yield Triple(part, RDFS.LABEL, Literal(modality.name, language="en"))
            yield from describe_modality(part, modality.iri)


def list_remarks(citation: Citation) -> Iterator[str]:
    """Yield the remarks on a citation: its reason, unknown modalities, other proofs, absences."""
    if citation.reason is not None:
        yield f"{citation.status}: {citation.reason}"
    for number, modality in enumerate(citation.modalities, 1):
        if modality.name == WORDS[UNKNOWN]:
            yield f"the modality of proof {number} is not known"
    if citation.more:
        yield "there are other proofs"
    if citation.sufficient:
        yield "the proof suffices; it was not shown to need each of its graphs"
    for absence in citation.absent:
        yield f"absent: {absence}"
    if citation.members is not None:
        yield f"it counts the solutions of {citation.members}"


def rs(term: str) -> NamedNode:
    """Return a term of the vocabulary of result sets."""
    return NamedNode(RS + term)
