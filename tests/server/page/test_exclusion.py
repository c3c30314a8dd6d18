"""A reader crosses a source out: rows that rest on it alone fade, and the page says so."""

from html import unescape

from bench.client import Client

S08 = "https://w3id.org/cpec-graph/id/inp-wealthpk-2026-04-29/s08"
PAGE = "/questions/cooperation-areas"


def page(client: Client, path: str) -> str:
    """Return a page that is answered 200."""
    reply = client.get(path, Accept="text/html")
    assert reply.status == 200
    return unescape(reply.text)


def test_each_source_of_an_answer_can_be_crossed_out(client: Client) -> None:
    text = page(client, PAGE)
    assert "had never been read" not in text
    assert "?without=https%3A%2F%2Fw3id.org" in text
    assert 'class="fell"' not in text


def test_the_rows_that_fall_fade_and_are_counted(client: Client) -> None:
    text, excluded = page(client, PAGE), page(client, f"{PAGE}?without={S08}")
    fell = excluded.count('class="fell"')
    assert fell >= 1
    assert f"; {fell} fell, for no other source" in excluded
    assert excluded.count('<tr role="row">') == text.count('<tr role="row">') - fell
    assert (
        "As if <bdi>INP-WealthPk, 29 April 2026, sentence 8</bdi> had never been read" in excluded
    )
    assert 'href="?">bring it back' in excluded
    assert "artificial intelligence" in excluded


def test_a_page_of_a_thing_says_what_is_struck(client: Client) -> None:
    assert "concerns" in page(client, "/page/AI_Framework")
    excluded = page(client, f"/page/AI_Framework?without={S08}&names=ur")
    assert "کبھی نہیں پڑھا گیا" in excluded
    assert 'href="?names=ur">اسے واپس لائیں' in excluded
    assert "4 بیانات گر گئے" in excluded
    assert "<s>" in excluded
    assert "only INP-WealthPk, 29 April 2026, sentence 8 said so" in excluded
    other = page(client, f"/page/Artificial_Intelligence?without={S08}")
    assert "sentence 8 said “The HEC mandate" in other
    assert "cross out a source" in other
    assert "statements fell" not in page(client, "/page/AI_Framework")


def test_what_is_no_source_is_said_in_a_persons_words(client: Client) -> None:
    reply = client.get(PAGE + "?without=inp-wealthpk-2026-04-29/s80", Accept="text/html")
    assert reply.status == 400
    assert "is no source" in reply.text
    assert '<a href="?">Bring every source back</a>' in reply.text
