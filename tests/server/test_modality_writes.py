"""Writes that would make an aim a deed: refused whole, by every way to write."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.client import Client
from bench.endpoint import Endpoint
from bench.wire import Reply
from graph.snapshot import Snapshot
from ontology.namespace import BASE, EVIDENCE_GRAPH
from ontology.terms import CPEC

SENTENCE = f"{BASE}id/talks/s01"
FACT = "id:Pakistan cpec:cooperatesIn id:Robotics"
PREPARED = f"""
INSERT DATA {{
  GRAPH graph:ontology {{
    cpec:cooperatesIn cpec:labelStatus cpec:DraftUrduLabel }}
  GRAPH graph:evidence {{ <{SENTENCE}> a cpec:Sentence }}
}}"""
STATED = f"INSERT DATA {{ GRAPH <{SENTENCE}> {{ {FACT} }} }}"


def record(modality: str, fact: str = FACT, name: str = f"{SENTENCE}#1") -> str:
    """The triples of a record with a modality, in Turtle."""
    subject, predicate, value = fact.split(" ")
    return (
        f"<{name}> a rdf:Statement ; oa:hasSource <{SENTENCE}> ; rdf:subject {subject} ;"
        f" rdf:predicate {predicate} ; rdf:object {value} ; cpec:modality cpec:{modality} ."
    )


def write_denial(fact: str = FACT) -> str:
    """The triples of the record of a denial, in Turtle."""
    subject, predicate, value = fact.split(" ")
    return (
        f"<{SENTENCE}#2> a cpec:UnassertedStatement ; oa:hasSource <{SENTENCE}> ;"
        f" cpec:saidSubject {subject} ; cpec:saidPredicate {predicate} ;"
        f" cpec:saidObject {value} ; cpec:modality cpec:Denied ."
    )


def adds(triples: str, graph: str = "graph:evidence") -> str:
    return f"INSERT DATA {{ GRAPH {graph} {{ {triples} }} }}"


@pytest.fixture(scope="module")
def endpoint(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("deeds")
    options = ("--out", str(snapshot.path.parent), "--processes", "1")  # one front follows a write
    with Endpoint.writable(folder, *options) as server:
        assert server.writer.update(PREPARED).status == 200
        yield server.writer


@pytest.fixture
def writer(endpoint: Client) -> Client:
    """A client of a server on which nothing of these tests is left."""
    clean = (
        f"DROP SILENT GRAPH <{SENTENCE}> ;"
        f" DELETE {{ GRAPH graph:evidence {{ ?r ?p ?o }} }} WHERE {{ GRAPH graph:evidence"
        f" {{ ?r oa:hasSource <{SENTENCE}> ; ?p ?o }} }}"
    )
    assert endpoint.update(clean).status == 200
    return endpoint


def version(client: Client) -> str:
    return str(client.get("/sparql?query=ASK{}").headers["ETag"])


def require_refused(client: Client, reply: Reply, before: str, **members: str) -> None:
    assert reply.status == 422, reply.text
    problem = reply.json
    assert reply.type == "application/problem+json"
    for name, value in members.items():
        assert problem.get(name) == value, problem
    assert version(client) == before


@pytest.mark.parametrize("modality", ["Tasked", "Aim", "Assessed", "Background", "Denied"])
def test_a_record_that_is_no_weaker_fact_is_refused(writer: Client, modality: str) -> None:
    assert writer.update(STATED).status == 200
    before = version(writer)
    require_refused(
        writer,
        writer.update(adds(record(modality))),
        before,
        record=f"{SENTENCE}#1",
        property=f"{CPEC}cooperatesIn",
        modality=f"{CPEC}{modality}",
        **({"counterpart": f"{CPEC}intendsCooperationIn"} if modality == "Aim" else {}),
    )


@pytest.mark.parametrize("modality", ["Reported", "Ongoing"])
def test_a_weaker_fact_is_written(writer: Client, modality: str) -> None:
    assert writer.update(f"{STATED} ; {adds(record(modality))}").status == 200


def test_an_aim_is_an_aim(writer: Client) -> None:
    fact = "id:Pakistan cpec:intendsCooperationIn id:Robotics"
    assert writer.update(adds(record("Aim", fact))).status == 200
    before = version(writer)
    for modality in ("Reported", "Assessed", "Tasked"):
        other = record(modality, fact, f"{SENTENCE}#9")
        require_refused(writer, writer.update(adds(other)), before, modality=f"{CPEC}{modality}")


def test_the_words_say_what_to_write_instead(writer: Client) -> None:
    detail = writer.update(adds(record("Aim"))).json["detail"]
    assert detail == (
        "the fact is marked cpec:Aim, and cpec:cooperatesIn is cpec:Reported:"
        " say it with cpec:intendsCooperationIn"
    )
    for modality, words in (
        ("Assessed", "no property says that instead"),
        ("Background", "never stronger"),
        ("Denied", "the sentence may not state it"),
    ):
        assert words in writer.update(adds(record(modality))).json["detail"]


CHANGED = f"{SENTENCE}#1"
EVIDENCE = f"<{EVIDENCE_GRAPH}>"
INTENDS = f"<{CHANGED}> rdf:predicate cpec:intendsCooperationIn"
CHANGES = (
    (
        f"WITH {EVIDENCE} DELETE {{ <{CHANGED}> cpec:modality ?m }}"
        f" INSERT {{ <{CHANGED}> cpec:modality cpec:Aim }} WHERE {{ <{CHANGED}> cpec:modality ?m }}"
    ),
    f"DELETE WHERE {{ GRAPH {EVIDENCE} {{ <{CHANGED}> rdf:predicate ?p }} }} ; {adds(INTENDS)}",
    f"INSERT DATA {{ <http://x/s> <http://x/p> 1 }} ; {adds(record('Aim'))}",
    (
        f"COPY {EVIDENCE} TO <http://x/g> ; {adds(record('Aim'), '<http://x/g>')} ;"
        f" MOVE <http://x/g> TO {EVIDENCE}"
    ),
)


@pytest.mark.parametrize("number", range(len(CHANGES)))
def test_a_record_that_is_changed_is_held_to_the_same(writer: Client, number: int) -> None:
    assert writer.update(f"{STATED} ; {adds(record('Reported'))}").status == 200
    before = version(writer)
    require_refused(writer, writer.update(CHANGES[number]), before, record=CHANGED)
    assert not writer.query("ASK { <http://x/s> ?p ?o }").json["boolean"]


def test_a_property_that_would_be_meant_otherwise_is_refused(writer: Client) -> None:
    assert writer.update(f"{STATED} ; {adds(record('Reported'))}").status == 200
    before = version(writer)
    turned = (
        "DELETE DATA {{ GRAPH graph:ontology {{ cpec:{0} cpec:modality cpec:{1} }} }} ;"
        " INSERT DATA {{ GRAPH graph:ontology {{ cpec:{0} cpec:modality cpec:{2} }} }}"
    )
    deeds = turned.format("cooperatesIn", "Reported", "Aim")
    require_refused(writer, writer.update(deeds), before, property=f"{CPEC}cooperatesIn")
    bare = adds("id:Pakistan cpec:intendsCooperationIn id:Robotics", "<http://x/bare>")
    assert writer.update(bare).status == 200
    before = version(writer)
    aims = turned.format("intendsCooperationIn", "Aim", "Reported")
    require_refused(writer, writer.update(aims), before, property=f"{CPEC}intendsCooperationIn")
    without = aims.partition(" ;")[0]
    require_refused(writer, writer.update(without), before, property=f"{CPEC}intendsCooperationIn")
    assert writer.update("DROP GRAPH <http://x/bare>").status == 200


def test_a_deed_that_would_follow_from_an_aim_is_refused(writer: Client) -> None:
    before = version(writer)
    for axiom in (
        "cpec:intendsCooperationIn rdfs:subPropertyOf cpec:cooperatesIn",
        "cpec:cooperatesIn owl:propertyChainAxiom ( cpec:partyTo cpec:intendsCooperationIn )",
        (
            "cpec:intendsCooperationIn rdfs:subPropertyOf <x:p> ."
            " <x:p> rdfs:subPropertyOf cpec:cooperatesIn"
        ),
        (
            "<x:p> owl:propertyChainAxiom ( cpec:partyTo cpec:intendsCooperationIn ) ;"
            " rdfs:subPropertyOf cpec:cooperatesIn"
        ),
        "<x:p> owl:inverseOf cpec:intendsCooperationIn , cpec:cooperatesIn",
        (
            "[ owl:onProperty cpec:intendsCooperationIn ; owl:hasValue id:Robotics ]"
            " rdfs:subClassOf [ owl:onProperty cpec:cooperatesIn ; owl:hasValue id:Robotics ]"
        ),
    ):
        reply = writer.update(adds(axiom, "graph:ontology"))
        require_refused(
            writer, reply, before, property=f"{CPEC}cooperatesIn", modality=f"{CPEC}Aim"
        )


def test_what_a_sentence_denies_it_does_not_state(writer: Client) -> None:
    assert writer.update(adds(write_denial())).status == 200
    before = version(writer)
    require_refused(
        writer,
        writer.update(STATED),
        before,
        record=f"{SENTENCE}#2",
        property=f"{CPEC}cooperatesIn",
        modality=f"{CPEC}Denied",
    )
    other = adds(FACT, f"<{BASE}id/talks/s02>")
    assert writer.update(other).status == 200  # another sentence may say so
    assert writer.update(f"DROP GRAPH <{BASE}id/talks/s02>").status == 200
    assert writer.update(f"{STATED.replace('Robotics', 'Trade')}").status == 200


@pytest.mark.parametrize(
    "fact", ["id:Pact cpec:hasJointParty id:Pakistan", "id:Pakistan cpec:jointPartyTo id:Pact"]
)
def test_what_it_denies_follows_from_nothing_that_it_states(writer: Client, fact: str) -> None:
    assert writer.update(adds(write_denial("id:Pact cpec:hasParty id:Pakistan"))).status == 200
    before = version(writer)
    reply = writer.update(adds(fact, f"<{SENTENCE}>"))
    require_refused(writer, reply, before, record=f"{SENTENCE}#2", property=f"{CPEC}hasParty")


def test_a_denial_of_a_symmetric_fact_is_seen_from_both_ends(writer: Client) -> None:
    assert (
        writer.update(adds(write_denial("id:Pakistan cpec:cooperatesWith id:China"))).status == 200
    )
    before = version(writer)
    reply = writer.update(adds("id:China cpec:cooperatesWith id:Pakistan", f"<{SENTENCE}>"))
    require_refused(writer, reply, before, record=f"{SENTENCE}#2")


@pytest.mark.parametrize("kind", ["", "a cpec:UnassertedStatement ;"])
def test_a_record_of_another_class_or_none_is_held_to_it_too(writer: Client, kind: str) -> None:
    before = version(writer)
    untyped = record("Aim").replace("a rdf:Statement ;", kind)
    require_refused(writer, writer.update(adds(untyped)), before, modality=f"{CPEC}Aim")
    mirrored = write_denial().replace("a cpec:UnassertedStatement ;", "a rdf:Statement ;")
    assert writer.update(adds(mirrored)).status == 200
    assert writer.update(STATED).status == 422


def test_a_statement_that_is_not_asserted_needs_no_modality_to_be_none(writer: Client) -> None:
    bare = write_denial().replace(" ; cpec:modality cpec:Denied", "")
    assert writer.update(adds(bare)).status == 200
    reply = writer.update(STATED)
    assert reply.status == 422
    assert "is marked as not asserted" in reply.json["detail"]


def test_a_modality_that_is_none_is_named(writer: Client) -> None:
    reply = writer.update(adds(record("Rumoured")))
    assert reply.status == 422
    assert "that is no modality" in reply.json["detail"]


def test_a_property_has_one_modality(writer: Client) -> None:
    second = "cpec:hasPlannedParty cpec:modality cpec:Reported"
    reply = writer.update(adds(second, "graph:ontology"))
    assert reply.status == 422
    assert "cpec:hasPlannedParty" in reply.json["detail"]


def test_a_record_without_a_source_is_held_to_it_too(writer: Client) -> None:
    before = version(writer)
    bare = record("Aim").replace(f"oa:hasSource <{SENTENCE}> ;", "")
    require_refused(writer, writer.update(adds(bare)), before, record=f"{SENTENCE}#1")


def test_what_a_sentence_states_it_does_not_deny(writer: Client) -> None:
    assert writer.update(STATED).status == 200
    before = version(writer)
    require_refused(writer, writer.update(adds(write_denial())), before, record=f"{SENTENCE}#2")
    both = f"DELETE DATA {{ GRAPH <{SENTENCE}> {{ {FACT} }} }} ; {adds(write_denial())}"
    assert writer.update(both).status == 200


@pytest.mark.parametrize(
    ("turtle", "status"),
    [
        (f"{FACT} {{| cpec:modality cpec:Aim |}} .", 422),
        (f"{FACT} ~ <http://x/r> {{| cpec:modality cpec:Denied |}} .", 422),
        (f"{FACT} {{| cpec:modality cpec:Ongoing |}} .", 200),
        (f"<< {FACT} ~ <http://x/r> >> cpec:modality cpec:Aim .", 200),
        (f"<http://x/r> rdf:reifies <<( {FACT} )>> ; cpec:modality cpec:Denied . {FACT} .", 422),
    ],
)
def test_an_annotation_is_held_to_the_same_where_its_triple_is_stated(
    writer: Client, turtle: str, status: int
) -> None:
    prefixes = "".join(
        f"PREFIX {name}: <{start}> "
        for name, start in {
            "cpec": CPEC,
            "id": f"{BASE}id/",
            "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        }.items()
    )
    assert writer.update(f"CREATE SILENT GRAPH <{SENTENCE}>").status == 200
    before = version(writer)
    path = f"/store?graph={SENTENCE}"
    for method in ("PUT", "POST"):
        reply = writer.send(method, path, prefixes + turtle, Content_Type="text/turtle")
        assert reply.status == status, reply.text
        if status == 422:
            require_refused(writer, reply, before, property=f"{CPEC}cooperatesIn")
    update = writer.update(f"INSERT DATA {{ GRAPH <{SENTENCE}> {{ {turtle} }} }}")
    assert update.status == status


def test_an_annotation_that_denies_is_no_reason_to_state(writer: Client) -> None:
    reified = f"<http://x/r> rdf:reifies <<( {FACT} )>> ; cpec:modality cpec:Denied ."
    assert writer.update(adds(reified, f"<{SENTENCE}>")).status == 200
    before = version(writer)
    require_refused(writer, writer.update(STATED), before, record="http://x/r")
    moved = f"INSERT DATA {{ GRAPH <http://x/g> {{ {FACT} }} }} ; MOVE <http://x/g> TO <{SENTENCE}>"
    assert writer.update(moved).status == 200  # the annotation goes as the graph is replaced
    before = version(writer)
    again = writer.update(adds(reified, f"<{SENTENCE}>"))
    require_refused(writer, again, before, record="http://x/r")


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_the_evidence_as_a_graph_is_held_to_it_too(writer: Client, method: str) -> None:
    before = version(writer)
    evidence = writer.get(f"/store?graph={EVIDENCE_GRAPH}", Accept="text/turtle").text
    text = "".join(line + "\n" for line in evidence.splitlines() if line.startswith("@prefix"))
    body = text + "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> ." + record("Aim")
    path = f"/store?graph={EVIDENCE_GRAPH}"
    reply = writer.send(method, path, body, Content_Type="text/turtle")
    require_refused(writer, reply, before, record=f"{SENTENCE}#1")


def test_a_refused_write_is_refused_with_a_condition_too(writer: Client) -> None:
    before = version(writer)
    reply = writer.send(
        "POST",
        f"/store?graph={EVIDENCE_GRAPH}",
        f"@prefix cpec: <{CPEC}> . @prefix id: <{BASE}id/> ."
        "@prefix oa: <http://www.w3.org/ns/oa#> ."
        "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> ." + record("Aim"),
        Content_Type="text/turtle",
        If_Match="*",
    )
    require_refused(writer, reply, before)


def test_a_store_without_a_vocabulary_refuses_nothing(tmp_path: Path) -> None:
    with Endpoint.writable(tmp_path, "--empty") as server:
        update = f"{STATED} ; {adds(record('Aim') + write_denial())}"
        assert server.writer.update(update).status == 200
