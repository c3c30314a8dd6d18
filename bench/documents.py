"""The figures and tables of documents that follow from the graph and from the code.

python -m bench.documents    writes them; `make docs` runs it
"""

import re
import tempfile
from pathlib import Path
from typing import Final

from graph.answering.evaluation import run_select
from graph.build import build
from graph.curating.master import Inputs
from graph.presenting.overview import view_overview
from graph.reasoning.axiom_kind import KINDS
from graph.snapshot import Snapshot
from ontology.glossary import Glossary
from ontology.namespace import shorten
from queries.catalogue import catalogue
from server.reference.citation_format import CITATION_FORMATS

ROOT: Final = Path(__file__).parents[1]
README: Final = ROOT / "README.md"
CITING: Final = ROOT / "docs" / "citing.md"
FEDERATION: Final = ROOT / "docs" / "federation.md"
PROVENANCE: Final = ROOT / "docs" / "provenance.md"


WIKIDATA_LINKS: Final = """
SELECT ?thing ?item WHERE {
  GRAPH <https://w3id.org/cpec-graph/graph/links/wikidata> {
    ?thing owl:sameAs|skos:exactMatch ?item
  }
}
ORDER BY ?thing ?item
"""

WIKIDATA_HEAD: Final = (
    "SELECT ?thing ?item ?label ?description WHERE {",
    "  VALUES (?thing ?item) {",
)
WIKIDATA_TAIL: Final = (
    "  }",
    '  ?item rdfs:label ?label FILTER (LANG(?label) = "en")',
    '  OPTIONAL { ?item schema:description ?description FILTER (LANG(?description) = "en") }',
    "}",
    "ORDER BY ?thing",
)
"""Wikidata's service has these prefixes declared; its schema: is http://schema.org/."""


def graph_size(snapshot: Snapshot) -> str:
    """Return the size of the graph as a sentence, in the numbers of / and /ontology."""
    size, glossary = view_overview(snapshot.load()), Glossary.read_packaged()
    articles = "One article" if size.article_count == 1 else f"{size.article_count} articles"
    return (
        f"{articles} of {size.sentences} sentences: {size.statements} cited statements, "
        f"{size.inferred} that follow from them, {size.things} things, {len(catalogue())} "
        f"questions, a vocabulary of {len(glossary.classes)} classes and "
        f"{len(glossary.properties)} properties in English, Urdu and Chinese."
    )


def axiom_table() -> str:
    """Return the kinds of axioms that are followed, with their rules, as a table."""
    rows = (
        f"| `{shorten(kind.iri)}` | {kind.words or 'a constraint'} |"
        f" {'; '.join(f'`{rule}`' for rule in kind.rules)} |"
        for kind in KINDS
    )
    return "\n".join(("| axiom | | rules |", "|---|---|---|", *rows))


def citation_formats() -> str:
    """Return the formats of citations as a table."""
    rows = {
        "json": "`application/json`, with the `status` if a receipt is given",
        **{name: f"`{form.media_type}`" for name, form in CITATION_FORMATS.items()},
        "html": "the page with all of them",
    }
    lines = (f"| `{name}` | {words} |" for name, words in rows.items())
    return "\n".join(("| `format=` | media type |", "|---|---|", *lines))


def wikidata_query(snapshot: Snapshot) -> str:
    """Return the query for Wikidata's own service, with the links that say the same thing."""
    rows = (
        f"    ({' '.join(map(str, row))})" for row in run_select(snapshot.load(), WIKIDATA_LINKS)
    )
    return "\n".join(("```sparql", *WIKIDATA_HEAD, *rows, *WIKIDATA_TAIL, "```"))


def with_part(document: str, name: str, text: str) -> str:
    """Return a document with a text as its part of that name, between two comments."""
    begin, end = f"<!-- {name}: written by make docs -->\n", f"\n<!-- {name} ends -->"
    pattern = re.escape(begin) + r".*?" + re.escape(end)
    return re.sub(pattern, lambda _: begin + text + end, document, count=1, flags=re.DOTALL)


def documents(snapshot: Snapshot) -> dict[Path, str]:
    """Return the text of each document with parts that follow from the graph or the code."""
    return {
        README: with_part(README.read_text("utf-8"), "size", graph_size(snapshot)),
        CITING: with_part(CITING.read_text("utf-8"), "formats", citation_formats()),
        FEDERATION: with_part(FEDERATION.read_text("utf-8"), "wikidata", wikidata_query(snapshot)),
        PROVENANCE: with_part(PROVENANCE.read_text("utf-8"), "axioms", axiom_table()),
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for path, text in documents(build(Inputs(), Path(folder)).snapshot).items():
            path.write_text(text, "utf-8")
