"""Everything that the server and the command say of the shipped graph, as one hash a line.

    python -m bench.crawl > bench/crawl.tsv

Two commits that say the same have equal lists: `git diff` names each address that changed. Every
page is asked for in three languages, every thing and question in every format. Of pages with other
parameters than a language or a part, a few of each kind are asked for: strikes have no end.
"""

import json
import os
import re
import subprocess
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

from click.testing import CliRunner

from bench.endpoint import CPEC, Endpoint
from graph.answering.format import GRAPH_FORMATS, RESULT_FORMATS
from queries.catalogue import catalogue
from server.command import COMMANDS, cpec

BROWSER: Final = "text/html,*/*;q=0.1"
LINK: Final = re.compile(r'(?:href|src|action)="([^"]*)"|<loc>([^<]*)</loc>')
FREE: Final = frozenset({"names", "part"})
"""The parameters that make no other kind of page."""

PORT: Final = "8047"
"""The port is of the addresses that are said, and of hashes of them: it is always the same."""

MOST: Final = 4
"""The pages of a kind with other parameters that are asked for."""

TODAY: Final = time.strftime(r"%Y-%m-%d|%Y/%m/%d|%Y,\s*%-m,\s*%-d|%B %-d, %Y|%-d %B %Y|%-d %b %Y")
VARYING: Final = re.compile(
    rb"urn:uuid:[0-9a-f-]{36}|\"request\":\"[0-9a-f]{16}\"|\?v=[0-9a-f]{16}|" + TODAY.encode()
)
"""What differs each time: ids of requests, hashes of style, and the day of access of a citation."""

STARTS: Final = ("/", "/sitemap.xml", "/api", "/openapi.json", "/llms.txt", "/feed", "/robots.txt")
TRIPLES: Final = (
    ("Pakistan", "cooperatesIn", "Artificial_Intelligence"),
    ("China", "advances", "CPEC_Phase_II"),
    ("China", "facilitates", "Solar_Energy"),
    ("HEC", "type", "Organization"),
)
"""What `cpec explain` and /explain are asked; where one does not hold, they say so."""


Get: TypeAlias = Callable[[str, str], tuple[int, bytes]]
"""Asks for a path, with an Accept; returns the status, and the Location and the body."""


def kind(path: str) -> tuple[str, ...]:
    """Return the kind of an address: its folder and the parameters that make a kind."""
    parts = urlsplit(path)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    names = {name for name, _ in pairs if name not in FREE}
    return parts.path[1:].partition("/")[0], *sorted(names)


def crawl_links(get: Get, address: str) -> Iterator[str]:
    """Yield a line for each address that a browser reaches from the first pages."""
    waiting, counted = deque(STARTS), Counter[tuple[str, ...]]()
    met = set(waiting)
    while waiting:
        path = waiting.popleft()
        shape = kind(path)
        counted[shape] += 1
        if len(shape) > 1 and counted[shape] > MOST:
            continue
        status, body = get(path, BROWSER)
        yield line(f"GET {path}", status, body)
        for groups in LINK.findall(body.decode("utf-8", "replace")):
            link = urljoin(address + path, unescape("".join(groups))).partition("#")[0]
            link = link.removeprefix(address)
            if link.startswith("/") and link not in met:
                met.add(link)
                waiting.append(link)


def list_forms() -> Iterator[str]:
    """Yield the addresses of the questions in each format, bare and cited, and of explanations."""
    for question in catalogue().values():
        path = f"/api/queries/{question.name}"
        yield from (f"{path}?format={form.name}" for form in RESULT_FORMATS)
        for form in (*(form for form in RESULT_FORMATS if form.cites), *GRAPH_FORMATS):
            yield f"{path}?format={form.name}&cite=true"
    for triple in TRIPLES:
        asked = urlencode(dict(zip(("s", "p", "o"), triple, strict=True)))
        yield f"/explain?{asked}"
        yield f"/explain?{asked}&format=json"


def crawl_formats(get: Get, names: Iterable[str]) -> Iterator[str]:
    """Yield a line for each thing, of all its formats, and for each format of each question."""
    for name in names:
        paths = [f"/data/{name}.{form.name}" for form in GRAPH_FORMATS]
        answers = [get(path, "*/*") for path in paths]
        yield line(
            f"GET /data/{name}.*",
            max(status for status, _ in answers),
            b"".join(body for _, body in answers),
        )
    for path in list_forms():
        yield line(f"GET {path}", *get(path, "*/*"))


def list_commands() -> Iterator[list[str]]:
    """Yield the arguments of each command that only reads."""
    yield []
    yield from ([name, "--help"] for name in COMMANDS)
    yield ["ask"]
    yield ["validate"]
    for name in catalogue():
        yield ["ask", name]
        yield ["ask", name, "--cite"]
        yield ["ask", name, "--format", "csv", "--cite"]
    for form in ("ttl", "nt", "jsonld", "rdf", "trig", "nq", "csv", "nodes", "edges", "graphml"):
        yield ["export", "--format", form]
    yield ["export", "--format", "ttl", "--evidence"]
    for triple in TRIPLES:
        yield from (["explain", *triple, "--format", form] for form in ("text", "json", "ttl"))


def run_commands() -> Iterator[str]:
    """Yield a line for each command."""
    runner = CliRunner()
    for arguments in list_commands():
        result = runner.invoke(cpec, arguments, prog_name="cpec")
        yield line(f"cpec {' '.join(arguments)}", result.exit_code, result.output.encode())


def call_tools(address: str) -> Iterator[str]:
    """Yield a line for each tool of a language model, described and called."""
    start = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "crawl", "version": "1"},
    }
    calls: list[Mapping[str, object]] = [
        {"name": "search", "arguments": {"text": "solar"}},
        {"name": "thing", "arguments": {"name": "Pakistan"}},
        {"name": "sources", "arguments": {}},
        {"name": "schema", "arguments": {}},
    ]
    calls += [{"name": "question", "arguments": {"name": name}} for name in catalogue()]
    for triple in TRIPLES:
        claim = dict(zip(("subject", "property", "object"), triple, strict=True))
        calls.append({"name": "explain", "arguments": claim})
        calls.append({"name": "verify", "arguments": {"triples": [claim]}})
    messages = [("initialize", start), ("tools/list", {}), *(("tools/call", c) for c in calls)]
    with subprocess.Popen(
        [CPEC, "mcp", "--endpoint", address], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        if process.stdin is None or process.stdout is None:
            return
        for number, (method, given) in enumerate(messages):
            asked = {"jsonrpc": "2.0", "id": number, "method": method, "params": given}
            process.stdin.write(json.dumps(asked).encode() + b"\n")
            if not number:
                done = {"jsonrpc": "2.0", "method": "notifications/initialized"}
                process.stdin.write(json.dumps(done).encode() + b"\n")
            process.stdin.flush()
            yield line(f"mcp {method} {json.dumps(given)}", 0, process.stdout.readline())


def line(name: str, status: int, body: bytes) -> str:
    """Return a line: the hash, the status, the length in bytes, and what was asked.

    What varies is left out.
    """
    return f"{sha256(VARYING.sub(b'', body)).hexdigest()[:12]}\t{status}\t{len(body)}\t{name}"


def connect(address: str) -> Get:
    """Return a function that asks a server on one connection.

    It keeps the answers, named by their hash, in the folder CRAWL_KEEP if that is set.
    """
    connection = HTTPConnection(urlsplit(address).netloc)
    folder = os.environ.get("CRAWL_KEEP")

    def get(path: str, accept: str) -> tuple[int, bytes]:
        connection.request("GET", quote(path, "%/?&=+:;,@!$'()*~"), headers={"Accept": accept})
        reply = connection.getresponse()
        body = f'href="{reply.headers.get("Location", "")}"\n'.encode() + reply.read()
        if folder:
            (Path(folder) / line("", 0, body)[:12]).write_bytes(body)
        return reply.status, body

    return get


def main() -> None:
    """Crawl a server of this checkout, and print the list."""
    with (
        tempfile.TemporaryDirectory() as home,
        Endpoint.start(Path(home), "--port", PORT) as endpoint,
    ):
        address = endpoint.client.address
        get = connect(address)
        lines = list(crawl_links(get, address))
        pages = (urlsplit(each.split("\t")[3][4:]).path for each in lines)
        things = sorted({page[6:] for page in pages if page.startswith("/page/")})
        lines += crawl_formats(get, things)
        lines += call_tools(address)
    lines += run_commands()
    print("\n".join(sorted(lines, key=lambda each: each.split("\t")[3])))


if __name__ == "__main__":
    main()
