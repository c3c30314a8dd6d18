"""The elements of a page, as tests look at them."""

from html.parser import HTMLParser

Elements = list[tuple[str, dict[str, str | None]]]


class Tags(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: Elements = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def scripts(tags: Elements) -> list[str]:
    """Return the addresses of the scripts that run, without versions; data does not run."""
    addresses = (of.get("src") or "" for tag, of in tags if tag == "script" and "type" not in of)
    return [source.partition("?")[0] for source in addresses]
