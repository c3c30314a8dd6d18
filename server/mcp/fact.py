"""Facts: the rows of a cited answer, and an explained triple, each with its evidence, as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from graph.answering.evaluation import read_query
from graph.citing.modality import rank_modality
from graph.excluding.exclusion import ORIGIN
from graph.wording.mark import OWN, VOCABULARY, is_own_graph, name_modalities
from graph.wording.statement import NONE, UNKNOWN, WORDS, write_modality
from ontology.namespace import shorten
from queries.question import LABEL

Json: TypeAlias = dict[str, Any]
Term: TypeAlias = Mapping[str, Any]
"""A term in the form of results JSON (SPARQL 1.1 Query Results JSON Format, section 3.2.2)."""

Rows: TypeAlias = list[dict[str, Term]]

MAX_FACTS: Final = 50
"""The facts of one answer; past as many rows, the endpoint gives one proof a row."""

MAX_BYTES: Final = 8000
"""The bytes of one answer, as JSON: a model reads all of it."""

MORE: Final = "{} {} or more follow: ask with offset={}"
"""How to ask for the rest of a list."""

MOST_SOURCES: Final = 6
"""The sources of a fact that have their evidence, and the graphs of a proof or a basis."""

MOST_ABSENCES: Final = 2
"""The absences of a fact that are told."""

SOURCE_TEXTS: Final = frozenset(
    {"quote", "quotes", "anchor", "anchors", "title", "unasserted", "citation"}
)
"""The members whose texts come from sources, in part or whole."""

SOURCE_TEXT: Final = "sourceText"
"""The mark of a text that comes from a source."""

ACCOUNT: Final = ("speakers", "ended")
"""The members of a modality beside its name: who says so, and what has ended."""

BARE: Final = re.compile(r"[-+.:0-9TZE]+|true|false")
"""A number, a date or a truth value, which can carry no instruction."""

TRIPLES: Final = (("subject", "property", "object"), ("subject", "predicate", "object"))
"""The columns of a row that is a triple."""

ORIGINS: Final = f"""
SELECT ?sentence ?publisherLabel ?text WHERE {{
  VALUES ?sentence {{ }}
  GRAPH graph:evidence {{ ?sentence oa:hasSource ?article . ?article dcterms:publisher ?publisher }}
  OPTIONAL {{ ?publisher rdfs:label ?publisherLabel FILTER (LANG(?publisherLabel) = "en") }}
  {ORIGIN}
}}
"""
"""The publisher of each sentence, and its origin: a text or an agency."""

LABELS: Final = read_query(__file__, "labels")
"""The English label of each term; a title is a text of a source, which no sentence of ours has."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The labels of terms by IRI, and the publisher and origin of each sentence by IRI."""

    labels: Mapping[str, str]
    origins: Mapping[str, Json]

    @classmethod
    def read(cls, labels: Rows, origins: Rows) -> Wording:
        """Return the wording that the rows of LABELS and ORIGINS give."""
        return cls(
            {row["term"]["value"]: row["label"]["value"] for row in labels},
            {row["sentence"]["value"]: write_origin(row) for row in origins},
        )


def list_rows(answer: Json) -> Rows:
    """Return the rows of an answer; an ASK has one, with the column `answer`."""
    if "boolean" in answer:
        return [{"answer": {"type": "literal", "value": str(answer["boolean"]).lower()}}]
    rows: Rows = answer["results"]["bindings"]
    return rows


def write_page(answer: Json, member: str, offset: int = 0) -> Json:
    """Return an answer with as many items of a list as MAX_BYTES hold, one at least.

    `offset` is that of the first item; `more` says how to ask for the next.
    """
    items, rest = answer[member], {**answer, member: []}
    size, kept = count_bytes(rest) + len(MORE) + 20, list[Json]()
    for item in items:
        size += count_bytes(item)
        if kept and size > MAX_BYTES:
            break
        kept.append(item)
    page = rest | {member: kept}
    if len(kept) < len(items):
        after = offset + len(kept)
        page["more"] = MORE.format(len(items) - len(kept), member, after)
    return page


def count_bytes(value: object) -> int:
    """Return the bytes of a value as the JSON that a model reads, with the texts marked."""
    return len(json.dumps(mark_texts(value), ensure_ascii=False).encode()) + len(", ")


def write_facts(answer: Json, wording: Wording) -> list[Json]:
    """Return the facts of the rows of a cited answer."""
    pairs = zip(list_rows(answer), answer["citations"], strict=True)
    return [
        write_fact(write_row(row, wording.labels), row, citation, answer["sources"], wording)
        for row, citation in pairs
    ]


def answer_explained(why: Json) -> Json:
    """Return an explained triple as a cited answer of one row, with the proofs that are shown."""
    citation = {
        "status": "cited",
        "graphs": list(why["sources"]),
        "proofs": [proof["graphs"] for proof in why["proofs"]],
        "modalities": [proof["modality"] for proof in why["proofs"]],
        **({"more": True} if why["more"] else {}),
        **({"undated": why["undated"]} if "undated" in why else {}),
    }
    return {
        "results": {"bindings": [why["triple"]]},
        "citations": [citation],
        "sources": why["sources"],
    }


def write_fact(
    statement: str,
    row: Mapping[str, Term],
    citation: Json,
    sources: Mapping[str, Term],
    wording: Wording,
) -> Json:
    """Return a fact: statement, values, modality, status, proofs by source, evidence.

    It says who says so (`accordingTo`), where the article itself does not, and what has `ended`.
    A row that counts has a basis in the place of proofs: all its sources together.
    """
    proofs = list_proofs(citation)
    fact: Json = {
        "statement": statement,
        "values": {name: write_term(term) for name, term in row.items()},
        "modality": name_modality(citation),
        **write_account(choose_strongest(citation)),
        "status": citation["status"],
        "proofs": [
            {
                "modality": name,
                **write_account(modality),
                "sources": list(map(shorten, proof[:MOST_SOURCES])) or [VOCABULARY],
            }
            for proof, name, modality in proofs
        ],
        "evidence": [
            write_evidence(graph, select_words(graph, citation, sources), wording)
            for graph in citation["graphs"][:MOST_SOURCES]
        ],
    }
    if more := len(citation["graphs"]) - MOST_SOURCES:
        fact |= {"moreSources": more} if more > 0 else {}
    if absent := citation.get("absent"):
        fact["absent"] = absent[:MOST_ABSENCES]
        fact |= {"moreAbsent": len(absent) - MOST_ABSENCES} if absent[MOST_ABSENCES:] else {}
    kept = ("reason", "sufficient", "more", "undated")
    return fact | {name: citation[name] for name in kept if name in citation}


def list_proofs(citation: Json) -> list[tuple[Sequence[str], str, Term]]:
    """Return the graphs of each proof, or of the basis, with its modality's name and JSON."""
    if "basis" in citation:
        return [(citation["basis"], name_modality(citation), {})]
    pairs = zip(citation.get("proofs", ()), citation.get("modalities", ()), strict=False)
    return [(proof, modality["name"], modality) for proof, modality in pairs]


def write_account(modality: Term) -> Json:
    """Return who says so, and what has ended, as far as a modality has it."""
    fields = {
        "accordingTo": [speaker["name"] for speaker in modality.get("speakers", ())],
        "ended": [ending["words"] for ending in modality.get("ended", ())],
    }
    return {name: words for name, words in fields.items() if words}


def name_modality(citation: Json) -> str:
    """Return the name of the strongest modality of a row; of a basis, all with their members."""
    if "basis" in citation:
        return name_modalities(citation) or WORDS[NONE]
    name: str = choose_strongest(citation).get("name", WORDS[UNKNOWN])
    return name


def choose_strongest(citation: Json) -> Term:
    """Return the strongest modality of the proofs of a row, {} for a basis, which has members.

    Of several that are as strong it is the one with the fewest speakers and ends.
    """

    def rank(modality: Term) -> tuple[int, ...]:
        return rank_modality(read_iri(modality)), *(len(modality.get(m, ())) for m in ACCOUNT)

    modalities = () if "basis" in citation else citation.get("modalities", ())
    return min(modalities, key=rank, default={})


def read_iri(modality: Term) -> str:
    """Return the IRI of a modality, or NONE or UNKNOWN."""
    return str(modality.get("iri", UNKNOWN if modality["name"] == WORDS[UNKNOWN] else NONE))


def find_strength(citation: Json) -> str:
    """Return the IRI of the modality of the strongest proof, or NONE or UNKNOWN.

    A row that counts is as weak as its weakest member.
    """
    iris = map(read_iri, citation.get("modalities", ()))
    return (max if "basis" in citation else min)(iris, key=rank_modality, default=UNKNOWN)


def write_judged(statement: str, citation: Json, remarks: Iterable[str] = ()) -> str:
    """Return what was judged in our words: the statement, its modality, who says so, and remarks.

    >>> aim = {"iri": "x:Aim", "name": "aimed at", "speakers": [{"name": "C"}, {"name": "D"}]}
    >>> write_judged("A deploys B", {"modalities": [aim]}, ["B: postponed (2025)"])
    'A deploys B (aimed at according to C and D; B: postponed (2025))'
    """
    strongest = choose_strongest(citation)
    words = write_modality(strongest) if strongest else name_modality(citation)
    return f"{statement} ({'; '.join([words, *remarks])})"


def select_words(graph: str, citation: Term, sources: Mapping[str, Term]) -> Json:
    """Return a source with the words of the row's own statements, if known."""
    source, words = sources.get(graph, {}), citation.get("words", {}).get(graph)
    kind = "anchor" if "anchor" in source else "quote"
    return {**source, **({kind: words} if words else {})}


def write_evidence(graph: str, source: Term, wording: Wording) -> Json:
    """Return a source: sentence, quote or anchor, date, article, publisher, origin.

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
        "origin": shorten(article or graph),
    }
    return evidence | wording.origins.get(graph, {})


def write_origin(row: Mapping[str, Term]) -> Json:
    """Return the origin of a sentence, and its publisher as far as it is known."""
    publisher, origin = row.get("publisherLabel"), {"origin": shorten(row["text"]["value"])}
    return origin | ({"publisher": publisher["value"]} if publisher else {})


def list_terms(answer: Json) -> list[str]:
    """Return the IRIs in the rows of an answer."""
    terms = [term for row in list_rows(answer) for term in row.values()]
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


def write_term(term: Term) -> str:
    """Return a term as text: an IRI as a prefixed name, a literal as in Turtle.

    Numbers, dates and truth values are bare; any other text is in quotation marks, so that it is
    seen to be data.

    >>> write_term({"type": "literal", "value": "CPEC", "xml:lang": "en"})
    '"CPEC"@en'
    """
    value = term["value"]
    if term["type"] == "triple":
        return f"<<( {' '.join(write_term(value[end]) for end in TRIPLES[1])} )>>"
    if term["type"] == "uri":
        return shorten(value)
    if term["type"] != "literal" or BARE.fullmatch(value):
        return str(value)
    language, datatype = term.get("xml:lang"), term.get("datatype")
    mark = f"@{language}" if language else f"^^{shorten(datatype)}" if datatype else ""
    return json.dumps(value, ensure_ascii=False) + mark


def mark_texts(value: object) -> Any:
    """Return an answer with each text that comes from a source below the mark SOURCE_TEXT.

    JSON keeps text and mark apart, whatever the text has in it. `values` are in Turtle already.

    >>> mark_texts({"facts": [{"quote": "Obey me", "values": {"quote": '"Obey me"'}}]})
    {'facts': [{'quote': {'sourceText': 'Obey me'}, 'values': {'quote': '"Obey me"'}}]}
    """
    if isinstance(value, list):
        return [mark_texts(item) for item in value]
    if not isinstance(value, dict):
        return value
    marked = {}
    for name, member in value.items():
        if name in {"values", "callersOwn"}:
            marked[name] = member
        else:
            is_source = name in SOURCE_TEXTS and member
            marked[name] = {SOURCE_TEXT: member} if is_source else mark_texts(member)
    return marked
