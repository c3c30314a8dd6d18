"""Made articles on programmes that run, end, are suspended and resumed, and what speakers say."""

from functools import cache

from pyoxigraph import Quad, RdfFormat, Store, parse

from graph.curating.annotation import replace_annotations
from graph.curating.master import Inputs, read_master
from graph.dataset import graph_of, memory_store
from graph.reasoning.kernel import Kernel
from ontology.namespace import HEAD, ONTOLOGY_GRAPH, PREFIXES

NAMES = """
GRAPH graph:editorial {
    id:Critic a foaf:Person ; rdfs:label "A. Critic"@en .
    id:Minister a foaf:Person ; rdfs:label "B. Minister"@en .
    id:Wire a cpec:MediaOutlet ; rdfs:label "The Wire"@en .
    id:Weaving a cpec:Programme ; rdfs:label "Weaving Programme"@en .
    id:Spinning a cpec:Programme ; rdfs:label "Spinning Programme"@en .
    id:Pakistan a cpec:Country ; rdfs:label "Pakistan"@en .
    id:China a cpec:Country ; rdfs:label "China"@en .
    id:Textiles a cpec:Area ; rdfs:label "textiles"@en .
    id:Looms a cpec:TechnicalSystem ; rdfs:label "looms"@en .
    id:Jobs a cpec:Goal ; rdfs:label "jobs"@en .
}
"""

CARRIED = """id:{name} cpec:hasJointParty id:Pakistan , id:China ;
    cpec:concernsArea id:Textiles ; cpec:deploys id:Looms ; cpec:aimsAt id:Jobs ."""


def write_article(name: str, day: str, *sentences: tuple[str, str]) -> str:
    """Return an article in TriG, of sentences with the speaker, if any, and the statements."""
    head = f'id:{name} a cpec:NewsArticle ; dcterms:title "{name}" ; dcterms:publisher id:Wire ; '
    described = [f'{head} dcterms:date "{day}"^^xsd:date .']
    graphs = []
    for number, (speaker, statements) in enumerate(sentences, 1):
        sentence = f"<{PREFIXES['id']}{name}/s0{number}>"
        described.append(
            f"{sentence} a cpec:Sentence ; oa:hasSource id:{name} ; "
            f"schema:position {number} ; cpec:attributedTo id:{speaker or name} ."
        )
        graphs.append(f"GRAPH {sentence} {{ {statements} }}")
    return "\n".join([f"GRAPH graph:evidence {{ {' '.join(described)} }}", *graphs])


def write_status(thing: str, status: str, day: str) -> str:
    """Return a change of status, with its latest day where the year alone is known."""
    change = f"id:{thing}_{status}_{day} cpec:statusOf id:{thing} ; cpec:newStatus cpec:{status} ; "
    if "-" in day:
        return f'{change} cpec:date "{day}"^^xsd:date .'
    return f'{change} cpec:date "{day}"^^xsd:gYear ; cpec:latest "{day}-12-31"^^xsd:date .'


@cache
def read_ontology() -> tuple[Quad, ...]:
    """Return the vocabulary."""
    return tuple(q for q in read_master(Inputs()).quads() if graph_of(q) == ONTOLOGY_GRAPH)


def publish(*articles: str) -> Store:
    """Return a store of the vocabulary and some articles, closed."""
    text = "\n".join([HEAD, NAMES, *articles])
    quads = [*read_ontology(), *replace_annotations(parse(text, RdfFormat.TRIG))]
    return memory_store([*quads, *Kernel(quads).inferred_quads()])
