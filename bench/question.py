"""The questions of bench/throughput.py: lookups, joins, paths and aggregates, as analysts ask them.

Some ask about one thing, another one each time; some about the whole graph.
"""

from dataclasses import dataclass
from typing import Final

from ontology.namespace import ID, PREFIXES

PROLOGUE: Final = "".join(
    f"PREFIX {name}: <{PREFIXES[name]}> "
    for name in ("cpec", "id", "graph", "oa", "dcterms", "schema", "rdfs", "xsd")
)
ARTICLES: Final = 800
"""The articles that are asked about; a graph of 100,000 quads has some more."""

HUBS: Final = 8
"""The countries, organisations and areas that are asked about: the first, which are named most."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question in words, and its query with {article} and {hub} as places for numbers."""

    words: str
    text: str

    def about(self, number: int) -> str:
        """Return the query that asks about the things of that number."""
        asked = self.text.replace("{article}", str(number % ARTICLES))
        return PROLOGUE + asked.replace("{hub}", str(number % HUBS))


KINDS: Final[dict[str, tuple[Question, ...]]] = {
    "lookups": (
        Question("all of an article", f"SELECT ?p ?o {{ <{ID}article-{{article}}> ?p ?o }}"),
        Question("all of a sentence", f"SELECT ?p ?o {{ <{ID}article-{{article}}/s03> ?p ?o }}"),
        Question("is it so?", "ASK { id:Country_{hub} cpec:jointPartyTo id:Framework_{hub} }"),
    ),
    "joins": (
        Question(
            "what an organisation says third",
            "SELECT ?s ?t ?d { ?s cpec:attributedTo id:Organisation_{hub} ; oa:hasSource ?a ; "
            "schema:position 3 . ?a dcterms:title ?t ; dcterms:date ?d }",
        ),
        Question(
            "frameworks behind a country's cooperation",
            "SELECT ?f ?area { id:Country_{hub} cpec:jointPartyTo ?f ; cpec:cooperatesIn ?area . "
            "?f cpec:concernsArea ?area }",
        ),
        Question(
            "partners in one framework",
            "SELECT ?x ?y ?f { ?x cpec:cooperatesWith ?y . ?x cpec:jointPartyTo ?f . "
            "?y cpec:jointPartyTo ?f FILTER(?x != ?y) } OFFSET {hub} LIMIT 50",
        ),
        Question(
            "pairs of countries in the frameworks of an area",
            "SELECT DISTINCT ?x ?y { ?f cpec:concernsArea id:Area_{hub} . "
            "?x cpec:jointPartyTo ?f . ?y cpec:jointPartyTo ?f FILTER(STR(?x) < STR(?y)) }",
        ),
        Question(
            "articles of a year that cite an organisation",
            "SELECT ?d ?t ?s { ?a dcterms:date ?d ; dcterms:title ?t . ?s oa:hasSource ?a ; "
            "cpec:attributedTo id:Organisation_{hub} FILTER(YEAR(?d) = 2024) } ORDER BY ?d",
        ),
    ),
    "paths": (
        Question("above an area", "SELECT ?x { ?x cpec:broader+ id:Area_{hub} }"),
        Question(
            "countries within reach of one",
            "SELECT (COUNT(?x) AS ?n) { id:Country_{hub} cpec:cooperatesWith+ ?x }",
        ),
        Question(
            "areas of a country's frameworks, and above",
            "SELECT DISTINCT ?area { "
            "id:Country_{hub} cpec:jointPartyTo/cpec:concernsArea/cpec:broader* ?area }",
        ),
        Question(
            "reach among all areas",
            "SELECT ?top (COUNT(?x) AS ?n) { ?x cpec:broader+ ?top } GROUP BY ?top",
        ),
        Question(
            "reach among all countries",
            "SELECT ?x (COUNT(?y) AS ?n) { ?x a cpec:Country ; cpec:cooperatesWith+ ?y } "
            "GROUP BY ?x",
        ),
        Question(
            "countries by area, rolled up",
            "SELECT ?top (COUNT(DISTINCT ?c) AS ?n) { ?c cpec:cooperatesIn/cpec:broader* ?top } "
            "GROUP BY ?top ORDER BY DESC(?n)",
        ),
    ),
    "aggregates": (
        Question(
            "busiest areas",
            "SELECT ?area (COUNT(*) AS ?n) { ?c cpec:cooperatesIn ?area FILTER(?c != "
            "id:Country_{hub}) } GROUP BY ?area ORDER BY DESC(?n) LIMIT 10",
        ),
        Question(
            "most cited organisations",
            "SELECT ?o (COUNT(?s) AS ?n) (AVG(?p) AS ?m) { ?s cpec:attributedTo ?o ; "
            "schema:position ?p FILTER(?p > {hub}) } GROUP BY ?o ORDER BY DESC(?n) LIMIT 10",
        ),
        Question(
            "an organisation by day",
            "SELECT ?d (COUNT(DISTINCT ?s) AS ?n) { ?a dcterms:date ?d . ?s oa:hasSource ?a ; "
            "cpec:attributedTo id:Organisation_{hub} } GROUP BY ?d ORDER BY ?d",
        ),
        Question(
            "sentences by organisation and year",
            "SELECT ?o ?year (COUNT(?s) AS ?n) { ?s cpec:attributedTo ?o ; oa:hasSource ?a . "
            "?a dcterms:date ?d BIND(YEAR(?d) AS ?year) } GROUP BY ?o ?year",
        ),
        Question(
            "kinds of things",
            "SELECT ?class (COUNT(?x) AS ?n) { ?x a ?class } GROUP BY ?class ORDER BY DESC(?n)",
        ),
    ),
}
