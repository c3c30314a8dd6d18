"""The text of a reference in APA, Chicago and MLA, as the styles of citationstyles.org set it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Final, NamedTuple

from citeproc import (
    Citation,
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    formatter,
)
from citeproc.source.json import CiteProcJSON

from graph.wording.text import isolate
from server.reference.record import Record

STYLES: Final = Path(__file__).with_name("styles")
UNPRINTED: Final = frozenset({"archive", "archive_location", "accessed", "note", "version"})
"""The fields of a record that the line leaves out: our sentence behind it has them."""

FULL_STOP: Final = re.compile(r"([.?!])\.”")
"""A full stop behind the end of a sentence."""

SETTING: Final = Lock()
"""citeproc-py keeps the state of a bibliography in the tree of its style."""


class Style(NamedTuple):
    """A style: its title, its file, and the first field of a record without an author.

    `is_mla` tells the rules of the MLA: this title has quotation marks, and given names are whole.
    """

    title: str
    file: str
    first: str
    is_mla: bool = False


CITATION_STYLES: Final[Mapping[str, Style]] = {
    "apa": Style("APA", "apa.csl", "title"),
    "chicago": Style("Chicago", "chicago-author-date-16th-edition.csl", "container-title"),
    "mla": Style("MLA", "modern-language-association.csl", "title", is_mla=True),
}


def set_reference(style: str, record: Record) -> str:
    """Return a record as a line of a bibliography in a style of CITATION_STYLES."""
    printed = {name: isolate_text(value) for name, value in record.items() if name not in UNPRINTED}
    if printed["type"] != "dataset":
        printed.pop("publisher", None)  # it is the container, and MLA would print it twice
    return set_line(style, json.dumps(printed | {"id": "reference"}, sort_keys=True))


def isolate_text(value: Any) -> Any:
    """Return a text of a record isolated, or a list of names with isolated parts."""
    if isinstance(value, str):
        return isolate(value)
    if isinstance(value, list):
        return [{part: isolate(words) for part, words in name.items()} for name in value]
    return value


@lru_cache(maxsize=1000)
def set_line(style: str, text: str) -> str:
    """Return the line of a record, written as JSON.

    The last 1,000 are kept: setting one takes some 20 ms.
    """
    printed = json.loads(text)
    record = printed if "author" in printed else move_first(CITATION_STYLES[style], printed)
    if name := record.get("container-title"):
        record["container-title"] = f'<span class="nocase">{name}</span>'
    with SETTING:
        bibliography = CitationStylesBibliography(
            load_style(CITATION_STYLES[style]), CiteProcJSON([record]), formatter.plain
        )
        bibliography.register(Citation([CitationItem(record["id"])]))
        (line,) = map(str, bibliography.bibliography())
    # citeproc-py leaves out punctuation-in-quote, which the American locale of all three has
    return FULL_STOP.sub(r"\1”", line.replace("”.", ".”").replace("”,", ",”"))


def move_first(style: Style, record: Record) -> dict[str, Any]:
    """Return a record with its first field in place of the author.

    citeproc-py prints a substitute a second time; cs:substitute of CSL 1.0.2 suppresses it.
    """
    field = style.first if style.first in record else "title"
    words = f"“{record[field]}”" if style.is_mla else record[field]
    rest = {name: value for name, value in record.items() if name != field}
    return rest | {"author": [{"literal": words}]}


@cache
def load_style(style: Style) -> CitationStylesStyle:
    """Return a style, not validated: its publisher did."""
    loaded = CitationStylesStyle(str(STYLES / style.file), validate=False)
    if style.is_mla:
        # citeproc-py does not know initialize="false", which each name of the style has
        del loaded.root.attrib["initialize-with"]
    return loaded
