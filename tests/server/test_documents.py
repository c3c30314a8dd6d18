"""The limits in the documents are the limits of the code."""

from graph.answering.evaluator import MOST_UNKNOWN
from graph.publishing.resource import MOST_LABELLED_NAMES
from graph.reasoning.thresholds import THRESHOLDS
from graph.sparql.guard import Limits
from server.command.serve import SERVICES_PER_QUERY
from server.graph_settings import GraphSettings
from server.link import ITEMS_LENGTH
from server.service.values import MAX_BINDINGS_CHARACTERS
from server.settings import Settings
from server.writing.materialisation import MAX_REPORTED_CONTRADICTIONS
from tests.conftest import ROOT

ENGINE, SERVER, TEXT = GraphSettings(), Settings(), Limits()

SAID = [
    ("citations.md", f"an answer of more than {THRESHOLDS.rows_with_proofs} rows"),
    ("citations.md", f"Past {THRESHOLDS.rows:,} rows"),
    ("citations.md", f"more than {THRESHOLDS.members:,} solutions"),
    ("citations.md", f"more than {THRESHOLDS.shrunk_graphs} graphs"),
    ("provenance.md", f"at most {THRESHOLDS.row_queries} times for a row"),
    ("provenance.md", f"{THRESHOLDS.answer_queries:,} times for an answer"),
    ("citations.md", f"({ENGINE.cite_most:,}, the union counted)"),
    ("http.md", f"in words, the first {MAX_REPORTED_CONTRADICTIONS}"),
    (
        "provenance.md",
        (
            f"{THRESHOLDS.rule_derivations} derivations by a rule, "
            f"{THRESHOLDS.search_derivations} in all"
        ),
    ),
    ("provenance.md", f"more than {THRESHOLDS.shrunk_graphs} graphs holds the fact"),
    ("engine.md", f"{TEXT.nesting} levels of nesting, {TEXT.patterns} patterns in one group"),
    ("engine.md", f"{TEXT.operators:,} operators, {TEXT.repeats} repeated paths"),
    ("engine.md", f"A query may call {MOST_UNKNOWN} of them"),
    ("engine.md", f"more than {ENGINE.quick_time} s of the processor"),
    ("engine.md", f"past {ENGINE.interim_above >> 20} MiB on disk"),
    ("http.md", f"{MAX_BINDINGS_CHARACTERS:,} characters"),
    ("http.md", f"labels of {MOST_LABELLED_NAMES:,} of them"),
    ("http.md", f"at most {SERVICES_PER_QUERY} SERVICE"),
    ("http.md", f"{SERVER.service.at_once} queries at once"),
    ("http.md", f"the parts of a page, up to {ITEMS_LENGTH:,} characters"),
    ("http.md", f"| a query waits for a worker | {ENGINE.queue_time:g} seconds |"),
    ("http.md", f"with it | {SERVER.max_query >> 20} MiB, {SERVER.max_body >> 20} MiB |"),
    ("http.md", f"| {SERVER.connections}, {SERVER.client_connections}; beyond these"),
    ("http.md", f"`/ready` and `/metrics` | {SERVER.threads} |"),
    ("http.md", f"| concurrent requests of one address | {SERVER.client_requests} |"),
    ("http.md", f"| {SERVER.receive_time}, {SERVER.send_time}, {SERVER.idle_time} seconds |"),
    ("http.md", f"| a wrong token is refused | after {SERVER.token_time} second |"),
    ("http.md", f"longer deadline: {SERVER.drain_time} |"),
    ("http.md", f"the former one for {SERVER.token_overlap} seconds more"),
    ("http.md", f"| {SERVER.service.rows:,} rows, {SERVER.service.bytes >> 20} MiB |"),
    ("http.md", f"- Past {SERVER.service.given:,} rows"),
    ("http.md", f"{ENGINE.max_answer >> 20} MiB, or a 256th of the memory budget"),
    ("http.md", f"{SERVER.cache >> 20} MiB, or a 64th"),
    ("http.md", f"and for `since` | {ENGINE.change_log >> 20} MiB |"),
    ("stores.md", f"every {ENGINE.store_poll:g} seconds."),
    ("http.md", f"a head of more than {SERVER.max_header >> 10} KiB"),
]


def test_a_document_names_the_limit_of_the_code() -> None:
    pages = {page: " ".join((ROOT / "docs" / page).read_text("utf-8").split()) for page, _ in SAID}
    assert [(page, phrase) for page, phrase in SAID if phrase not in pages[page]] == []
