"""Each row of a question has a modality that it names; rows that it leaves out are counted."""

import json
import re
from collections.abc import Iterator

import pytest
from pyoxigraph import NamedNode, Quad, Store, Triple

from graph.answering.binding import bind_question, load_questions
from graph.answering.name import find_names
from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.dataset import graph_of, memory_store
from graph.explaining.left_out import Counts, count_rows
from graph.reasoning.kernel import Kernel
from ontology.namespace import EDITORIAL_GRAPH, EVIDENCE_GRAPH, ID, INFERRED_GRAPH
from ontology.terms import CPEC, OA, RDF
from ontology.vocabulary import MODALITIES as RANKED
from queries.question import MODALITIES, Question
from tests.queries.golden_answer import answer

SENTENCE = NamedNode(f"{ID}article-9/s01")
AIMS: dict[str, dict[str, tuple[str, ...]]] = {
    "Pakistan": {"intendsCooperationIn": ("Infrastructure", "Quantum_Computing")},
    "China": {"intendsCooperationIn": ("Infrastructure", "Quantum_Computing")},
    "AI_Framework": {"hasPlannedParty": ("Afghanistan",), "aimsAt": ("Robotics",)},
    "Ongoing_Engagements": {"aimsAt": ("Infrastructure",), "plannedUnder": ("CPEC",)},
    "JCC_Meeting_14": {"aimsAt": ("Innovation",)},
}
RAW_NAME = re.compile(r"\b[a-z]+:[A-Za-z]|https?://|\w_\w|the text of “?\d")
FACTS = {"Background", "Reported", "Ongoing"}


def aims() -> Iterator[Triple]:
    """Yield the aims of a sentence, of the things that the article reports on."""
    for subject, by_property in AIMS.items():
        for name, values in by_property.items():
            for value in values:
                predicate = NamedNode(CPEC + name)
                yield Triple(NamedNode(ID + subject), predicate, NamedNode(ID + value))


def unasserted() -> Iterator[Triple]:
    """Yield the records of a party that is proposed, and of a deployment that is planned."""
    for subject, predicate, value, modality in (
        ("CPEC_Phase_II", "hasParty", "India", "Proposed"),
        ("Ongoing_Engagements", "deploys", "Wind_Farms", "Aim"),
    ):
        record = NamedNode(f"{SENTENCE.value}#{modality}")
        yield Triple(record, RDF.TYPE, NamedNode(CPEC + "UnassertedStatement"))
        for name, iri in (
            ("saidSubject", ID + subject),
            ("saidPredicate", CPEC + predicate),
            ("saidObject", ID + value),
            ("modality", CPEC + modality),
        ):
            yield Triple(record, NamedNode(CPEC + name), NamedNode(iri))
        yield Triple(record, OA.HAS_SOURCE, SENTENCE)


@pytest.fixture(scope="module")
def aiming(first_article: Store) -> Store:
    """The first article and a sentence that aims at things in which the article reports deeds."""
    stated = [quad for quad in first_article if graph_of(quad) not in {"", INFERRED_GRAPH}]
    evidence = NamedNode(EVIDENCE_GRAPH)
    stated += [Quad(SENTENCE, RDF.TYPE, CPEC.SENTENCE, NamedNode(EDITORIAL_GRAPH))]
    stated += [Quad(aim.subject, aim.predicate, aim.object, SENTENCE) for aim in aims()]
    stated += [Quad(own.subject, own.predicate, own.object, evidence) for own in unasserted()]
    return memory_store(Kernel(stated).quads())


@pytest.fixture(scope="module")
def indexes(
    store: Store, first_article: Store, aiming: Store
) -> tuple[EvidenceIndex, EvidenceIndex, EvidenceIndex]:
    return EvidenceIndex(store), EvidenceIndex(first_article), EvidenceIndex(aiming)


@pytest.mark.law
@pytest.mark.parametrize("question", load_questions().values(), ids=lambda question: question.name)
def test_each_row_has_a_modality_that_its_question_means_and_absences_in_words(
    indexes: tuple[EvidenceIndex, EvidenceIndex, EvidenceIndex], question: Question
) -> None:
    for index in (indexes[0], indexes[2]):
        terms = bind_question(question, {}, find_names(index.store))
        for citation in cite(index.store, index, question.text, terms).citations:
            assert citation.status == "cited"
            for modality in citation.modalities:
                assert modality.name != "not known"
                assert not modality.iri or modality.iri.removeprefix(CPEC) in question.modalities
            raw = [absence for absence in citation.absent if RAW_NAME.search(absence)]
            if question.absent:  # the words for those that are too general for a sentence
                raw = [text for text in raw if not text.startswith("this part of the query")]
            assert not raw or index is indexes[2]  # whose things have no labels


FACTUAL = [
    name
    for name, asks in load_questions().items()
    if asks.modalities and set(asks.modalities) <= FACTS
]


@pytest.mark.parametrize("name", FACTUAL)
def test_a_question_of_facts_counts_no_aim(first_article: Store, aiming: Store, name: str) -> None:
    facts, with_aims = (answer(graph, name).splitlines() for graph in (first_article, aiming))
    assert sorted(set(with_aims) - set(facts)) == []
    assert with_aims == facts


def left_out(index: EvidenceIndex, name: str) -> Counts:
    citations = cite(index.store, index, load_questions()[name].left_out_text).citations
    return count_rows(json.loads(citation.json()) for citation in citations)


def test_what_is_aimed_at_or_proposed_is_counted_beside_the_facts(
    indexes: tuple[EvidenceIndex, EvidenceIndex, EvidenceIndex],
) -> None:
    def counts(index: EvidenceIndex, name: str) -> dict[str, int]:
        return {count["name"]: count["members"] for count in left_out(index, name)}

    _, first, aiming = indexes
    assert {name for name, asks in load_questions().items() if asks.left_out} == {
        "cooperation-areas",
        "deployments",
        "participants",
        "parties",
    }
    assert counts(first, "cooperation-areas") == {}
    assert counts(aiming, "cooperation-areas") == {"aimed at": 1}
    assert counts(first, "deployments") == {}
    assert counts(aiming, "deployments") == {"aimed at": 1}
    assert counts(first, "parties") == {}
    assert counts(aiming, "parties") == {"aimed at": 1, "proposed": 1}


def test_the_modalities_of_questions_are_those_of_the_ontology(store: Store) -> None:
    declared = store.quads_for_pattern(None, RDF.TYPE, NamedNode(CPEC + "Modality"), None)
    names = {str(quad.subject).strip("<>").removeprefix(CPEC) for quad in declared}
    assert set(MODALITIES) == names
    assert MODALITIES[: len(RANKED)] == RANKED
