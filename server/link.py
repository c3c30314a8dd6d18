"""The links of an answer (RFC 8288), and what it depends on beside its address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

from server.front.exchange import exchange
from server.reply import Fields

LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
LONGEST: Final = 4000
"""The characters of the header that names missing graphs; clients take some 8,000 in all."""

SCHEMA: Final = "application/schema+json"
"""The media type of JSON Schema (2020-12, section 14.1)."""


def links() -> Fields:
    """Return the headers that every answer has, and every 304 (RFC 9110, section 15.4.5)."""
    return [
        ("Vary", "Accept"),
        ("Link", f'<{exchange().root_url}.well-known/void>; rel="describedby"'),
        ("Link", f'<{LICENCE}>; rel="license"'),
    ]


def schema_link(name: str) -> tuple[str, str]:
    """Return the link to the schema that an answer in JSON is held to (JSON Schema, 9.5.1.1)."""
    address = f"{exchange().root_url}{name}.schema.json"
    return "Link", f'<{address}>; rel="describedby"; type="{SCHEMA}"'


def safe(address: str) -> str:
    """Return an address as a header can hold it (RFC 3987, section 3.1)."""
    return quote(address, safe="/:#?&=%@!$'()*+,;~[]")


def missing_header(graphs: Iterable[str]) -> Fields:
    """Return the header that names the graphs of a query's dataset that do not exist, if any do.

    It has the first of them that fit into so many characters; the answer in JSON has more.
    """
    named, length = list[str](), 0
    for graph in graphs:
        name = f"<{safe(graph)}>"
        length += len(name)
        if named and length > LONGEST:
            named.append("...")
            break
        named.append(name[:LONGEST])
    return [("Graph-Not-Found", ", ".join(named))] if named else []


def named_file(name: str, suffix: str) -> tuple[str, str]:
    """Return the header that tells under which name an answer is kept, if it is (RFC 6266)."""
    file = f"{name.replace('/', '-')}.{suffix}"
    plain = "".join(sign if " " < sign < "\x7f" and sign not in '"\\' else "_" for sign in file)
    also = "" if plain == file else f"; filename*=UTF-8''{quote(file, safe='')}"
    return "Content-Disposition", f'inline; filename="{plain}"{also}'
