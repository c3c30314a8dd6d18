"""The pages of the interface and of the dataset."""

import re
from hashlib import sha256

from bench.client import Client
from server.page.api import read_base
from tests.server.tags import Tags

BROWSER = "text/html,*/*;q=0.8"


def test_the_page_has_every_operation_and_the_examples_with_this_address(client: Client) -> None:
    text = client.get("/api", Accept=BROWSER).text
    listed = re.findall(r"<code><b>([A-Z]+)</b> ([^<]+)</code>", text)
    every = [
        (method.upper(), path)
        for path, item in read_base()["paths"].items()
        for method in item
        if method != "parameters"
    ]
    assert sorted(listed) == sorted(every)
    codes = re.findall(r'<pre id="code-(\w+)">(.*?)</pre>', text, re.DOTALL)
    names = ["curl", "sparqlwrapper", "rdflib", "pandas", "r", "javascript"]
    assert [name for name, _ in codes] == names
    assert all(client.address in code for _, code in codes)


def test_citations_are_explained_in_two_hundred_words(client: Client) -> None:
    text = client.get("/api", Accept=BROWSER).text
    explained = text[text.index('id="citations-explained"') : text.index("<figure>")]
    words = re.sub(r"<[^>]+>|\S+>", " ", explained).split()
    assert 150 < len(words) <= 220


def test_the_files_of_the_dataset_are_those_that_its_page_lists(client: Client) -> None:
    reply = client.get("/dataset", Accept=BROWSER)
    files = [of["href"] for tag, of in Tags(reply.text).found if tag == "a" and "download" in of]
    assert "/data/dumps/cpec-graph.trig" in files
    assert "/data/dumps/cpec-graph-statements.csv" in files
    for file in files:
        assert sha256(client.get(file or "").body).hexdigest() in reply.text, file


def test_a_program_is_sent_to_the_description_of_the_dataset(client: Client) -> None:
    for accept in ("text/turtle", "*/*"):
        reply = client.get("/dataset", Accept=accept)
        assert (reply.status, reply.headers["Vary"]) == (303, "Accept")
        assert reply.headers["Location"].endswith("/.well-known/void")
