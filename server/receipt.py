"""A receipt: which version of the dataset gave an answer, and the fingerprint that its rows had.

It stands in the address of an answer, `receipt=VERSION.sha256-HASH`, so that whoever opens it later
is told whether the answer is still the same. An answer that has no fingerprint has a receipt of its
version alone; an empty `receipt=` asks for one.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final, Self
from urllib.parse import urlencode

from pyoxigraph import QueryBoolean, QueryResultsFormat, parse_query_results
from werkzeug.exceptions import BadRequest

from graph.answering.evaluation import Answer, Query
from graph.answering.fingerprint import Fingerprint
from graph.errors import EngineError
from graph.publishing.resource import JSON
from server.answer import tag_of
from server.conditional import digest
from server.front.exchange import exchange
from server.link import escape_address
from server.parameters import Parameters
from server.reply import Fields, Reply
from server.site import Site

RECEIPT: Final = "receipt"
ROW: Final = "row"
"""The parameters of a receipt, and of the row of the answer that is cited."""

WRITTEN: Final = re.compile(r"([0-9A-Za-z-]{1,100})(?:\.sha256-([0-9a-f]{64}))?")
NAME: Final = re.compile(r"[0-9a-f]{32}")
"""A receipt, and the name of a row, as addresses have them."""

PASSING: Final = frozenset({"format", "names", "part", "version", RECEIPT, ROW})
"""The parameters of a request that do not decide its answer."""

LONGEST: Final = 8000
"""The characters of an address that a header tells: clients take some 8,000."""


Pairs = Iterable[tuple[str, str]]
"""The names and values of parameters."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A version of the dataset, and the hash of the rows that it gave, "" where there is none.

    `rows` is their number, `reason` why there is no hash; a receipt that was given has neither.
    """

    version: str
    hash: str = ""
    rows: int = 0
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.version}.sha256-{self.hash}" if self.hash else self.version

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the receipt of an address; raises BadRequest where it is none."""
        match = WRITTEN.fullmatch(text)
        if match is None:
            raise BadRequest(
                f"receipt={text[:200]} is none: it is a version of the dataset, then .sha256- and "
                "the 64 digits (0 to 9, a to f) of a hash, where the answer has one"
            )
        return cls(match[1], match[2] or "")

    def status(self, today: Receipt) -> str:
        """Return how today's answer stands to the one of this receipt.

        `same`, `changed`, `altered` (no answer of that version has that hash), or `undecided`.
        """
        if not (self.hash and today.hash):
            return "undecided"
        if self.hash == today.hash:
            return "same"
        return "altered" if self.version == today.version else "changed"


def given(parameters: Parameters) -> Receipt | None:
    """Return the receipt that a request brings, None where it brings none; raises BadRequest."""
    text = parameters.get(RECEIPT)
    return Receipt.read(text) if text else None


def row_given(parameters: Parameters) -> str:
    """Return the name of the row that a request cites, "" for none; raises BadRequest."""
    name = parameters.get(ROW) or ""
    if name and not NAME.fullmatch(name):
        raise BadRequest(f"row={name[:100]} names no row: a name has 32 digits (0 to 9, a to f)")
    return name


async def receipt_of(
    site: Site, query: Query, version: str, seconds: float | None = None
) -> Receipt:
    """Return the receipt of the answer that a version of the dataset gave to a query just now.

    It has no hash where that is past the limits of a query or takes more seconds than are given, or
    where a write came between. The version is "" where it is not known.
    """
    query = replace(query, result_format=None, graph_format=None, cite=False, words=False)
    served, start = site.engine.version, time.perf_counter()
    key = digest((tag_of(served, query), "fingerprint"))
    known = site.cache.get(key)
    if known is None:
        try:
            asked = site.engine.request(query)
            header, body = await site.engine.ask("fingerprint", *asked, seconds)
        except EngineError as error:
            return Receipt(version or served, reason=str(error))
        known = Answer(body, JSON, str(header["version"]))
        if known.version == served and not header.get("passing"):
            site.cache.put(key, known)
    exchange().timed("fingerprint", start)
    if version not in {"", known.version}:
        return Receipt(version, reason="the dataset was changed while it was asked")
    found = Fingerprint(**json.loads(known.body))
    return Receipt(known.version, found.hash, found.rows, found.reason)


async def note(
    reply: Reply, site: Site, query: Query, parameters: Parameters, path: str, pairs: Pairs
) -> None:
    """Tell in the headers of an answer what its request asks of its receipt.

    The path and the pairs are those of the address that people are given.
    """
    if parameters.get(RECEIPT) is None:
        return
    before, today = given(parameters), await receipt_of(site, query, reply.version)
    reply.headers += told(before, today, permalink(addressed(path, deciding(pairs)), today))
    reply.version = ""


def told(before: Receipt | None, today: Receipt, address: str) -> Fields:
    """Return the headers that tell of receipts.

    `cite-as` is the address by which an answer is cited (RFC 8574), `Receipt-Status` how it stands
    to the receipt that was given.
    """
    link = f'<{escape_address(address)}>; rel="cite-as"'
    fields = [("Link", link)] if len(link) <= LONGEST else []
    return [*fields, ("Receipt-Status", before.status(today))] if before else fields


def permalink(address: str, receipt: Receipt, row: str = "") -> str:
    """Return the address of an answer with its receipt, and the row that is cited."""
    own = {RECEIPT: str(receipt), **({ROW: row} if row else {})}
    return f"{address}{'&' if '?' in address else '?'}{urlencode(own)}"


def addressed(path: str, pairs: Pairs) -> str:
    """Return the address of a path with parameters, each of them once."""
    own = urlencode(list(dict.fromkeys(pairs)))
    return f"{path}?{own}" if own else path


def deciding(pairs: Pairs) -> list[tuple[str, str]]:
    """Return the parameters that decide an answer."""
    return [pair for pair in pairs if pair[0] not in PASSING]


def row_names(body: bytes, most: int) -> list[str]:
    """Return the names of the first rows of an answer in results JSON: hashes of their lines.

    Yes or no is a row without a name.
    """
    found = parse_query_results(body, QueryResultsFormat.JSON)
    if isinstance(found, QueryBoolean):
        return [""]
    table: Any = found.serialize(format=QueryResultsFormat.TSV)
    lines = table.removesuffix(b"\n").split(b"\n", most + 1)[1 : most + 1]
    return [sha256(line + b"\n").hexdigest()[:32] for line in lines]
