"""The text of a reference by APA, Chicago and MLA, as the styles of citationstyles.org set it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Final, NamedTuple

from citeproc import (
    Citation,
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    Locator,
    formatter,
)
from citeproc.source.json import CiteProcJSON

from graph.wording.text import isolate
from server.reference.headline import close_title, is_described, write_marks, write_title_case
from server.reference.item import Record

STYLES: Final = Path(__file__).with_name("styles")
PRINTED: Final = frozenset(
    {"type", "author", "container-title", "publisher", "issued", "language", "URL", "version"}
)
"""The fields of a record that an entry has beside its title; only a dataset has a version."""

TITLE, CONTAINER, VERSION = "\ufdd0", "\ufdd1", "\ufdd2"
"""Noncharacters in place of texts: citeproc-py errs in the capitals and the quotation marks of
titles, and takes two numbers in a version for two versions."""

SEAM: Final = re.compile(f"“?{TITLE}”?([.,]?)")

SETTING: Final = Lock()
"""citeproc-py keeps the state of a bibliography in the tree of its style."""

Fields = dict[str, Any]
"""The fields of a record that a style prints."""


def fit_apa(fields: Fields) -> Fields:
    """Return fields as APA has them: it does not name a site that is the author again.

    A date that is not known is its status: the style has "Retrieved" without a day otherwise.
    """
    if fields["type"] == "dataset":
        return fields | {"genre": "Data set", "publisher": ""}
    status = {} if "issued" in fields else {"status": "n.d."}
    return fields | status | ({"container-title": ""} if is_own(fields) else {})


def fit_chicago(fields: Fields) -> Fields:
    """Return fields as a note of Chicago has them: a site that is the author is named as a site."""
    if fields["type"] == "dataset":
        own = {"type": "book", "publisher": ""}
        part = {"type": "chapter", "edition": f"version {fields['version']}"}
        return fields | own | (part if "container-title" in fields else {})
    name = fields.get("container-title", "").removeprefix("The ")
    return fields | {"container-title": name} | ({"author": []} if is_own(fields) else {})


def fit_mla(fields: Fields) -> Fields:
    """Return fields as MLA has them: an author that is the publisher is named as the publisher."""
    return fields | {"author": []} if is_own(fields) else fields


def is_own(fields: Fields) -> bool:
    """Return whether an organization is the author and the publisher of a work."""
    return bool(fields.get("author") == [{"literal": fields.get("publisher")}])


class Style(NamedTuple):
    """A style: its title, its file, and the rules of its guide that the file does not have.

    `is_cased` tells a style with titles in title case and in quotation marks, `is_note` one whose
    entries are notes: these begin with the title if there is no author, and have a place.
    """

    title: str
    file: str
    fit: Callable[[Fields], Fields]
    is_cased: bool = True
    is_note: bool = False


CITATION_STYLES: Final[Mapping[str, Style]] = {
    "apa": Style("APA", "apa.csl", fit_apa, is_cased=False),
    "chicago": Style("Chicago", "chicago-fullnote-bibliography.csl", fit_chicago, is_note=True),
    "mla": Style("MLA", "modern-language-association.csl", fit_mla),
}


def set_reference(name: str, record: Record, translation: str = "", place: str = "") -> str:
    """Return a record as an entry in a style of CITATION_STYLES, with the cited place in the work.

    The title of the record ends with its translation in brackets, if it has one.
    """
    style, is_dataset = CITATION_STYLES[name], record["type"] == "dataset"
    known = {field: isolate_text(value) for field, value in record.items() if field in PRINTED}
    fields = style.fit(known | ({"version": VERSION} if is_dataset else {}))
    if not is_dataset:
        fields["publisher"] = ""  # it is the container
    container = fields.get("container-title", "")
    fields["container-title"] = container and CONTAINER
    if fields.get("author") or style.is_note:
        fields["title"] = TITLE
    else:
        fields["author"] = [{"literal": TITLE}]  # citeproc-py prints a substitute a second time
    line = set_line(style, json.dumps(fields, sort_keys=True), place if style.is_note else "")
    if is_dataset:
        container = write_title_case(container) if style.is_cased else container
        line = line[:1].upper() + line[1:].replace(f", Version {VERSION}", f", version {VERSION}")
        line = line.replace(VERSION, record["version"])
    line = line.replace(CONTAINER, container)
    line = SEAM.sub(lambda seam: set_title(style, record, translation, seam[1]), line, count=1)
    if style.is_note or not place:
        return line
    place = place[:1].upper() + place[1:]
    return f"{line} {place}." if style.is_cased else f"{line} ({place})"


def set_title(style: Style, record: Record, translation: str, stop: str) -> str:
    """Return the title of a record in a style, with the full stop or comma behind it."""
    title = write_marks(record["title"].removesuffix(f" [{translation}]"))
    is_whole = record["type"] == "dataset" and "container-title" not in record
    is_quoted = style.is_cased and not (is_described(title) or is_whole)
    if style.is_cased and not is_described(title) and record.get("language", "en")[:2] == "en":
        title = write_title_case(title)
    if not translation:
        return close_title(isolate(title), stop, is_quoted=is_quoted)
    if is_quoted and not style.is_note:
        translation = close_title(write_title_case(translation), "", is_quoted=True)
    return f"{close_title(isolate(title), '', is_quoted=is_quoted)} [{translation}]{stop}"


def isolate_text(value: Any) -> Any:
    """Return a text of a record isolated, or a list of names with isolated parts."""
    if isinstance(value, str):
        return isolate(value)
    if isinstance(value, list):
        return [{part: isolate(words) for part, words in name.items()} for name in value]
    return value


@lru_cache(maxsize=1000)
def set_line(style: Style, text: str, place: str) -> str:
    """Return the entry of a record, written as JSON, or a note with a place in the work.

    The last 1,000 are kept: setting one takes some 5 ms.
    """
    fields = {field: value for field, value in json.loads(text).items() if value}
    source = CiteProcJSON([{"id": "reference", **fields}])
    located = {"locator": Locator("page", place)} if place else {}
    with SETTING:
        bibliography = CitationStylesBibliography(load_style(style), source, formatter.plain)
        citation = Citation([CitationItem("reference", **located)])
        bibliography.register(citation)
        if style.is_note:
            return str(bibliography.cite(citation, None))
        (line,) = map(str, bibliography.bibliography())
        return line


@cache
def load_style(style: Style) -> CitationStylesStyle:
    """Return a style, not validated: its publisher did."""
    loaded = CitationStylesStyle(str(STYLES / style.file), validate=False)
    if style.is_cased:  # citeproc-py does not know initialize="false", which MLA's names have
        loaded.root.attrib.pop("initialize-with", None)
    return loaded
