"""The records of statements: their words, their sources, and what clients may write in them."""

from pyoxigraph import NamedNode, RdfFormat, Store, Triple

from graph.wording.record import Record, Records
from ontology.namespace import EVIDENCE, HEAD

TEXT = """
PREFIX x: <http://x/>
x:r1 a rdf:Statement ; rdf:subject x:s ; rdf:predicate x:p ; rdf:object x:o ; oa:hasSource x:g ;
  oa:hasSelector [ oa:exact "both agreed" ] ; cpec:modality cpec:Reported .
x:r2 a rdf:Statement ; rdf:subject x:s ; rdf:predicate x:p ; rdf:object x:o ; oa:hasSource x:g ;
  oa:hasSelector x:q2 ; cpec:attributedTo x:a . x:q2 oa:exact "on robotics" .
[] a rdf:Statement ; rdf:subject x:s ; rdf:predicate x:p ; rdf:object x:z ; oa:hasSource x:g, x:h .
x:r4 a cpec:UnassertedStatement ; cpec:saidSubject x:s ; cpec:saidPredicate x:p ;
  cpec:saidObject x:d ; oa:hasSource x:g ; cpec:modality cpec:Denied .
x:r5 a rdf:Statement ; rdf:subject x:s ; rdf:predicate x:p ; oa:hasSource x:g .
x:r6 a rdf:Statement ; rdf:subject x:s ; rdf:predicate x:p ; rdf:object x:o .
"""


def read(text: str = TEXT) -> Records:
    """Return the records of a document as graph:evidence."""
    store = Store()
    store.load(HEAD + text, RdfFormat.TURTLE, to_graph=EVIDENCE)
    return Records(store)


def make_triple(value: str) -> Triple:
    """Return a triple of the document with a value."""
    return Triple(*(NamedNode(f"http://x/{name}") for name in ("s", "p", value)))


def test_two_records_of_a_statement_are_one_with_the_words_of_both() -> None:
    record = read().find(make_triple("o"), "http://x/g")
    assert record.name == "http://x/r1"
    assert sorted(record.words.quotes) == ["both agreed", "on robotics"]
    assert record.modality.endswith("#Reported")
    assert record.attributed_to == "http://x/a"


def test_a_record_that_is_a_blank_node_has_no_name_and_states_for_each_of_its_sources() -> None:
    records = read()
    for source in ("http://x/g", "http://x/h"):
        assert records.find(make_triple("z"), source) == Record("", make_triple("z"), source)
        assert make_triple("z") in records.by_triple(source)


def test_a_statement_that_its_source_denies_is_no_statement_of_it() -> None:
    records = read()
    assert [record.name for record in records.list_unasserted()] == ["http://x/r4"]
    assert not records.find(make_triple("d"), "http://x/g").name


def test_a_record_without_a_triple_or_a_source_is_none() -> None:
    records = read()
    assert records.read(NamedNode("http://x/r5")) is None
    assert records.read(NamedNode("http://x/r6")) is None
    assert not records.list_records("no IRI")
