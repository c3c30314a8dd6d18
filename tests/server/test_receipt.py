"""Receipts: an answer says later whether it is still the cited answer."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest

from bench.client import Client
from bench.endpoint import Endpoint, tune
from bench.wire import Reply
from graph.snapshot import Snapshot
from ontology.namespace import ID
from server.receipt import OTHER_SOURCES, Receipt
from tests.conftest import ROOT

BROWSER = "text/html,*/*;q=0.8"
AREAS = "SELECT ?area ?label { id:Pakistan cpec:cooperatesIn ?area . ?area rdfs:label ?label }"
FRAMEWORK = "SELECT * { id:AI_Framework cpec:hasParty ?party }"
OTHER = f"0123456789abcdef.sha256-{'0' * 64}"
"""A receipt of a version that never was."""


def permalink(reply: Reply) -> str:
    """Return the address by which an answer is cited."""
    (link,) = [
        link for link in reply.headers.get_all("Link", []) if link.endswith('; rel="cite-as"')
    ]
    return unescape(link[1 : link.index(">")])


def receipt(reply: Reply) -> str:
    """Return the receipt of an answer."""
    return parse_qs(urlsplit(permalink(reply)).query)["receipt"][0]


def path_of(address: str) -> str:
    """Return an address without its host."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def notice(page: Reply) -> str:
    """Return the notice of a page about a receipt."""
    pattern = r'<div class="receipt [a-z-]+" role="status"><p>(.*?)</div>'
    (text,) = re.findall(pattern, page.text)
    return re.sub(r"\s+", " ", unescape(re.sub("<[^>]+>", "", text)))


@pytest.fixture(scope="module")
def editable(tmp_path_factory: pytest.TempPathFactory, snapshot: Snapshot) -> Iterator[Client]:
    """A client that may write, of a server with the shipped graph."""
    folder = tmp_path_factory.mktemp("editable")
    options = ("--out", str(snapshot.path.parent), "--processes", "1")
    with Endpoint.writable(folder, *options) as endpoint:
        yield endpoint.writer


@pytest.mark.parametrize("text", [AREAS, "ASK {}", "DESCRIBE id:HEC", "SELECT * { id:HEC ?p ?o }"])
def test_the_receipt_is_that_of_the_rows_in_whatever_format(client: Client, text: str) -> None:
    graph = "DESCRIBE" in text
    formats = ("ttl", "nt", "jsonld") if graph else ("json", "csv", "tsv", "xml")
    replies = {form: client.query(text, format=form, receipt="") for form in formats}
    (shared,) = {receipt(reply) for reply in replies.values()}
    lines = replies["nt" if graph else "tsv"].body.splitlines(keepends=True)
    if "SELECT" in text:
        del lines[0]
    if text == "ASK {}":
        lines = [b"true\n"]
    version = client.get("/ready").json["version"]
    rows, _, others = shared.partition(".proofs-")
    assert rows == f"{version}.sha256-{sha256(b''.join(sorted(lines))).hexdigest()}"
    assert re.fullmatch(r"[0-9a-f]{64}\.words-[0-9a-f]{64}", others)


def test_the_check_of_the_documentation_gives_the_hash_of_the_receipt(client: Client) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is missing: apt-get install curl")
    text = (ROOT / "docs" / "citing.md").read_text("utf-8")
    (check,) = re.findall(r"```sh\n(curl .*)\n```", text)
    command = check.replace("http://localhost:8000", client.address)
    done = subprocess.run(["/bin/bash", "-c", command], capture_output=True, text=True, check=True)
    (path,) = re.findall(r"localhost:8000(/[^?']+)", check)
    rows, _, others = receipt(client.get(f"{path}?receipt=")).partition(".proofs-")
    assert rows.endswith(f".sha256-{done.stdout.split()[0]}")
    (program,) = re.findall(r"```python\n(import hashlib.*?)```", text, re.DOTALL)
    program = program.replace("http://localhost:8000", client.address)
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert others.partition(".words-")[0] == done.stdout.strip()


def test_an_order_and_a_way_of_asking_make_no_difference(client: Client) -> None:
    up, down = (client.query(f"{AREAS} ORDER BY {way}(?area)", receipt="") for way in ("", "DESC"))
    assert up.body != down.body
    assert receipt(up) == receipt(down)
    form = urlencode({"query": AREAS, "receipt": ""})
    posted = client.send(
        "POST", "/sparql", form, Content_Type="application/x-www-form-urlencoded", Accept="*/*"
    )
    direct = client.send(
        "POST", "/sparql?receipt=", AREAS, Content_Type="application/sparql-query", Accept="*/*"
    )
    assert permalink(posted) == permalink(direct) == permalink(client.query(AREAS, receipt=""))


def test_the_permalink_gives_the_answer_and_says_that_it_is_the_same(client: Client) -> None:
    first = client.query(AREAS, "text/csv", receipt="")
    again = client.get(path_of(permalink(first)), Accept="text/csv")
    assert (again.status, again.body) == (200, first.body)
    assert again.headers["Receipt-Status"] == "same"
    page = client.get(path_of(permalink(first)), Accept=BROWSER)
    assert "The same answer as when it was cited, from the same version" in notice(page)
    assert "artificial intelligence" in page.text


def test_a_question_has_the_same_receipt_for_programs_and_for_people(client: Client) -> None:
    program = permalink(client.get("/api/queries/aims?undertaking=CPEC_Phase_II&receipt="))
    page = client.get("/questions/aims?undertaking=CPEC_Phase_II", Accept=BROWSER)
    assert re.findall('rel="cite-as" href="([^"]+)"', unescape(page.text)) == [program]
    assert program in unescape(page.text).partition('<p id="citation">')[2]
    assert client.get(path_of(program), Accept="text/csv").headers["Receipt-Status"] == "same"


STATED = "id:AI_Framework cpec:hasJointParty id:China , id:Pakistan ; cpec:concernsArea id:Falconry"
COUNTED = "SELECT (COUNT(?area) AS ?areas) { id:AI_Framework cpec:concernsArea ?area }"
FOLLOWS = "s=China&p=cooperatesIn&o=Falconry"


def test_a_statement_that_moved_to_another_source_is_told(editable: Client) -> None:
    text = "SELECT ?area { id:AI_Framework cpec:concernsArea ?area }"
    first, second = (f"https://w3id.org/cpec-graph/id/moved/s0{number}" for number in (1, 2))
    assert editable.update(f"INSERT DATA {{ GRAPH <{first}> {{ {STATED} }} }}").status == 200
    paths = [
        path_of(permalink(editable.query(text, receipt=""))),
        path_of(permalink(editable.query(COUNTED, receipt=""))),
        path_of(permalink(editable.get(f"/explain?{FOLLOWS}&receipt="))),
        path_of(editable.get(f"/cite?{FOLLOWS}").json["permalink"]),
        path_of(editable.get("/cite?id=Falconry").json["permalink"]),
    ]
    assert all(".proofs-" in path for path in paths)
    alone = [path.partition(".proofs-")[0] for path in paths[:-1]]
    assert editable.update(f"MOVE <{first}> TO <{second}>").status == 200
    for path in paths:
        reply = editable.get(path, Accept="application/ld+json;q=.1,*/*")
        expected = "changed" if "/page/" in path else "same rows, other sources"
        assert reply.headers["Receipt-Status"] == expected, path
    assert "The same rows, other sources." in notice(editable.get(paths[0], Accept=BROWSER))
    assert "The same rows, other sources." in notice(editable.get(paths[2], Accept=BROWSER))
    for path in alone:
        assert editable.get(path).headers["Receipt-Status"] == "same rows"
        assert "only the rows were compared" in notice(editable.get(path, Accept=BROWSER))
    assert editable.update(f"MOVE <{second}> TO <{first}>").status == 200
    for path in paths:
        assert editable.get(path, Accept=BROWSER).headers.get("Receipt-Status", "same") == "same"
    assert editable.update(f"DROP GRAPH <{first}>").status == 200


SAID = "https://w3id.org/cpec-graph/id/said/s01"
RECORD = f"GRAPH graph:evidence {{ <{SAID}#1>"
WORDED = f"""INSERT DATA {{
  GRAPH <{SAID}> {{ id:AI_Framework cpec:concernsArea id:Archery }}
  {RECORD} a rdf:Statement ; oa:hasSource <{SAID}> ; cpec:modality cpec:Reported ;
    rdf:subject id:AI_Framework ; rdf:predicate cpec:concernsArea ; rdf:object id:Archery ;
    oa:hasSelector <{SAID}#quote> . <{SAID}#quote> a oa:TextQuoteSelector ; oa:exact "archery" .
    <{SAID}> a cpec:Sentence ; schema:sha256 "{"0" * 64}" . id:said a cpec:NewsArticle }} }}"""
DENIAL = """GRAPH graph:evidence { id:no a cpec:UnassertedStatement ; oa:hasSource id:x ;
  cpec:saidSubject id:AI_Framework ; cpec:saidPredicate cpec:concernsArea ;
  cpec:saidObject id:Archery ; cpec:modality cpec:Denied"""
TEXT_IS = f"GRAPH graph:evidence {{ <{SAID}> schema:sha256"
REWORDED = {
    "then reported, now going on": tuple(
        f"{RECORD} cpec:modality cpec:{name}" for name in ("Reported", "Ongoing")
    ),
    "now reported according to": ("", f"{RECORD} cpec:attributedTo id:HEC"),
    "the text of a source is another": tuple(f'{TEXT_IS} "{digit * 64}"' for digit in "01"),
    "other sources deny it": ("", DENIAL),
}
"""The removed and added quads of a change of words, by what a page says of it."""


@pytest.mark.parametrize("words", REWORDED)
def test_other_words_of_the_same_rows_are_told(editable: Client, words: str) -> None:
    assert editable.update(WORDED).status == 200
    text = "SELECT ?area { id:AI_Framework cpec:concernsArea ?area }"
    path, counted = (path_of(permalink(editable.query(own, receipt=""))) for own in (text, COUNTED))
    thing = path_of(editable.get("/cite?id=Archery").json["permalink"])
    stated = path_of(
        editable.get("/cite?s=AI_Framework&p=concernsArea&o=Archery").json["permalink"]
    )
    old = path.partition(".words-")[0]
    removed, added = (f"{part} }} }}" if part else "}" for part in REWORDED[words])
    assert editable.update(f"DELETE DATA {{ {removed} ; INSERT DATA {{ {added}").status == 200
    status = {
        p: editable.get(p, Accept="*/*").headers["Receipt-Status"] for p in (path, stated, counted)
    }
    assert set(status.values()) == {"same rows, other words"}
    # a denial is a quad about the thing, so its rows have changed
    pages = (path, stated) if "deny" in words else (path, stated, thing)
    for page in pages:
        seen = notice(editable.get(page, Accept=BROWSER))
        assert "The same rows, other words." in seen
        assert words in seen, page
    assert words.rsplit(maxsplit=1)[-1] in notice(editable.get(counted, Accept=BROWSER))
    assert editable.get(old).headers["Receipt-Status"] == "same rows and sources"
    assert "who says so, was not compared" in notice(editable.get(old, Accept=BROWSER))
    since = editable.query(text, since=parse_qs(urlsplit(path).query)["receipt"][0]).json
    ((reworded,), moved) = since["reworded"], since["came"] + since["went"]
    assert (reworded["row"]["area"]["value"], moved) == (f"{ID}Archery", [])
    assert reworded["write"] == since["version"]
    assert reworded["before"] != reworded["after"]
    editable.update(f"DELETE DATA {{ {added} ; INSERT DATA {{ {removed}")
    assert editable.get(path).headers["Receipt-Status"] == "same"
    assert editable.update(WORDED.replace("INSERT", "DELETE")).status == 200


def test_a_better_label_or_a_shorter_quotation_is_no_other_word(editable: Client) -> None:
    assert editable.update(WORDED).status == 200
    path = path_of(
        permalink(editable.query("SELECT ?x { ?x cpec:concernsArea id:Archery }", receipt=""))
    )
    text = (
        f'DELETE DATA {{ GRAPH graph:evidence {{ <{SAID}#quote> oa:exact "archery" }} }} ; '
        f'INSERT DATA {{ GRAPH graph:evidence {{ <{SAID}#quote> oa:exact "arch" }} '
        'GRAPH graph:editorial { id:HEC rdfs:label "HEC"@fr . id:Archery rdfs:label "x"@ur } }'
    )
    assert editable.update(text).status == 200
    assert editable.get(path).headers["Receipt-Status"] == "same"


def test_a_hash_of_proofs_that_the_same_version_does_not_give_was_altered(client: Client) -> None:
    given = (
        receipt(client.query(AREAS, receipt="")).partition(".proofs-")[0] + ".proofs-" + "0" * 64
    )
    assert client.query(AREAS, receipt=given).headers["Receipt-Status"] == "altered"
    other = f"0123456789abcdef{given[16:]}"
    assert client.query(AREAS, receipt=other).headers["Receipt-Status"] == OTHER_SOURCES


def test_a_receipt_without_a_hash_of_proofs_says_why(client: Client) -> None:
    text = "SELECT DISTINCT ?class { VALUES ?class { cpec:Event } ?thing a ?class }"
    told = client.get(f"/cite?{urlencode({'query': text})}").json
    assert "may have proofs that were not found" in told["unproved"]
    assert told["permalink"].endswith(told["sha256"])
    page = client.get(f"/cite?{urlencode({'query': text})}", Accept=BROWSER)
    assert f"The proofs of the rows have no hash: {told['unproved']}" in unescape(page.text)
    given = f"0123456789abcdef.sha256-{told['sha256']}.proofs-{'0' * 64}"
    assert client.query(text, receipt=given).headers["Receipt-Status"] == "undecided"
    seen = notice(client.query(text, BROWSER, receipt=given))
    assert f"whether they have the same sources cannot be told: {told['unproved']}" in seen


def test_the_receipt_of_an_inference_without_proofs_is_its_version_alone() -> None:
    inferred = Receipt("v", "0" * 64, 1, unproved="a reason").withhold()
    assert (str(inferred), inferred.reason) == ("v", "a reason")
    assert Receipt("w", "0" * 64).status(inferred) == "same rows"
    proved = Receipt("v", "0" * 64, 1, proofs="1" * 64)
    assert proved.withhold() is proved


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        (OTHER, "changed", "which is not served here; below is today’s"),
        ("{version}.sha256-" + "0" * 64, "altered", "its address was altered"),
        ("0123456789abcdef.sha256-{hash}", "same rows", "The dataset has changed since"),
        ("{version}", "undecided", "The dataset is the same"),
        ("0123456789abcdef", "undecided", "the receipt has no hash of its rows"),
    ],
)
def test_a_receipt_of_another_version_or_hash_is_answered_plainly(
    client: Client, given: str, status: str, words: str
) -> None:
    whole = receipt(client.query(AREAS, receipt=""))
    version, _, digest = whole.partition(".proofs-")[0].partition(".sha256-")
    text = given.format(version=version, hash=digest)
    reply = client.query(AREAS, receipt=text)
    assert (reply.status, reply.headers["Receipt-Status"]) == (200, status)
    page = client.query(AREAS, BROWSER, receipt=text)
    assert page.status == 200
    assert words.lower() in notice(page).lower()


@pytest.mark.parametrize(
    "given",
    [
        *("x.y", "a b", "<script>", "%", "\u202e", "v" * 101),
        *("v.sha256-" + "0" * 40_000, f".sha256-{'0' * 64}", f"v.sha256-{'0' * 63}"),
        *(f"v.sha256-{'g' * 64}", f"v.md5-{'0' * 64}"),
    ],
)
@pytest.mark.parametrize("path", ["/sparql?query=ASK{}", "/questions/aims?", "/cite?question=aims"])
def test_what_is_no_receipt_is_refused_in_words(client: Client, path: str, given: str) -> None:
    for accept in ("application/json", BROWSER):
        reply = client.get(f"{path}&receipt={quote(given)}", Accept=accept)
        assert reply.status == 400, path
        assert "it is a version of the dataset" in unescape(reply.text)
        assert reply.type != "text/html" or "<script>" not in reply.text


def test_two_receipts_are_refused(client: Client) -> None:
    reply = client.get(f"/sparql?query=ASK%7B%7D&receipt={OTHER}&receipt=", Accept="*/*")
    assert (reply.status, "exactly one receipt" in reply.text) == (400, True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("SELECT ?s { ?s a cpec:Sentence } LIMIT 2", "ORDER BY does not name every column"),
        ("SELECT (NOW() AS ?x) {}", "NOW gives another value each time"),
        ("SELECT (BNODE() AS ?x) {}", "BNODE"),
    ],
)
def test_rows_that_may_be_others_have_no_hash_and_it_is_said_why(
    client: Client, text: str, reason: str
) -> None:
    version = client.get("/ready").json["version"]
    assert receipt(client.query(text, receipt="")) == version
    citation = client.get(f"/cite?{urlencode({'query': text})}").json
    assert (citation["version"], "sha256" in citation) == (version, False)
    assert reason in citation["unhashed"]
    again = client.query(text, BROWSER, receipt=version)
    assert reason in notice(again)


@pytest.mark.long
def test_an_answer_too_large_for_a_hash_is_answered_without(
    client: Client, tmp_path: Path, snapshot: Snapshot
) -> None:
    text = "SELECT ?s ?x { ?s a cpec:Sentence ; ?p ?x FILTER ISIRI(?x) }"
    most = len(client.query(text, "text/csv").body) + 1
    options = ("--out", str(snapshot.path.parent))
    with Endpoint.start(tmp_path, *options, command=tune(max_answer=most)) as endpoint:
        reply = endpoint.client.query(text, "text/csv", receipt=OTHER)
    assert (reply.status, reply.headers["Receipt-Status"]) == (200, "undecided")
    assert "sha256" not in receipt(reply)


def test_a_change_elsewhere_leaves_an_answer_the_same_and_one_in_it_does_not(
    editable: Client,
) -> None:
    cited = path_of(permalink(editable.query(FRAMEWORK, receipt="")))
    statement = "/explain?s=AI_Framework&p=hasParty&o=China"
    stated = path_of(permalink(editable.get(f"{statement}&receipt=")))
    assert editable.update('INSERT DATA { GRAPH <x:g> { id:HEC rdfs:comment "x" } }').status == 200
    assert editable.get(cited).headers["Receipt-Status"] == "same"
    assert "and these rows have not" in notice(editable.get(cited, Accept=BROWSER))
    assert editable.get(stated).headers["Receipt-Status"] == "same"

    text = "INSERT DATA { GRAPH <x:g> { id:AI_Framework cpec:hasParty id:Islamabad } }"
    assert editable.update(text).status == 200
    assert editable.get(cited).headers["Receipt-Status"] == "changed"
    page = editable.get(cited, Accept=BROWSER)
    assert "This answer has changed since it was cited" in notice(page)
    assert "Islamabad" in page.text
    assert editable.get(stated).headers["Receipt-Status"] == "same"

    text = "INSERT DATA { GRAPH <x:g> { id:AI_Framework cpec:hasParty id:China } }"
    assert editable.update(text).status == 200
    assert editable.get(stated).headers["Receipt-Status"] == "changed"
    page = editable.get(stated, Accept=BROWSER)
    assert "This answer has changed" in notice(page)

    assert editable.update("DROP GRAPH <x:g>").status == 200
    assert editable.get(cited).headers["Receipt-Status"] == "same"
    assert editable.get(stated).headers["Receipt-Status"] == "same"


def test_a_statement_that_fell_is_said_to_have_held(editable: Client) -> None:
    text = "INSERT DATA { GRAPH <x:h> { id:HEC cpec:partOf id:Pakistan } }"
    assert editable.update(text).status == 200
    cited = path_of(permalink(editable.get("/explain?s=HEC&p=partOf&o=Pakistan&receipt=")))
    assert editable.update("DROP GRAPH <x:h>").status == 200
    reply = editable.get(cited, Accept="application/json")
    assert reply.status == 404
    assert "Its receipt says that it held in version" in reply.json["detail"]


def test_a_struck_source_is_part_of_what_is_cited(client: Client) -> None:
    unrestricted = client.query(AREAS, receipt="")
    excluded = client.query(AREAS, receipt="", without="inp-wealthpk-2026-04-29/s08")
    assert "&without=inp-wealthpk" in permalink(excluded)
    assert receipt(unrestricted) != receipt(excluded)
    assert client.get(path_of(permalink(excluded))).headers["Receipt-Status"] == "same"
    page = client.get(path_of(permalink(unrestricted)) + "&cite=true", Accept=BROWSER)
    crossing = re.findall('href="([^"]+)" rel="nofollow">cross out', unescape(page.text))
    assert crossing
    assert not any("receipt=" in address for address in crossing)


def test_an_answer_with_a_receipt_has_an_entity_tag_and_is_not_sent_twice(client: Client) -> None:
    path = path_of(permalink(client.query(AREAS, receipt="")))
    first = client.get(path)
    again = client.get(path, If_None_Match=first.headers["ETag"])
    assert (again.status, again.headers["Receipt-Status"]) == (304, "same")
