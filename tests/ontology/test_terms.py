import pickle

from pyoxigraph import NamedNode, RdfFormat, parse

from ontology import terms
from ontology.base import PUBLISHED
from ontology.namespace import BASE, PREFIXES
from ontology.vocabulary import ONTOLOGY_FOLDER

NAMESPACES = {
    name: value for name, value in vars(terms).items() if isinstance(value, terms.Namespace)
}


def test_a_namespace_is_the_iri_of_its_prefix() -> None:
    assert {PREFIXES[name.lower()] for name in NAMESPACES} == set(NAMESPACES.values())


def test_every_term_begins_with_its_namespace_and_no_term_has_two_names() -> None:
    declared = [
        (namespace, term.value)
        for namespace in NAMESPACES.values()
        for term in vars(type(namespace)).values()
        if isinstance(term, NamedNode)
    ]
    assert len(declared) > 50
    assert all(iri.startswith(namespace) for namespace, iri in declared)
    assert len(declared) == len(set(declared))


def test_the_ontology_declares_every_term_of_ours() -> None:
    quads = parse(path=str(ONTOLOGY_FOLDER / "cpec.ttl"), format=RdfFormat.TURTLE)
    declared = {str(quad.subject.value).replace(PUBLISHED, BASE) for quad in quads}
    ours = {term.value for term in vars(type(terms.CPEC)).values() if isinstance(term, NamedNode)}
    assert ours <= declared


def test_a_namespace_reaches_another_process_whole() -> None:
    assert pickle.loads(pickle.dumps(terms.OA)).EXACT == terms.OA.EXACT  # noqa: S301
