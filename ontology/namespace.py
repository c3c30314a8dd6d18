"""The names of the graph: its base address, its named graphs, and the prefixes of every file."""

from __future__ import annotations

from typing import Final

from pyoxigraph import NamedNode, Triple

from ontology.base import PUBLISHED, read_base
from ontology.terms import CPEC, DCTERMS, OA, OWL, RDF, RDFS, SCHEMA, SKOS, SPDX, VOID, XSD

BASE: Final = read_base()
"""The address with which every IRI of the project begins; CPEC_BASE sets another."""

ID: Final = BASE + "id/"
"""The namespace of things: countries, articles, sentences."""

GRAPH: Final = BASE + "graph/"
"""The namespace of the named graphs that are not sentences."""

ONTOLOGY_GRAPH: Final = GRAPH + "ontology"
EDITORIAL_GRAPH: Final = GRAPH + "editorial"
EVIDENCE_GRAPH: Final = GRAPH + "evidence"
INFERRED_GRAPH: Final = GRAPH + "inferred"
DATASET_GRAPH: Final = GRAPH + "dataset"
REIFIERS_GRAPH: Final = GRAPH + "reifiers"
VERSION_GRAPH: Final = GRAPH + "version"
RETIRED_GRAPH: Final = GRAPH + "retired"
DRAFT: Final = BASE + "draft#"
"""The namespace of the marks of a draft, which are no terms of the graph: a build refuses them."""

EDITORIAL: Final = NamedNode(EDITORIAL_GRAPH)
EVIDENCE: Final = NamedNode(EVIDENCE_GRAPH)
REIFIERS: Final = NamedNode(REIFIERS_GRAPH)
VOCABULARY: Final = NamedNode(ONTOLOGY_GRAPH)
"""The graphs that the code reads most, as nodes."""

BACKGROUND: Final = GRAPH + "background/"
LINKS: Final = GRAPH + "links/"

PREFIXES: Final[dict[str, str]] = {
    "cpec": CPEC,
    "id": ID,
    "graph": GRAPH,
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "xsd": XSD,
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": SKOS,
    "dcterms": DCTERMS,
    "schema": SCHEMA,
    "prov": "http://www.w3.org/ns/prov#",
    "org": "http://www.w3.org/ns/org#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "bibo": "http://purl.org/ontology/bibo/",
    "sem": "http://semanticweb.cs.vu.nl/2009/11/sem/",
    "oa": OA,
    "void": VOID,
    "dcat": "http://www.w3.org/ns/dcat#",
    "spdx": SPDX,
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sssom": "https://w3id.org/sssom/",
    "semapv": "https://w3id.org/semapv/vocab/",
    "wd": "http://www.wikidata.org/entity/",
}
"""The prefixes of every export, query and page of the project."""

HEAD: Final = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
"""The prefixes before a text in Turtle, TriG or SPARQL."""

LONGEST_FIRST: Final = sorted(PREFIXES.items(), key=lambda pair: len(pair[1]), reverse=True)


def rebase(text: str) -> str:
    """Return a text of the project with the published base replaced by the base of this process."""
    return text.replace(PUBLISHED, BASE)


def shorten(iri: str) -> str:
    """Return an IRI as a prefixed name by the longest namespace that fits, or in angle brackets."""
    for prefix, start in LONGEST_FIRST:
        if iri.startswith(start):
            return f"{prefix}:{iri[len(start) :]}"
    return f"<{iri}>"


def shorten_triple(triple: Triple) -> str:
    """Return a triple with its IRIs shortened."""
    return " ".join(
        shorten(term.value) if isinstance(term, NamedNode) else str(term) for term in triple
    )
