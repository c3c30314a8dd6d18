"""The page of a question: its form, its answer with footnotes, and how to cite that."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from pyoxigraph import Literal, NamedNode

from graph.asking import find_question, questions
from graph.errors import QuestionError
from graph.evaluation import Answer, Query
from graph.explaining.term import Term, path_of, term, text_of
from graph.format import GRAPH_FORMATS, RESULT_FORMATS
from graph.presenting.reference import UNLISTED, web
from graph.publishing.resource import JSON, Node, columns, rows
from ontology.namespace import BASE, CPEC, EDITORIAL_GRAPH, EVIDENCE_GRAPH, ID
from ontology.vocabulary import strongest
from queries.question import LABEL, Parameter, Question
from server.answer import evaluate, send
from server.conditional import digest
from server.negotiate import HTML, accepted, best_format, prefers_html
from server.page import figure
from server.page.frame import NAMES, first_language
from server.page.search import index as name_index
from server.page.subject import by_subject, subject_of
from server.page.view import view
from server.parameters import Parameters
from server.question import FORMATS, answer, bound, described
from server.reply import Reply
from server.site import site

blueprint = Blueprint("question_page", __name__)

QUOTED: Final = 180
"""The characters of a source's quotes that a page shows beside an answer."""

LONGEST: Final = 4000
"""The characters of a query up to which it is a part of an address."""

OURS: Final = UNLISTED | {EDITORIAL_GRAPH, EVIDENCE_GRAPH}
"""The graphs of our own word, which a page names only where a row has no other source."""

KINDS: Final = {
    "undertaking": ("Undertakings",),
    "meeting": ("Meetings, signings, tasks",),
}
"""The kinds of things that can be chosen for a parameter, by its name; for another, all."""

MOST_CHOICES: Final = 300
"""The things up to which a parameter is chosen from a list."""

SENTENCE: Final = re.compile(r"(.*), sentence (\d+)")
MOST_CITED: Final = 8
"""The sources that a citation names."""

NUMBERS: Final = (
    "No",
    "One",
    "Two",
    "Three",
    "Four",
    "Five",
    "Six",
    "Seven",
    "Eight",
    "Nine",
    "Ten",
)


@dataclass(frozen=True, slots=True)
class Source:
    """A source of an answer: its number, where it is found, in which words, and its pages."""

    number: int
    words: str
    quotes: list[str]
    path: str
    href: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its cells, the numbers of each proof's sources, how it is meant, what else to say."""

    cells: list[Term | None]
    proofs: list[list[int]]
    more: bool
    modality: str
    reason: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as a page shows it."""

    heads: list[str]
    lines: list[Line]
    sources: list[Source]
    absent: list[str]


@blueprint.get("/questions/")
def index() -> Response:
    """Return the list of the questions."""
    response = Response(
        render_template("questions.html", subjects=by_subject(questions().values()))
    )
    response.vary.add("Accept")
    return response


@blueprint.get("/questions/<name>")
def page(name: str) -> Response | Reply:
    """Return a question as a page: what it asks, a form for its parameters, and the answer.

    A program gets the answer; one that reads RDF alone is sent to what describes the question.
    """
    accept = accepted(request)
    question = find_question(name)
    if accept.ranges and not prefers_html(accept, FORMATS):
        rdf = best_format(accept, RESULT_FORMATS) is None and best_format(accept, GRAPH_FORMATS)
        return described() if rdf else answer(name)
    pairs = Parameters.of(request.query_string).pairs
    parameters = Parameters(tuple(pair for pair in pairs if pair[0] != NAMES))
    fault, version, found, terms = "", site().engine.version, None, {}
    try:
        terms = bound(site(), question, parameters)
        tagged = asked(question, terms)
    except QuestionError as error:
        fault = str(error)
    else:
        version, found = tagged.version, shown(tagged)
    body = rendered(question, parameters, terms, found, fault, version)
    reply = send(
        site(), body.encode(), digest((version, "question", body)), f"{HTML}; charset=utf-8"
    )
    if fault and parameters.pairs and reply.status == HTTPStatus.OK:
        reply.status = HTTPStatus.BAD_REQUEST
    return reply


def asked(question: Question, terms: Mapping[str, NamedNode | Literal]) -> Answer:
    """Return the cited answer to a question."""
    return evaluate(site(), Query(question.text, JSON, None, terms, cite=True, words=True)).answer


def bound_by_default(question: Question) -> Mapping[str, NamedNode | Literal]:
    """Return the terms of a question's parameters where nothing is given for them."""
    return bound(site(), question, Parameters())


def rendered(
    question: Question,
    parameters: Parameters,
    terms: Mapping[str, NamedNode | Literal],
    found: Shown | None,
    fault: str,
    version: str,
) -> str:
    """Return the page of a question and its answer, or of what is wrong with it."""
    cells = [line.cells for line in found.lines] if found else []
    return render_template(
        "question.html",
        question=question,
        subject=subject_of(question),
        given=dict(parameters.pairs),
        choices={one.name: choices(one, dict(parameters.pairs)) for one in question.parameters},
        fault=fault,
        found=found,
        number=number_words(len(cells)),
        bars=figure.bars(cells) if question.view == "bar" else [],
        spans=figure.spans(cells) if question.view == "timeline" else [],
        drawn=figure.graph(cells) if question.view == "graph" else None,
        citation=citation(question, parameters, found, version) if found else "",
        editor=editor(question, terms),
        forms=RESULT_FORMATS,
        query_string=urlencode(parameters.pairs),
    )


def shown(answered: Answer) -> Shown:
    """Return what the page of a question shows of a cited answer."""
    cited = json.loads(answered.body)
    sources = cited["sources"]
    named = dict.fromkeys(graph for row in cited["citations"] for graph in told(row["graphs"]))
    marks = {graph: number for number, graph in enumerate(filter(sources.__contains__, named), 1)}
    heads = columns(answered)
    return Shown(
        [spaced(head) for head in heads if not is_label(head, heads)],
        [
            line(labelled(heads, row), citing, marks)
            for row, citing in zip(rows(answered), cited["citations"], strict=True)
        ],
        [source(number, graph, sources[graph]) for graph, number in marks.items()],
        list(dict.fromkeys(one for row in cited["citations"] for one in row.get("absent", ()))),
    )


def told(graphs: list[str]) -> list[str]:
    """Return the graphs of a proof that are named: our own labels and records go without saying."""
    others = [graph for graph in graphs if graph not in OURS]
    return others or graphs


def line(cells: list[Term | None], citing: Mapping[str, Any], marks: Mapping[str, int]) -> Line:
    """Return a row with its footnotes."""
    proofs = citing.get("proofs") or ([citing["graphs"]] if citing.get("reason") else [])
    numbers = [
        sorted({marks[graph] for graph in told(proof) if graph in marks}) for proof in proofs
    ]
    modality = strongest(citing.get("modalities", ())).removeprefix(CPEC)
    reason = f"{citing['status']}: {citing['reason']}" if citing.get("reason") else ""
    alike = list(map(list, dict.fromkeys(map(tuple, numbers))))
    return Line(cells, alike, "more" in citing, modality, reason)


def source(number: int, graph: str, said: Mapping[str, str]) -> Source:
    """Return a source of an answer, with as many of its quotes as there is room for."""
    words, _, by = said["words"].partition(": “")[0].partition(", according to ")
    quotes, room = list[str](), QUOTED
    for quote in filter(None, said.get("quote", "").split(" … ")):
        room -= len(quote)
        if room < 0 and quotes:
            break
        quotes.append(quote)
    path = path_of(graph) if graph.startswith(BASE) else ""
    return Source(number, words, quotes, path, web(said.get("href", "")), by)


def labelled(heads: list[str], row: list[Node | None]) -> list[Term | None]:
    """Return the cells of a row in words: a thing by its name in the language of the page."""
    cells = dict(zip(heads, row, strict=True))
    language = first_language()
    own = name_index().labels if language != "en" else {}
    words = {
        thing.value: own.get(thing.value, {}).get(language) or text_of(label)
        for head, thing in cells.items()
        if isinstance(thing, NamedNode) and (label := cells.get(head + LABEL))
    }
    found = {head: cell for head, cell in cells.items() if not is_label(head, heads)}
    return [None if cell is None else term(cell, words) for cell in found.values()]


def is_label(head: str, heads: list[str]) -> bool:
    """Return whether a column holds the labels of another one."""
    return head.endswith(LABEL) and head.removesuffix(LABEL) in heads


def spaced(head: str) -> str:
    """Return the name of a column as words.

    >>> spaced("otherValue")
    'Other value'
    """
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", head).lower()
    return words[:1].upper() + words[1:]


def choices(parameter: Parameter, given: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what can be chosen for a parameter, each with its words; nothing for free text."""
    if parameter.enum:
        return [(value, value) for value in parameter.enum]
    kinds = view(site(), "overview")["kinds"] if parameter.type == "iri" else {}
    wanted = KINDS.get(parameter.name, tuple(kinds))
    things = [thing for kind, own in kinds.items() if kind in wanted for thing in own]
    if not things or len(things) > MOST_CHOICES:
        return []
    language = first_language()
    found = {
        thing["iri"].removeprefix(ID): thing["texts"].get(language) or thing["text"]
        for thing in things
    }
    value = given.get(parameter.name, parameter.default or "")
    return list(({value: value} | found if value not in found else found).items())


def number_words(number: int) -> str:
    """Return a small number in words, any other in digits."""
    return NUMBERS[number] if number < len(NUMBERS) else f"{number:,}"


def editor(question: Question, terms: Mapping[str, NamedNode | Literal]) -> str:
    """Return the path of the query with its parameters filled in; "" if it is too long."""
    text = with_values(question, terms)
    return "/sparql?" + urlencode({"query": text, "cite": "true"}) if len(text) <= LONGEST else ""


def with_values(question: Question, terms: Mapping[str, NamedNode | Literal]) -> str:
    """Return the query of a question with its parameters filled in."""
    text = question.text
    for name, value in terms.items():
        text = text.replace("WHERE {", f"WHERE {{\n  VALUES ?{name} {{ {value} }}", 1)
    return text


def citation(question: Question, parameters: Parameters, found: Shown, version: str) -> str:
    """Return how an answer is cited, in plain text."""
    given = ", ".join(f"{name} {value}" for name, value in parameters.pairs)
    number = len(found.lines)
    query = f"?{urlencode(parameters.pairs)}" if parameters.pairs else ""
    sources = "; ".join(references(found.sources))
    parts = [
        f"cpec-graph, “{question.summary}”{f' ({given})' if given else ''}, ",
        f"{number} row{'' if number == 1 else 's'}{f', after {sources}' if sources else ''}. ",
        f"Dataset version {version[:12]}, ",
        f"{request.root_url}questions/{question.name}{query}, CC BY 4.0.",
    ]
    return "".join(parts)


def references(sources: list[Source]) -> list[str]:
    """Return where the sources are found, the sentences of one article together."""
    found: dict[str, list[str]] = {}
    for one in sources:
        match = SENTENCE.fullmatch(one.words)
        found.setdefault(match[1] if match else one.words, []).extend([match[2]] if match else [])
    shown_ones = list(found.items())[:MOST_CITED]
    more = len(found) - len(shown_ones)
    listed = [
        f"{words}, sentence{'s' if len(places) > 1 else ''} {', '.join(sorted(places, key=int))}"
        if places
        else words
        for words, places in shown_ones
    ]
    return [*listed, f"{more} more"] if more else listed
