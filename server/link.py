"""Header fields of a response: Link (RFC 8288), Vary, Content-Disposition, Empty-Reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import quote

from graph.publishing.dataset_quad import LICENCE
from server.engine.front.reply import Fields
from server.exchange import exchange

MISSING_LENGTH: Final = 4000
"""The maximum length of the Graph-Not-Found field; clients read some 8,000 characters in all."""

REASON_LENGTH: Final = 500
"""The maximum length of the reason of an empty answer, in characters."""

READABLE: Final = " !\"#$&'()*+,-./:;<=>?@[]^_`{|}~"
"""The characters of a field that are not percent-encoded."""

ITEMS_LENGTH: Final = 3000
"""The maximum length of the Link field that names the parts of a page."""

PLAIN: Final = str.maketrans({"“": '"', "”": '"', "…": "...", "–": "-", "’": "'"})

SCHEMA: Final = "application/schema+json"
"""The media type of JSON Schema (2020-12, section 14.1)."""


def links() -> Fields:
    """Return the fields of every 200, and of every 304 (RFC 9110, section 15.4.5)."""
    return [
        ("Vary", "Accept"),
        ("Link", f'<{exchange().root_url}.well-known/void>; rel="describedby"'),
        ("Link", f'<{LICENCE}>; rel="license"'),
    ]


def cite_link(address: str) -> tuple[str, str]:
    """Return the link from a document to the address by which it is cited (RFC 8574)."""
    return "Link", f'<{escape_address(address)}>; rel="cite-as"'


def item_links(items: Mapping[str, str]) -> Fields:
    """Return the field that links to the parts of a page: the media type, or "", by address.

    It is one field, as http.client of Python refuses a head of more than 100, and names the
    first parts, up to its length (https://signposting.org/FAIR/).
    """
    links, length = list[str](), 0
    for address, media_type in items.items():
        link = f'<{escape_address(address)}>; rel="item"'
        link += f'; type="{media_type}"' if media_type else ""
        length += len(link) + len(", ")
        if length > ITEMS_LENGTH:
            break
        links.append(link)
    return [("Link", ", ".join(links))] if links else []


def schema_link(name: str) -> tuple[str, str]:
    """Return the link from an answer in JSON to its schema (JSON Schema 2020-12, 9.5.1.1)."""
    address = f"{exchange().root_url}{name}.schema.json"
    return "Link", f'<{address}>; rel="describedby"; type="{SCHEMA}"'


def escape_address(address: str) -> str:
    """Return an IRI as the URI that a header field can hold (RFC 3987, section 3.1)."""
    return quote(address, safe="/:#?&=%@!$'()*+,;~[]")


def missing_header(graphs: Iterable[str]) -> Fields:
    """Return the field that names the missing graphs of a query's dataset, if there are any.

    It names the first ones, up to its length; the answer in JSON names more.
    """
    names, length = list[str](), 0
    for graph in graphs:
        name = f"<{escape_address(graph)}>"
        length += len(name)
        if names and length > MISSING_LENGTH:
            names.append("...")
            break
        names.append(name[:MISSING_LENGTH])
    return [("Graph-Not-Found", ", ".join(names))] if names else []


def reason_header(reason: str) -> Fields:
    """Return the field that gives the reason of an empty answer, if it is known."""
    short = reason if len(reason) <= REASON_LENGTH else f"{reason[:REASON_LENGTH]} ..."
    return [("Empty-Reason", quote(short.translate(PLAIN), safe=READABLE))] if reason else []


def file_name_header(name: str, suffix: str) -> tuple[str, str]:
    """Return the field that suggests a file name to save the answer under (RFC 6266)."""
    file = f"{name.replace('/', '-')}.{suffix}"
    ascii_only = "".join(c if " " < c < "\x7f" and c not in '"\\' else "_" for c in file)
    extended = "" if ascii_only == file else f"; filename*=UTF-8''{quote(file, safe='')}"
    return "Content-Disposition", f'inline; filename="{ascii_only}"{extended}'
