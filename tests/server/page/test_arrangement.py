"""Tables that are sorted and filtered by their addresses, without a script."""

from __future__ import annotations

import re
from html import unescape

import pytest

from bench.client import Client

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


def read_column(client: Client, path: str, head: str) -> list[str]:
    """Return the cells of a column of a page's table."""
    reply = client.get(path, Accept=BROWSER)
    assert reply.status == 200
    cells = re.findall(rf'<td[^>]* data-label="{head}">(.*?)</td>', reply.text, re.DOTALL)
    return [unescape(re.sub("<[^>]+>", "", cell)) for cell in cells]


def test_numbers_are_sorted_by_their_values_from_either_end(client: Client) -> None:
    texts = read_column(client, "/questions/amounts?sort=value", "Value")
    assert "3,000" in texts
    numbers = [int(text.replace(",", "")) for text in texts]
    assert numbers == sorted(numbers)
    assert (numbers[0], numbers[-1]) == (1, 25_400_000_000)
    backwards = read_column(client, "/questions/amounts?sort=-value", "Value")
    assert backwards == texts[::-1]


def test_a_filter_leaves_the_rows_whose_words_or_sources_have_it(client: Client) -> None:
    every = read_column(client, "/questions/amounts", "Thing")
    solar = read_column(client, "/questions/amounts?filter=SOLAR+systems", "Thing")
    assert 0 < len(solar) < len(every)
    profit = client.get("/questions/amounts?filter=profit", Accept=BROWSER).text
    sources = re.findall(r'<li id="source-\d.*?</li>', profit, re.DOTALL)
    assert sources
    assert all("Profit" in source for source in sources)
    none = client.get("/questions/amounts?filter=zzz", Accept=BROWSER).text
    assert 'value="zzz"' in none
    assert "<table" not in none


def test_a_filter_finds_a_number_a_day_and_a_language_as_they_are_shown(client: Client) -> None:
    assert set(read_column(client, "/questions/amounts?filter=15,000", "Value")) == {"15,000"}
    assert read_column(client, "/articles/?filter=april+2026", "Date") == ["29 April 2026"]
    assert read_column(client, "/articles/?filter=chinese", "Language") == 3 * ["Chinese"]


def test_a_head_sorts_and_keeps_the_filter_and_the_language(client: Client) -> None:
    page = client.get("/questions/amounts?names=zh&filter=a&sort=value", Accept=BROWSER).text
    assert 'aria-sort="ascending"><a href="?names=zh&amp;filter=a&amp;sort=-value"' in page
    assert '<a href="?names=zh&amp;filter=a&amp;sort=thing"' in page
    assert '<input type="hidden" name="names" value="zh">' in page


def test_the_citation_of_a_sorted_page_is_that_of_the_answer(client: Client) -> None:
    plain, arranged = (
        client.get(f"/questions/timeline{query}", Accept=BROWSER).text
        for query in ("", "?sort=-date&filter=jcc")
    )
    (permalink,) = set(re.findall(r"questions/timeline\?receipt=[\w.-]+", plain))
    assert permalink in arranged


def test_a_column_that_is_none_is_refused_by_name(client: Client) -> None:
    for path in ("/questions/amounts", "/articles/"):
        reply = client.get(f"{path}?sort=nothing", Accept=BROWSER)
        assert reply.status == 400
        assert "ort=nothing is none of" in unescape(reply.text)
    assert client.get("/questions/amounts?sort=value&sort=unit", Accept=BROWSER).status == 400


def test_the_articles_have_publisher_date_language_and_statements(client: Client) -> None:
    dates = read_column(client, "/articles/", "Date")
    assert dates[:2] == ["29 April 2026", "29 September 2025"]
    assert read_column(client, "/articles/?filter=zh", "Language") == 3 * ["Chinese"]
    numbers = list(map(int, read_column(client, "/articles/?sort=-statements", "Statements")))
    assert numbers == sorted(numbers, reverse=True)
    assert read_column(client, "/articles/?filter=profit", "Publisher") == ["Profit"]
    assert "/page/inp-wealthpk-2026-04-29" in client.get("/articles/", Accept=BROWSER).text


def test_the_statements_of_all_articles_are_counted_with_their_thousands_apart(
    client: Client,
) -> None:
    page = client.get("/articles/", Accept=BROWSER).text
    (lead,) = re.findall(r'<p class="lead">(.*?)</p>', page, re.DOTALL)
    (total,) = re.findall(r"([\d,]+) statements\.", lead)
    parts = map(int, read_column(client, "/articles/", "Statements"))
    assert total == f"{sum(parts):,}"
    assert "," in total
    urdu = client.get("/articles/?names=ur", Accept=BROWSER).text
    assert f"{total} بیانات" in urdu


@pytest.mark.parametrize("path", ["/questions/amounts", "/questions/status-history"])
def test_a_row_is_a_thing_and_has_all_its_sentences(client: Client, path: str) -> None:
    page = client.get(path, Accept=BROWSER).text
    rows = re.findall(r'<tr role="row">(.*?)</tr>', page, re.DOTALL)[1:]
    cells = [re.sub('<td[^>]* class="noted".*', "", row, flags=re.DOTALL) for row in rows]
    told = [re.sub("<[^>]+>", " ", own) for own in cells]
    assert len(told) == len(set(told)) > 10
    assert any(row.count('class="chip"') > 1 for row in rows)
    for head in ("Tie", "Bound", "Counted"):
        assert f">{head}<" not in page
