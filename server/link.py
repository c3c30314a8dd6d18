"""The links of an answer (RFC 8288), and what it depends on beside its address."""

from __future__ import annotations

from typing import Final

from server.exchange import exchange
from server.reply import Fields

LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"


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
