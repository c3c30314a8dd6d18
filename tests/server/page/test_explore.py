"""The picture of the graph, its parts, and the line of time."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlencode

import pytest

from bench.client import Client
from bench.endpoint import Endpoint
from graph.presenting.relationship import Relationship
from ontology.namespace import ID
from ontology.terms import CPEC
from server.page.chronology import Moment, draw_times, read_days
from server.page.explore import READ_STATEMENTS
from server.page.network import (
    COLUMNS,
    PICTURE_CLAIMS,
    PICTURE_THINGS,
    draw_network,
    group_claims,
    select_part,
    text_width,
    wrap_name,
)
from tests.server.tags import Tags

BROWSER = "text/html,*/*;q=0.8"


def statement(number: int, subject: str, thing: str, modality: str = "Reported") -> Relationship:
    return Relationship(f"s#{number:04}", subject, f"{CPEC}partyTo", thing, CPEC + modality, "s")


def star(size: int) -> list[Relationship]:
    """Statements from one thing to many, and from each of those to the next."""
    ends = [("hub", f"{place:04}") for place in range(size)]
    ends += [(f"{place:04}", f"{place + 1:04}") for place in range(size - 1)]
    return [statement(number, *pair) for number, pair in enumerate(ends)]


def test_a_small_graph_is_one_part_and_whole() -> None:
    every = star(PICTURE_THINGS - 1)
    statements, parts = select_part(every, 1)
    assert parts == 1
    assert set(statements) == set(every)


def test_a_large_graph_comes_in_parts_that_have_each_statement_once() -> None:
    every = star(500)
    _, parts = select_part(every, 1)
    drawn = [select_part(every, number)[0] for number in range(1, parts + 1)]
    assert sorted(relationship.name for own in drawn for relationship in own) == [
        relationship.name for relationship in every
    ]
    assert (
        max(len({end for relationship in own for end in relationship.ends}) for own in drawn)
        <= PICTURE_THINGS
    )
    assert any("hub" in relationship.ends for relationship in drawn[0])
    assert select_part(every, parts + 1) == ([], parts)


def test_no_name_lies_over_another() -> None:
    kinds = dict.fromkeys(("hub",), "Countries and places")
    every, _ = select_part(star(PICTURE_THINGS - 1), 1)
    things = {end for one in every for end in one.ends} - {"hub"}
    places = [kind for column in COLUMNS for kind in column]
    kinds |= {one: places[number % len(places)] for number, one in enumerate(sorted(things))}
    drawn = draw_network(every, kinds, {one: f"{one} " * (1 + len(one) * 3) for one in kinds})
    assert len(drawn.nodes) == PICTURE_THINGS
    boxes = [
        (node.x, node.y - node.rise, node.x + node.width, node.y + node.rise + 20)
        for node in drawn.nodes
    ]
    for place, (left, top, right, bottom) in enumerate(boxes):
        assert right < drawn.width
        assert bottom <= drawn.height + 20
        for other in boxes[place + 1 :]:
            apart = right < other[0] or other[2] < left or bottom <= other[1] or other[3] <= top
            assert apart, (boxes[place], other)


@pytest.mark.parametrize("name", ["cooperation " * 9, "合作" * 40, "x" * 200, "short"])
def test_a_long_name_is_wrapped_and_whole(name: str) -> None:
    lines = wrap_name(name)
    assert "".join(lines).replace(" ", "") == name.replace(" ", "")
    assert all(text_width(line) < 240 for line in lines)


def test_statements_of_the_same_two_things_are_one_line() -> None:
    two = [statement(1, "a", "b"), statement(2, "a", "b", "Aim")]
    kinds = {"a": "Areas", "b": "Undertakings"}
    (edge,) = draw_network(two, kinds, {"a": "A", "b": "B"}).edges
    assert edge.statements == two


def test_what_several_sources_say_is_said_once() -> None:
    relationships = [statement(n, "a", "b") for n in range(5)] + [statement(9, "a", "b", "Aim")]
    (edge,) = draw_network(
        relationships, {"a": "Areas", "b": "Undertakings"}, {"a": "A", "b": "B"}
    ).edges
    assert [len(same) for same in edge.claims] == [5, 1]


def test_a_part_says_no_more_than_there_is_room_for() -> None:
    things = [f"{n:02}" for n in range(30)]
    pairs = [(one, other) for one in things for other in things if one < other]
    every = [statement(n, *pair) for n, pair in enumerate(pairs * 3)]
    own, parts = select_part(every, 1)
    assert len(group_claims(own)) == PICTURE_CLAIMS
    assert len(own) == 3 * PICTURE_CLAIMS
    drawn = [select_part(every, number)[0] for number in range(1, parts + 1)]
    assert sorted(one.name for part in drawn for one in part) == [one.name for one in every]


def write_statement(subject: int, value: int, article: int) -> str:
    """A statement of an article, its record and its quote."""
    record = f"id:a{article}\\/s01\\#{subject}-{value}"
    return f"""GRAPH id:a{article}\\/s01 {{ id:U{subject} cpec:hasParty id:N{value} }}
      GRAPH graph:evidence {{ {record} rdf:subject id:U{subject} ; rdf:predicate cpec:hasParty ;
        rdf:object id:N{value} ; cpec:modality cpec:Reported ; oa:hasSource id:a{article}\\/s01 ;
        oa:hasSelector [ oa:exact "{"words of the article " * 8}" ] . }}"""


@pytest.mark.long
def test_a_picture_of_many_articles_is_below_200_kilobytes(writer: Client) -> None:
    things = " ".join(
        f'id:U{n} a cpec:Programme ; rdfs:label "programme {n}"@en .'
        f' id:N{n} a cpec:Country ; rdfs:label "country {n}"@en .'
        for n in range(25)
    )
    assert writer.update(f"INSERT DATA {{ GRAPH graph:editorial {{ {things} }} }}").status == 200
    pairs = [(subject, value) for subject in range(25) for value in range(0, 25, 2)]
    for article in range(5):
        statements = " ".join(write_statement(*pair, article) for pair in pairs)
        assert writer.update(f"INSERT DATA {{ {statements} }}").status == 200
    reply = writer.get("/explore", Accept=BROWSER)
    assert len(reply.body) < 200_000
    assert "Part 1 of " in reply.text
    (first, *_) = re.findall(r'<a class="note" href="([^"]+)">and 3 more</a>', reply.text)
    assert re.fullmatch(r"/explain\?s=id%3AU\d+&amp;p=cpec%3AhasParty&amp;o=id%3AN\d+", first)


def data_ends(text: str) -> list[str]:
    tags = Tags(text).found
    return [of["data-ends"] or "" for tag, of in tags if tag == "tr" and "data-ends" in of]


def test_each_statement_has_a_row_with_its_words_and_the_sentence(client: Client) -> None:
    text = client.get("/explore", Accept=BROWSER).text
    assert len(data_ends(text)) > 60
    tasks = client.get("/explore?modality=Tasked", Accept=BROWSER).text
    assert "tasked the Higher Education Commission" in tasks
    links = [of["href"] for tag, of in Tags(text).found if of.get("class") == "edge"]
    assert len(links) > 40
    for link in set(links):
        assert re.fullmatch(r"/page/[a-z0-9-]+/s\d\d|/graph/background/.*", link or "")


def test_the_picture_is_filtered_by_kind_and_modality(client: Client) -> None:
    text = client.get("/explore?modality=Tasked", Accept=BROWSER).text
    assert 'class="m-Tasked"' in text
    assert not re.search(r'<a class="edge"[^>]*>.{0,300}class="m-Reported"', text)
    text = client.get("/explore?kind=countries&kind=areas", Accept=BROWSER).text
    headings = re.findall(r'<text class="kind"[^>]*>([^<]+)', text)
    assert headings == ["Countries and places", "Areas"]
    text = client.get("/explore?kind=documents&modality=Tasked", Accept=BROWSER).text
    assert "No statement is left" in text


def test_what_is_around_a_thing_is_drawn_alone(client: Client) -> None:
    text = client.get("/explore?around=HEC", Accept=BROWSER).text
    assert "Around Higher Education Commission" in text
    assert 0 < len(data_ends(text)) < 12
    strange = client.get("/explore?around=%22%3E%3Cscript%3E", Accept=BROWSER)
    assert strange.status == 200
    assert "<script>" not in strange.text
    assert len(data_ends(strange.text)) > 60


@pytest.mark.parametrize("query", ["kind=nothing", "modality=Sure", "modality=%3Cb%3E"])
def test_a_filter_that_is_none_is_refused(client: Client, query: str) -> None:
    reply = client.get(f"/explore?{query}", Accept="application/json")
    assert reply.status == 400
    assert "is not one of" in reply.json["detail"]


def test_names_stand_in_the_language_of_the_page(client: Client) -> None:
    text = client.get("/explore?names=zh", Accept=BROWSER).text
    assert re.search(r'<text[^>]* lang="zh">&#x2068;巴基斯坦&#x2069;</text>', text)


def test_statements_are_sentences_of_the_language_of_names(client: Client) -> None:
    text = client.get("/explore?names=ur", Accept=BROWSER).text
    rows = re.findall(r'<tr role="row" data-ends[^>]*><td role="cell">(.*?)</td>', text, re.DOTALL)
    assert "پاکستان کا چین کے ساتھ تعاون ہے" in [re.sub("<[^>]+>", "", row).strip() for row in rows]


def test_a_day_a_month_and_a_year_stand_on_one_axis() -> None:
    own = statement(1, ID + "a", ID + "b")
    timeline = draw_times(
        [Moment(own, text, text == "2026") for text in ("2026", "2026-03", "2026-12-31")]
    )
    assert [(moment.text, x, length) for moment, x, length, _ in timeline.rows] == [
        ("2026-03", 45.4, 23.1),
        ("2026-12-31", 280.0, 0.0),
        ("2026", 0.0, 280.0),
    ]
    assert timeline.ticks[0][1] == "Jan 2026"
    assert [words for *_, words in timeline.rows] == ["March 2026", "31 December 2026", "2026"]


@pytest.mark.parametrize("text", ["", "soon", "2026-13", "2026-02-30", "1-2-3-4", "99999"])
def test_what_is_no_date_is_left_out(text: str) -> None:
    assert read_days(text) is None
    assert draw_times([Moment(statement(1, "a", "b"), text, is_aim=False)]).rows == []


def test_the_line_of_time_has_events_and_aims(client: Client) -> None:
    line = client.get("/timeline?only=inp-wealthpk-2026-04-29", Accept=BROWSER).text
    assert line.index("31 March 2026") < line.index("told 29 April 2026")
    assert "signed on March 31, 2026" in line
    assert line.count('class="hollow"') >= 10


OWN = """PREFIX ex: <http://example.org/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
INSERT DATA { %s
  ex:Person a owl:Class ; rdfs:label "Person"@en .
  ex:Group a owl:Class ; rdfs:label "Research group"@en .
  ex:memberOf rdfs:label "is a member of"@en .
  ex:ada a ex:Person , ex:Agent ; rdfs:label "Ada"@en ; ex:memberOf ex:analysts ; ex:knows ex:mary .
  ex:mary a ex:Person , ex:Agent ; rdfs:label "Mary"@en .
  ex:analysts a ex:Group , ex:Agent ; ex:basedIn ex:London . ex:London a ex:City . %s }"""


@pytest.mark.long
@pytest.mark.parametrize(
    ("default", "begin", "end"), [("union", "GRAPH ex:g {", "}"), ("own", "", "")]
)
def test_a_graph_of_another_ontology_is_drawn_by_its_own_classes(
    tmp_path: Path, default: str, begin: str, end: str
) -> None:
    with Endpoint.writable(tmp_path, "--empty", "--default-graph", default) as endpoint:
        owner = endpoint.writer
        assert "No statement is left" in owner.get("/explore", Accept=BROWSER).text
        assert owner.update(OWN % (begin, end)).status == 200
        text = owner.get("/explore", Accept=BROWSER).text
        drawn = [of["data-around"] for _, of in Tags(text).found if "data-around" in of]
        names = ("London", "ada", "analysts", "mary")
        assert sorted(filter(None, drawn)) == [f"http://example.org/{name}" for name in names]
        assert "Research group" in text
        assert "Ada is a member of analysts" in text
        assert "Agent" not in text
        assert "How it is meant" not in text
        only = owner.get("/explore?kind=person", Accept=BROWSER).text
        assert "Ada knows Mary" in only
        assert "analysts" not in only
        near = owner.get("/explore?around=http://example.org/mary", Accept=BROWSER).text
        assert "analysts" not in near
        refused = owner.get("/explore?kind=areas", Accept=BROWSER)
        assert refused.status == 400
        assert "city, research-group" in refused.text
        assert "than are looked at" not in text
        people = " ".join(f"ex:ada ex:knows ex:p{number} ." for number in range(READ_STATEMENTS))
        assert owner.update(OWN % (f"{begin} {people}", end)).status == 200
        assert "the first 5,000." in owner.get("/explore", Accept=BROWSER).text


@pytest.mark.parametrize("part", ["0", "-1", "abc", "1000000", "", "١"])
def test_a_part_that_is_no_number_is_refused_by_name(client: Client, part: str) -> None:
    reply = client.get(f"/explore?{urlencode({'part': part})}", Accept="text/html")
    assert reply.status == 400
    assert "Part is a number from 1 to 999999" in reply.text
