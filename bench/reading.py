"""What an editor reads before a release: leads, absences of the catalogue, drawn sentences.

    python -m bench.reading leads|absences|sentences [--draw TEXT]

Each prints one kind, a line each, of the shipped data: the leads and the sentences as the pages of
a running server have them. The sentences are fifty lines of the pages of articles, drawn by the
hash of the commit or by another text: whoever names the same one draws the same.
"""

import argparse
import random
import re
import subprocess
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import quote

from pyoxigraph import NamedNode, Store

from bench.client import Client
from bench.endpoint import Endpoint
from graph.answering.binding import bind_question, load_questions
from graph.answering.name import find_names
from graph.build import build
from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.curating.master import Inputs
from ontology.namespace import EDITORIAL, ID
from ontology.terms import CPEC, RDF

FIFTY: Final = 50

LEAD: Final = re.compile(r'<p class="lead">(.*?)</p>', re.DOTALL)
LINE: Final = re.compile(r'<li class="line">.*?<div>(.*?)</div></li>', re.DOTALL)
UNREAD: Final = re.compile(
    r'<a class="chip".*?</a>|<span class="hidden">.*?</span>|<[^>]*>', re.DOTALL
)


def read(html: str) -> str:
    """Return the text of a part of a page as a person reads it."""
    return " ".join(unescape(UNREAD.sub("", html)).split())


def list_things(store: Store, kind: NamedNode | None = None) -> list[str]:
    """Return the local names of the things of a class, or of all."""
    subjects = {quad.subject for quad in store.quads_for_pattern(None, RDF.TYPE, kind, EDITORIAL)}
    iris = {node.value for node in subjects if isinstance(node, NamedNode)}
    return sorted(iri.removeprefix(ID) for iri in iris if iri.startswith(ID))


def list_leads(store: Store, client: Client) -> Iterator[str]:
    """Yield the lead of each thing that has one."""
    for name in list_things(store):
        for lead in LEAD.findall(client.get(f"/page/{quote(name)}").text):
            yield f"{name}: {read(lead)}"


def list_absences(store: Store) -> Iterator[str]:
    """Yield the absences of each question with its defaults, below its sentence for all of them."""
    index, names = EvidenceIndex(store), find_names(store)
    for question in load_questions().values():
        answer = cite(store, index, question.text, bind_question(question, {}, names))
        absent = dict.fromkeys(text for own in answer.citations for text in own.absent)
        yield from (
            f"{question.name}: {text}" for text in (question.absent, *absent) if absent and text
        )


def list_sentences(store: Store, client: Client, draw: str) -> list[str]:
    """Return fifty lines of the pages of articles, drawn by a text."""
    articles = list_things(store, NamedNode(CPEC + "NewsArticle"))
    pages = {name: client.get(f"/page/{quote(name)}").text for name in articles}
    lines = [f"{name}: {read(line)}" for name, page in pages.items() for line in LINE.findall(page)]
    return random.Random(draw).sample(lines, FIFTY)  # noqa: S311 - a draw, no secret


def main() -> None:
    """Print one kind of words."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["leads", "absences", "sentences"])
    parser.add_argument("--draw", default="HEAD")
    options = parser.parse_args()
    draw = options.draw
    if draw == "HEAD":
        draw = subprocess.check_output(["git", "rev-parse", "HEAD"], text=True).strip()  # noqa: S607
    with TemporaryDirectory() as folder:
        snapshot = build(Inputs(), Path(folder)).snapshot
        store = snapshot.load()
        if options.kind == "absences":
            print("\n".join(list_absences(store)))
            return
        with Endpoint.start(Path(folder) / "home", "--snapshot", str(snapshot.path)) as server:
            if options.kind == "leads":
                print("\n".join(list_leads(store, server.client)))
            else:
                print("\n".join(list_sentences(store, server.client, draw)))


if __name__ == "__main__":
    main()
