"""Why a triple holds, over a real socket: as JSON, as RDF, as a page."""

import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from jsonschema import Draft202012Validator
from pyoxigraph import NamedNode, RdfFormat, Store

from bench.client import Client
from bench.wire import Reply
from graph.publishing.schema import read_schema
from ontology.namespace import HEAD, ID, INFERRED_GRAPH
from ontology.terms import CPEC
from tests.server.tags import Tags, scripts

SCHEMA = Draft202012Validator(json.loads(read_schema("explanation")))
S08 = f"{ID}inp-wealthpk-2026-04-29/s08"
AI = ("Pakistan", "cooperatesIn", "Artificial_Intelligence")
SIGNED = ("JCC14_Minutes_Signing", "date", "2026-03-31")


def explain(client: Client, triple: tuple[str, ...], accept: str = "*/*", **more: str) -> Reply:
    given = {**dict(zip("spo", triple, strict=False)), **more}
    return client.get(f"/explain?{urlencode(given)}", Accept=accept)


def read_explanation(client: Client, triple: tuple[str, ...]) -> dict[str, Any]:
    reply = explain(client, triple)
    assert reply.status == 200, reply.body
    assert reply.type == "application/json"
    explanation: dict[str, Any] = reply.json
    SCHEMA.validate(explanation)
    return explanation


def ends(tree: dict[str, Any]) -> list[dict[str, Any]]:
    if "graphs" in tree:
        return [tree]
    return [end for premise in tree["premises"] for end in ends(premise)]


def test_an_inference_is_followed_to_the_sentence(client: Client) -> None:
    explanation = read_explanation(client, AI)
    assert explanation["words"] == "Pakistan cooperates in artificial intelligence"
    assert explanation["modality"]["name"] == "going on"
    assert explanation["stated"] == []
    (proof,) = explanation["proofs"]
    assert proof["modality"]["name"] == "going on"
    (party,) = [end for end in ends(proof["tree"]) if " hasJointParty " in end["names"]]
    quote = "cooperation under the Pakistan-China artificial intelligence … framework"
    assert party["quotes"] == {S08: [quote]}
    assert party["modality"]["name"] == "going on"
    assert party["readings"][S08]
    assert explanation["sources"][S08]["quote"] == quote
    assert proof["graphs"] == [S08]
    assert proof["tree"]["rule"]["name"] == "prp-spo2"
    assert proof["tree"]["rule"]["reading"] == (
        "If A is a joint party to B and B concerns C, then A cooperates in C."
    )
    assert {tuple(end["graphs"]) for end in ends(proof["tree"])} == {(S08,)}
    assert explanation["citation"].startswith(
        "Pakistan cooperates in artificial intelligence (going on). "
        "INP-WealthPk, 29 April 2026, sentence 8: “"
    )
    assert "Inferred from “" in explanation["citation"]
    assert explanation["sources"][S08]["published"] == "2026-04-29"


def test_a_statement_names_its_article_and_publisher(client: Client) -> None:
    explanation = read_explanation(
        client, ("Climate_Initiatives", "aimsAt", "Goal_Climate_Resilience")
    )
    assert explanation["corroboration"]["articles"] == [f"{ID}inp-wealthpk-2026-04-29"]
    assert explanation["corroboration"]["publishers"] == [f"{ID}INP_WealthPk"]
    assert explanation["contested"] == []


def test_articles_that_pass_on_one_text_are_one_origin(client: Client) -> None:
    names = ("JCC_Meeting_10_Planned", "statusOf", "JCC_Meeting_10")
    corroboration = read_explanation(client, names)["corroboration"]
    assert [len(corroboration[name]) for name in ("articles", "publishers", "origins")] == [5, 4, 4]
    assert f"{ID}urdupoint-2021-07-10" in corroboration["articles"]
    assert f"{ID}urdupoint-2021-07-10" not in corroboration["origins"]
    page = explain(client, names, "text/html").text
    assert "5 articles · 4 publishers · 4 origins" in page


def test_the_last_status_of_a_thing_is_told(client: Client) -> None:
    names = ("Solar_Gift_2022", "donor", "China")
    (status,) = read_explanation(client, names)["statuses"]
    assert (status["thing"], status["ended"]) == (f"{ID}Solar_Gift_2022", True)
    assert status["words"] == "gift of solar systems (2022): handed over (31 July 2022)"
    assert status["words"] in explain(client, names, "text/html").text
    (status,) = read_explanation(client, ("Solar_Balochistan_2025", "donor", "China"))["statuses"]
    assert (status["ended"], status["status"]["value"]) == (False, f"{CPEC}Begun")


@pytest.mark.parametrize(
    "value", ["2026-03-31", '"2026-03-31"^^xsd:date', "'2026-03-31'^^xsd:date"]
)
@pytest.mark.parametrize("prefix", ["", "id:", ID])
def test_names_and_literals_may_be_written_short_or_whole(
    client: Client, prefix: str, value: str
) -> None:
    explanation = read_explanation(client, (prefix + SIGNED[0], SIGNED[1], value))
    assert explanation["triple"]["object"]["value"] == "2026-03-31"
    assert "31 March 2026" in explanation["words"]


def test_every_triple_that_is_inferred_is_explained(client: Client, store: Store) -> None:
    inferred = list(store.quads_for_pattern(None, None, None, NamedNode(INFERRED_GRAPH)))
    for quad in inferred[:: max(1, len(inferred) // 60)]:
        explanation = read_explanation(
            client, (str(quad.subject), str(quad.predicate), str(quad.object))
        )
        assert explanation["proofs"], quad
        assert all(INFERRED_GRAPH not in proof["graphs"] for proof in explanation["proofs"])


def test_turtle_says_what_follows_from_what_and_where_it_is_written(client: Client) -> None:
    reply = explain(client, AI, "text/turtle")
    assert reply.type == "text/turtle"
    store = Store()
    store.load(reply.body, RdfFormat.TURTLE)
    ask = HEAD + (
        "ASK { ?whole rdf:subject id:Pakistan ; rdf:predicate cpec:cooperatesIn ;"
        " rdf:object id:Artificial_Intelligence ."
        " ?proof prov:specializationOf ?whole ; prov:wasDerivedFrom ?sentence ;"
        " prov:wasGeneratedBy [ a prov:Activity ;"
        " prov:qualifiedAssociation/prov:hadPlan/dcterms:identifier 'prp-spo2' ;"
        " prov:used ?premise ] . ?premise a rdf:Statement ."
        " ?sentence oa:hasSelector [ a oa:TextQuoteSelector ; oa:exact ?quote ] ,"
        " [ a oa:TextPositionSelector ; oa:start ?start ] ; oa:hasSource/dcterms:title ?title }"
    )
    assert store.query(ask)


def test_a_page_says_it_in_words_with_numbered_sources(client: Client) -> None:
    reply = explain(client, AI, "text/html")
    page = reply.text
    assert reply.type == "text/html"
    assert "default-src 'self'" in reply.headers["Content-Security-Policy"]
    assert "<bdi>Pakistan cooperates in artificial intelligence</bdi></h1>" in page
    assert "framework has Pakistan as a joint party</bdi>" in page
    assert "If A has B as a joint party, then B is a joint party to A.</bdi></p>" in page
    assert "prp-" not in re.sub(r"<[^>]*>", "", page)
    marks, anchors = (
        re.findall(r'href="#(source-\d+)"', page),
        re.findall(r'id="(source-\d+)"', page),
    )
    assert marks
    assert set(marks) == set(anchors)
    assert scripts(Tags(page).found) == ["/static/site.js"]


@pytest.mark.parametrize(
    ("language", "title", "rule"),
    [
        (
            "ur",
            "پاکستان کا مصنوعی ذہانت میں تعاون ہے",
            (
                "اگر A کو B میں مشترکہ فریق کی حیثیت حاصل ہے"
                " اور B کا تعلق C سے ہے، تو A کا C میں تعاون ہے۔"
            ),
        ),
        ("zh", "巴基斯坦在人工智能方面合作", "如果A是B的共同参与方，且B涉及C，则A在C方面合作。"),
    ],
)
def test_a_page_in_a_language_says_it_there(
    client: Client, language: str, title: str, rule: str
) -> None:
    page = explain(client, AI, "text/html", names=language).text
    assert f"<bdi>{title}</bdi></h1>" in page
    assert f"<bdi>{rule}</bdi></p>" in page
    assert read_explanation(client, AI)["translations"][language] == title


def test_words_that_run_from_right_to_left_leave_the_marks_where_they_are(client: Client) -> None:
    reply = explain(client, ("Pakistan", "rdfs:label", '"پاکستان"@ur'), "text/html")
    page = reply.text
    assert re.search(
        r'<li><bdi>Pakistan is called “پاکستان”</bdi> <a class="chip" href=.#source-own.', page
    )
    assert "No article states it in so many words." in page


def test_a_triple_that_does_not_hold_is_not_found_and_the_nearest_are_named(client: Client) -> None:
    for value in ("Robotics", "nonsense"):
        reply = explain(client, (*AI[:2], value))
        problem = reply.json
        assert reply.status == problem["status"] == 404
        assert problem["detail"].startswith("not in the graph: id:Pakistan cpec:cooperatesIn ")
        assert "id:Pakistan cpec:cooperatesIn id:Artificial_Intelligence" in problem["nearest"]


@pytest.mark.parametrize(
    ("triple", "more", "accept", "status", "detail"),
    [
        (("Pakistan", "cooperatesIn"), {}, "*/*", 400, "o= is missing"),
        ((), {}, "*/*", 400, "s= is missing"),
        (("Pakistn", *AI[1:]), {}, "*/*", 404, "did you mean Pakistan?"),
        ((*AI[:2], '"x'), {}, "*/*", 400, "is not a literal of Turtle"),
        ((*AI[:2], '"x" . <x:a> <x:b> <x:c>'), {}, "*/*", 400, "is not one literal"),
        ((*AI[:2], "<javascript:alert(1)>"), {}, "*/*", 404, "not in the graph"),
        ((*AI[:2], "<a b>"), {}, "*/*", 404, "not in the graph"),
        (AI, {"format": "pdf"}, "*/*", 400, "format=pdf is not one of"),
        (AI, {}, "image/png", 406, "this is written in"),
    ],
)
def test_what_cannot_be_explained_is_a_problem_that_says_why(
    client: Client,
    triple: tuple[str, ...],
    more: dict[str, str],
    accept: str,
    status: int,
    detail: str,
) -> None:
    reply = explain(client, triple, accept, **more)
    assert reply.status == status
    assert detail in reply.json["detail"]


def test_an_explanation_has_an_entity_tag_for_each_format(client: Client) -> None:
    replies = [explain(client, AI, format=form) for form in ("json", "ttl", "html")]
    tags = [reply.headers["ETag"] for reply in replies]
    assert len(set(tags)) == 3
    query = urlencode({**dict(zip("spo", AI, strict=True)), "format": "ttl"})
    assert client.get(f"/explain?{query}", If_None_Match=tags[1]).status == 304


def test_every_inference_on_the_page_of_an_entity_leads_to_its_explanation(client: Client) -> None:
    page = client.get("/page/Pakistan", Accept="text/html").text
    links = re.findall(r'href="(/explain\?[^"]+)"', page)
    assert len(links) >= 10
    for link in links:
        reply = client.get(link.replace("&amp;", "&"), Accept="application/json")
        assert reply.status == 200, link
        SCHEMA.validate(reply.json)


def test_the_page_of_a_question_numbers_its_sources(client: Client) -> None:
    page = client.get("/questions/intended-areas", Accept="text/html").text
    assert re.search(r'<a class="chip" href="#source-\d+"[^>]*>\d+</a>', page)
    assert "8 September 2025" in page
    assert "No source says that Pakistan cooperates in " in page


def test_the_vocabulary_is_taken_as_given(client: Client) -> None:
    explanation = read_explanation(client, (CPEC + "cooperatesIn", "rdfs:domain", "cpec:Country"))
    assert [proof["graphs"] for proof in explanation["proofs"]] == [[]]
    assert explain(client, ("cooperatesIn", "rdfs:domain", "Country"), "text/html").status == 200


def test_a_page_breaks_where_lines_and_long_names_need_it(client: Client) -> None:
    address = "/explain?s=Pakistan&p=cooperatesIn&o=Robotics"
    page = client.get(address, Accept="text/html").text
    assert '<p class="detail">Not in the graph:' in page
    style = client.get("/static/site.css").text
    assert ".detail { white-space: pre-line; }" in style  # the nearest triples, a line each


def test_an_explanation_in_json_links_to_its_schema(client: Client) -> None:
    link = f"<{client.address}/explanation.schema.json>"
    for accept, linked in (("application/json", True), ("text/turtle", False)):
        headers = explain(client, AI, accept).headers.get_all("Link", [])
        assert any(header.startswith(link) for header in headers) is linked
    assert client.get("/explanation.schema.json").json["$id"].endswith("/explanation.schema.json")
