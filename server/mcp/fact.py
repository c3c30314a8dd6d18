"""Facts: the rows of a cited answer, and an explained triple, each with its evidence, as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from graph.citing.modality import rank_modality
from graph.wording.mark import OWN, VOCABULARY, is_own_graph, name_modalities
from graph.wording.statement import NONE, UNKNOWN, WORDS
from ontology.namespace import shorten
from queries.question import LABEL

Json: TypeAlias = dict[str, Any]
Term: TypeAlias = Mapping[str, Any]
"""A term in the form of results JSON (SPARQL 1.1 Query Results JSON Format, section 3.2.2)."""

Rows: TypeAlias = list[dict[str, Term]]

MAX_FACTS: Final = 50
"""The facts of one answer; past as many rows, the endpoint gives one proof a row."""

TRIPLES: Final = (("subject", "property", "object"), ("subject", "predicate", "object"))
"""The columns of a row that is a triple."""

ORIGINS: Final = """
SELECT ?article ?publisherLabel ?origin WHERE {
  VALUES ?article { %s }
  GRAPH graph:evidence { ?article dcterms:publisher ?publisher }
  OPTIONAL { ?publisher rdfs:label ?publisherLabel FILTER (LANG(?publisherLabel) = "en") }
  OPTIONAL {
    ?article cpec:derivedFrom+ ?origin FILTER NOT EXISTS { ?origin cpec:derivedFrom ?earlier }
  }
}
"""
"""The publisher of each article, and the text or agency whose words it passes on."""

LABELS: Final = """
SELECT ?term ?label WHERE {
  VALUES ?term { %s }
  ?term rdfs:label|dcterms:title ?label FILTER (LANG(?label) IN ("en", ""))
}
"""
"""The English label of each term."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The labels of terms by IRI, and the publisher and origin of each article by IRI."""

    labels: Mapping[str, str]
    origins: Mapping[str, Json]

    @classmethod
    def read(cls, labels: Rows, origins: Rows) -> Wording:
        """Return the wording that the rows of LABELS and ORIGINS give."""
        return cls(
            {row["term"]["value"]: row["label"]["value"] for row in labels},
            {row["article"]["value"]: write_origin(row) for row in origins},
        )


def list_rows(answer: Json) -> Rows:
    """Return the rows of an answer; an ASK has one, with the column `answer`."""
    if "boolean" in answer:
        return [{"answer": {"type": "literal", "value": str(answer["boolean"]).lower()}}]
    rows: Rows = answer["results"]["bindings"]
    return rows


def write_facts(answer: Json, wording: Wording) -> list[Json]:
    """Return the facts of the first rows of a cited answer."""
    pairs = zip(list_rows(answer)[:MAX_FACTS], answer["citations"], strict=False)
    return [
        write_fact(write_row(row, wording.labels), row, citation, answer["sources"], wording)
        for row, citation in pairs
    ]


def write_explained(why: Json, wording: Wording) -> Json:
    """Return an explained triple as a fact, with the proofs that the explanation shows."""
    citation = {
        "status": "cited",
        "graphs": list(why["sources"]),
        "proofs": [proof["graphs"] for proof in why["proofs"]],
        "modalities": [proof["modality"] for proof in why["proofs"]],
        **({"more": True} if why["more"] else {}),
    }
    return write_fact(why["words"], why["triple"], citation, why["sources"], wording)


def write_fact(
    statement: str,
    row: Mapping[str, Term],
    citation: Json,
    sources: Mapping[str, Term],
    wording: Wording,
) -> Json:
    """Return a fact: statement, values, modality, status, proofs by source, evidence.

    A row that counts has a basis in the place of proofs: all its sources together.
    """
    proofs = list_proofs(citation)
    fact: Json = {
        "statement": statement,
        "values": write_values(row),
        "modality": name_modality(citation),
        "status": citation["status"],
        "proofs": [
            {"modality": name, "sources": [shorten(graph) for graph in proof] or [VOCABULARY]}
            for proof, name in proofs
        ],
        "evidence": [
            write_evidence(graph, select_words(graph, citation, sources), wording)
            for graph in citation["graphs"]
        ],
    }
    kept = ("reason", "absent", "sufficient", "more")
    return fact | {name: citation[name] for name in kept if name in citation}


def list_proofs(citation: Json) -> list[tuple[Sequence[str], str]]:
    """Return the graphs of each proof, or of the basis, with the name of its modality."""
    if "basis" in citation:
        return [(citation["basis"], name_modality(citation))]
    names = [modality["name"] for modality in citation.get("modalities", ())]
    return list(zip(citation.get("proofs", ()), names, strict=False))


def name_modality(citation: Json) -> str:
    """Return the name of the strongest modality of a row; of a basis, all with their members."""
    if "basis" in citation:
        return name_modalities(citation) or WORDS[NONE]
    modalities = citation.get("modalities", ())
    strongest = find_strongest(modalities)
    names = (own["name"] for own in modalities if own.get("iri", NONE) == strongest)
    return next(names, WORDS[UNKNOWN])


def select_words(graph: str, citation: Term, sources: Mapping[str, Term]) -> Term:
    """Return a source with the words of the row's own statements, where these are known."""
    source, words = sources.get(graph, {}), citation.get("words", {}).get(graph)
    return {**source, "anchor" if "anchor" in source else "quote": words} if words else source


def find_strongest(modalities: Iterable[Term]) -> str:
    """Return the IRI of the strongest modality, or NONE or UNKNOWN."""
    iris = [modality.get("iri", NONE) for modality in modalities]
    return min(iris, key=rank_modality, default=UNKNOWN)


def write_evidence(graph: str, source: Term, wording: Wording) -> Json:
    """Return a source: sentence, quote or anchor, date, article, publisher, speaker, origin.

    The origin is the article, or the text or agency whose words it passes on.
    """
    if is_own_graph(source, graph):
        return {"source": shorten(graph), "kind": OWN}
    article = source.get("article", "")
    evidence: Json = {
        "source": shorten(graph),
        "kind": "sentence" if article else "background source",
        **{name: source[name] for name in ("quote", "anchor", "title", "href") if name in source},
        "date": source.get("published", WORDS[UNKNOWN]),
        "attributedTo": shorten(source["attributedTo"])
        if "attributedTo" in source
        else WORDS[UNKNOWN],
        "origin": shorten(article or graph),
    }
    return evidence | wording.origins.get(article, {})


def write_origin(row: Mapping[str, Term]) -> Json:
    """Return the publisher and the origin of an article, as far as they are known."""
    publisher, origin = row.get("publisherLabel"), row.get("origin")
    return {
        **({"publisher": publisher["value"]} if publisher else {}),
        **({"origin": shorten(origin["value"])} if origin else {}),
    }


def list_articles(sources: Iterable[Term]) -> list[str]:
    """Return the IRIs of the articles of some sources."""
    return list(dict.fromkeys(source["article"] for source in sources if "article" in source))


def list_terms(answer: Json) -> list[str]:
    """Return the IRIs in the first rows of an answer."""
    terms = (term for row in list_rows(answer)[:MAX_FACTS] for term in row.values())
    return list(dict.fromkeys(term["value"] for term in terms if term["type"] == "uri"))


def write_row(row: Mapping[str, Term], labels: Mapping[str, str]) -> str:
    """Return a row in words: `area: technology`; a triple as subject, property and object."""
    words = {
        name: labels.get(str(term["value"]), write_term(term))
        for name, term in row.items()
        if not (name.endswith(LABEL) and name.removesuffix(LABEL) in row)
    }
    if tuple(words) in TRIPLES:
        return " ".join(words.values())
    return "; ".join(f"{name}: {text}" for name, text in words.items())


def write_values(row: Mapping[str, Term]) -> dict[str, str]:
    """Return the terms of a row as text, by column."""
    return {name: write_term(term) for name, term in row.items()}


def write_term(term: Term) -> str:
    """Return a term as text: an IRI as a prefixed name, a literal as its lexical form."""
    value = term["value"]
    if term["type"] == "triple":
        return f"<<( {' '.join(write_term(value[end]) for end in TRIPLES[1])} )>>"
    return shorten(value) if term["type"] == "uri" else str(value)
