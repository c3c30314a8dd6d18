"""The text of a web page is its title and its article, and nothing that surrounds them."""

from __future__ import annotations

import pytest

from graph.curating.page_text import extract_text, is_page
from graph.errors import DataError

pytest.importorskip("trafilatura", reason="pip install 'cpec-graph[html]' runs it")

SENTENCE = (
    "Pakistan and China signed a memorandum of understanding on mining in Beijing on Thursday."
)
PAGE = f"""<!DOCTYPE html><html><head><title>Two sign</title><script>var hidden = 1</script>
<style>p {{ color: red }}</style></head><body><nav><a href="/">Home</a> Sports</nav>
<article><h1>Two sign</h1><p>{SENTENCE}</p><p>The <a href="x">commission</a> will carry it out,
and it aims to promote innovation.</p><script>document.write("hidden")</script></article>
<footer>All rights reserved</footer></body></html>"""


def test_a_page_is_its_title_and_its_paragraphs() -> None:
    title, text = extract_text(PAGE, "page.html")
    assert title == "Two sign"
    end = "The commission will carry it out, and it aims to promote innovation.\n"
    assert text == f"Two sign\n\n{SENTENCE}\n\n{end}"


def test_a_page_without_an_article_is_named() -> None:
    with pytest.raises(DataError, match=r"empty.html.*without an article"):
        extract_text("<html><body></body></html>", "empty.html")


def test_a_text_that_begins_with_a_sign_is_no_page() -> None:
    assert is_page(PAGE)
    assert not is_page("< 3 % of the people > 2 %")
