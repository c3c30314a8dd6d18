"""Every control of every kind of page, followed: links lead somewhere, pages are named."""

import re
from collections import Counter, deque
from html import unescape
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest

from bench.client import Client
from bench.wire import Reply

pytestmark = pytest.mark.long

BROWSER = "text/html,*/*;q=0.1"
MOST = 1
"""The pages of one kind, with the same parameters, of which the links are followed."""

LINK = re.compile(r'(?:href|src|action)="([^"]*)"')
UNNAMED = frozenset({"search", "sparql", "cite"})
"""The paths whose pages are no other page's, where something is asked of them."""


def kind(path: str) -> tuple[str, ...]:
    """Return the kind of an address: its folder, its parameters, the language of its names.

    A parameter that is repeated makes no other kind.
    """
    parts = urlsplit(path)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    folder, _, rest = parts.path[1:].partition("/")
    names = {name if name != "names" else f"{name}={value}" for name, value in pairs}
    return folder, str(bool(rest)), *sorted(names)


def assert_named(path: str, page: str) -> None:
    """Hold a page to its title, its address and the anchors that it links to."""
    assert re.search(r"<title>\s*[^\s·][^<]* · cpec-graph</title>", page), path
    canonical = re.findall(r'<link rel="canonical" href="([^"]*)">', page)
    asked = kind(path)[0] in UNNAMED and "?" in path
    assert len(canonical) == (0 if asked else 1), path
    anchors = set(re.findall(r'\bid="([^"]*)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= anchors, path


def links(client: Client, path: str, reply: Reply) -> list[str]:
    """Return the addresses of this server to which a reply leads."""
    targets = LINK.findall(reply.text) if reply.type == "text/html" else []
    targets += [reply.headers["Location"]] if reply.status in {301, 302, 303} else []
    addresses = (
        urljoin(client.address + path, unescape(target)).partition("#")[0] for target in targets
    )
    origin = f"{client.address}/"
    return [
        target.removeprefix(client.address) for target in addresses if target.startswith(origin)
    ]


def test_every_control_leads_somewhere_and_every_page_is_named(client: Client) -> None:
    waiting, met, counted = deque(["/"]), {"/": ""}, Counter[tuple[str, ...]]()
    while waiting:
        path = waiting.popleft()
        counted[kind(path)] += 1
        if counted[kind(path)] > MOST or "names=zh" in path:
            continue
        reply = client.get(path, Accept=BROWSER)
        assert reply.status in {200, 303}, (reply.status, path, met[path])
        if (reply.status, reply.type) == (200, "text/html"):
            assert_named(path, reply.text)
        for link in links(client, path, reply):
            if link not in met:
                met[link] = path
                waiting.append(link)
    folders = {shape[0] for shape in counted}
    assert folders >= {"page", "questions", "cite", "explain", "sources", "explore", "sparql"}
