"""A strike goes with the reader: links, forms and menus of a struck page keep it, or say so."""

import re
from collections import deque
from html import unescape
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest

from bench.client import Client
from bench.wire import Reply

BROWSER = "text/html,*/*;q=0.8"
S08 = "inp-wealthpk-2026-04-29/s08"
LINK = re.compile(r'<a\b[^>]*?\shref="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
FORM = re.compile(r'<form\b[^>]*?\saction="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
ENDED = "(whole graph)"


def list_links(client: Client, path: str, reply: Reply) -> list[tuple[str, str]]:
    """Return the links of a page to this server with their texts; not those that change it."""
    own = r'<div class="struck".*?</div>|<nav class="languages".*?</nav>'
    page = re.sub(own, "", reply.text, flags=re.DOTALL)
    targets = [
        (urljoin(client.address + path, unescape(address)).partition("#")[0], text)
        for address, text in LINK.findall(page)
        if not address.startswith("#")
    ]
    return [
        (target.removeprefix(client.address), text)
        for target, text in targets
        if target.startswith(f"{client.address}/")
    ]


def is_struck(path: str) -> bool:
    """Return whether an address excludes a source."""
    return any(name in {"without", "only"} for name, _ in parse_qsl(urlsplit(path).query))


@pytest.mark.long
@pytest.mark.parametrize(
    ("strike", "number"),
    [(f"without={S08}", 60), ("only=INP_WealthPk", 40), (f"without={S08}&names=ur", 40)],
)
def test_the_links_from_a_struck_page_are_struck_or_said_to_be_whole(
    client: Client, strike: str, number: int
) -> None:
    waiting = deque([f"/page/HEC?{strike}", f"/questions/tasks?{strike}", f"/?{strike}"])
    met, followed, whole = set(waiting), 0, 0
    while waiting and followed < number:
        path = waiting.popleft()
        reply = client.get(path, Accept=BROWSER)
        while reply.status in {301, 302, 303}:
            path = reply.headers["Location"].removeprefix(client.address)
            assert is_struck(path), path
            reply = client.get(path, Accept=BROWSER)
        followed += 1
        assert reply.status in {200, 404}, (path, reply.text[:200])
        if reply.type != "text/html":
            continue
        if "names=ur" in strike and "cite=true" not in path:  # a redirect of /api has no names
            assert "names=ur" in path, path
        if reply.status == 200:
            assert 'class="struck"' in reply.text, path
        for target, text in list_links(client, path, reply):
            if ENDED in text or "(پورا گراف)" in text:
                whole += 1
                assert not is_struck(target), target
                continue
            assert is_struck(target), (path, target)
            if target not in met:
                met.add(target)
                waiting.append(target)
        for address, content in FORM.findall(reply.text):
            assert 'name="without"' in content or 'name="only"' in content, (path, address)
    assert followed == number
    assert whole > number / 4


def test_a_link_to_a_dump_or_to_void_is_one_to_the_whole_graph(client: Client) -> None:
    page = client.get(f"/page/HEC?without={S08}", Accept=BROWSER).text
    (menu,) = re.findall(r'<nav aria-label="Main">(.*?)</nav>', page, re.DOTALL)
    (data,) = [text for address, text in LINK.findall(menu) if "/dataset" in address]
    assert ENDED in data
    assert ENDED not in client.get("/page/HEC", Accept=BROWSER).text


def test_the_bar_says_what_is_out_and_how_many_rows_fell_and_brings_it_back(
    client: Client,
) -> None:
    reply = client.get(f"/questions/tasks?without={S08}&without=INP_WealthPk", Accept=BROWSER)
    (bar,) = re.findall(r'<div class="struck".*?</div>', reply.text, re.DOTALL)
    words = re.sub(r"<[^>]*>", "", bar)
    assert "Rows of this page that fell: 1." in words
    back = [unescape(address) for address, _ in LINK.findall(bar)]
    assert back[:2] == ["?without=INP_WealthPk", f"?without={S08.replace('/', '%2F')}"]
    assert back[-1] == "?"


def test_the_names_go_with_the_reader_through_a_redirect(client: Client) -> None:
    reply = client.get("/id/HEC?names=ur", Accept=BROWSER)
    assert reply.status == 303
    assert reply.headers["Location"].endswith("/page/HEC?names=ur")
    reply = client.get(f"/id/HEC?names=zh&without={S08}", Accept=BROWSER)
    pairs = dict(parse_qsl(urlsplit(reply.headers["Location"]).query))
    assert pairs == {"names": "zh", "without": S08}
    assert client.get("/id/HEC?names=ur", Accept="text/turtle").headers["Location"].endswith(".ttl")


def test_a_suggestion_keeps_the_strike(client: Client) -> None:
    found = client.get(f"/search?q=hec&format=json&without={S08}").json["matches"]
    assert all(is_struck(match["page"]) for match in found)


def test_a_page_of_a_hundred_strikes_stays_small(client: Client) -> None:
    path = "/page/Pakistan?" + "&".join([f"without={S08}"] * 100)
    assert client.get(path, Accept=BROWSER).status == 200
