"""A receipt: the version of the dataset that gave an answer, and two hashes of the answer.

The address of an answer carries it, `receipt=VERSION.sha256-ROWS.proofs-PROOFS`: later clients of
the address learn whether the rows are still the same, and whether they have the same sources. The
second hash covers the rows with all their proofs; a receipt without it cites the rows alone, and
one without a hash the version alone. An empty `receipt=` asks for a receipt.
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
from server.conditional import digest
from server.front.exchange import exchange
from server.link import cite_link
from server.parameters import Parameters
from server.reply import Fields, Reply
from server.response import tag_query
from server.site import Site, current_site

RECEIPT: Final = "receipt"
ROW: Final = "row"
"""The parameters of a receipt, and of the cited row."""

RECEIPT_SYNTAX: Final = re.compile(
    r"([0-9A-Za-z-]{1,100})(?:\.sha256-([0-9a-f]{64})(?:\.proofs-([0-9a-f]{64}))?)?"
)
ROW_SYNTAX: Final = re.compile(r"[0-9a-f]{32}")
"""The syntax of a receipt, and of the name of a row, in an address."""

PRESENTATION: Final = frozenset({"format", "names", "part", "version", RECEIPT, ROW})
"""The parameters that do not change the rows of an answer."""

OTHER_SOURCES: Final = "same rows, other sources"
"""The status of an answer whose rows have other proofs than those that were cited."""

NO_TIME: Final = "the time for citing its rows was over"
QUADS: Final = "its rows are all statements, each with its graph"
"""The reasons for no hash of proofs: the rows took all the time; they need none."""

CITE_AS_LENGTH: Final = 8000
"""The maximum length of a cite-as link in a header field; clients read some 8,000 characters."""


Pairs = Iterable[tuple[str, str]]
"""The names and values of parameters."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A version of the dataset, and the SHA-256 of the rows of its answer, or "".

    `proofs` is the SHA-256 of the rows with all their proofs, or "". A computed receipt also has
    the number of rows, or the `reason` why the rows have no hash, and the reason why their proofs
    have none in `unproved`. The hash of rows that are `graph:inferred` alone `is_withheld` from a
    receipt without proofs: it tells no source. It is compared with older receipts all the same.
    """

    version: str
    hash: str = ""
    rows: int = 0
    reason: str = ""
    proofs: str = ""
    unproved: str = ""
    is_withheld: bool = False

    def __str__(self) -> str:
        if not self.hash or self.is_withheld:
            return self.version
        rows = f"{self.version}.sha256-{self.hash}"
        return f"{rows}.proofs-{self.proofs}" if self.proofs else rows

    def withhold(self) -> Receipt:
        """Return the receipt of an inference: without proofs, it is the version alone."""
        return self if self.proofs else replace(self, is_withheld=True, reason=self.unproved)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the receipt of an address; raises BadRequest for other text."""
        match = RECEIPT_SYNTAX.fullmatch(text)
        if match is None:
            raise BadRequest(
                f"receipt={text[:200]} is no receipt: it is a version of the dataset, then "
                ".sha256- and the 64 digits (0 to 9, a to f) of the hash of the rows, then "
                ".proofs- and those of the hash of their proofs, if the answer has these hashes"
            )
        return cls(match[1], match[2] or "", proofs=match[3] or "")

    def status(self, today: Receipt) -> str:
        """Return today's status: `same`, OTHER_SOURCES, `changed`, `altered` or `undecided`.

        A hash is altered if the same version gives another one. A receipt without a hash of proofs
        is the same if its rows are.
        """
        other = "altered" if self.version == today.version else "changed"
        if not (self.hash and today.hash):
            return "undecided"
        if self.hash != today.hash:
            return other
        if self.proofs in {"", today.proofs}:
            return "same"
        if not today.proofs:
            return "undecided"
        return OTHER_SOURCES if other == "changed" else other


def read_receipt(parameters: Parameters) -> Receipt | None:
    """Return the receipt of a request, or None; raises BadRequest."""
    text = parameters.get(RECEIPT)
    return Receipt.parse(text) if text else None


def read_row_name(parameters: Parameters) -> str:
    """Return the name of the row that a request cites, or ""; raises BadRequest."""
    name = parameters.get(ROW) or ""
    if name and not ROW_SYNTAX.fullmatch(name):
        raise BadRequest(f"row={name[:100]} names no row: write its 32 digits (0 to 9, a to f)")
    return name


async def compute_receipt(
    site: Site,
    query: Query,
    version: str,
    seconds: float | None = None,
    proved: Query | None = None,
) -> Receipt:
    """Return the receipt of the answer that a version just gave to a query; "" is any version.

    It has no hash if hashing exceeds a limit of queries or the seconds, or if a write changed the
    dataset after the answer. `proved` is the query whose rows are hashed with their proofs: the
    same query, or None for a query of all quads.
    """
    start = time.perf_counter()
    seconds = seconds or site.engine.settings.deadline
    try:
        fingerprint, served = await ask_fingerprint(site, "fingerprint", query, seconds)
    except EngineError as error:
        return Receipt(version or site.engine.version, reason=str(error))
    if version not in {"", served}:
        return Receipt(version, reason="the dataset changed between the answer and its receipt")
    receipt = Receipt(served, fingerprint.hash, fingerprint.rows, fingerprint.reason)
    if not receipt.hash:
        return receipt
    if proved is None:
        return replace(receipt, unproved=QUADS)
    left = seconds - (time.perf_counter() - start)
    proofs, unproved = await hash_proofs(site, proved, served, left)
    return replace(receipt, proofs=proofs, unproved=unproved)


async def hash_proofs(site: Site, query: Query, version: str, seconds: float) -> tuple[str, str]:
    """Return the hash of the rows of a query with all their proofs, or "" and the reason for none.

    There is none if another version of the dataset answers than gave the rows.
    """
    if seconds <= 0:
        return "", NO_TIME
    try:
        fingerprint, served = await ask_fingerprint(site, "proofs", query, seconds)
    except EngineError as error:
        return "", f"citing was given up: {error}"
    if served != version:
        return "", "the dataset changed between the rows and their proofs"
    return fingerprint.hash, fingerprint.reason


async def ask_fingerprint(
    site: Site, kind: str, query: Query, seconds: float
) -> tuple[Fingerprint, str]:
    """Return a kind of fingerprint of the answer to a query, and the version that gave it.

    A version gives it once. Raises the errors of the engine.
    """
    query = replace(query, result_format=None, graph_format=None, cite=False, words=False)
    served, start = site.engine.version, time.perf_counter()
    key = digest((tag_query(served, query), kind))
    answer = site.cache.get(key)
    if answer is None:
        header, body = await site.engine.ask(kind, *site.engine.request(query), seconds)
        answer = Answer(body, JSON, str(header["version"]))
        if answer.version == served and not header.get("provisional"):
            site.cache.put(key, answer)
    exchange().time(kind, start)
    return Fingerprint(**json.loads(answer.body)), answer.version


def wait_receipt(
    query: Query, version: str = "", seconds: float | None = None, proved: Query | None = None
) -> Receipt:
    """Return the receipt that `compute_receipt` gives for the current site, to a thread."""
    site = current_site()
    return site.engine.wait(compute_receipt(site, query, version, seconds, proved))


async def add_receipt(
    reply: Reply, site: Site, query: Query, parameters: Parameters, path: str, pairs: Pairs
) -> None:
    """Add the header fields of a receipt to a reply whose request has a parameter `receipt`.

    Path and pairs make the address of the answer that people open.
    """
    if parameters.get(RECEIPT) is None:
        return
    before = read_receipt(parameters)
    today = await compute_receipt(site, query, reply.version, proved=query)
    address = write_permalink(join_parameters(path, deciding_pairs(pairs)), today)
    reply.headers += receipt_headers(before, today, address)
    reply.version = ""


def receipt_headers(before: Receipt | None, today: Receipt, address: str) -> Fields:
    """Return the link to the permalink, `cite-as` (RFC 8574), and the Receipt-Status field."""
    link = cite_link(address)
    fields = [link] if len(link[1]) <= CITE_AS_LENGTH else []
    return [*fields, ("Receipt-Status", before.status(today))] if before else fields


def write_permalink(address: str, receipt: Receipt, row: str = "") -> str:
    """Return the address of an answer with its receipt, and with the cited row if any."""
    own = {RECEIPT: str(receipt), **({ROW: row} if row else {})}
    return f"{address}{'&' if '?' in address else '?'}{urlencode(own)}"


def join_parameters(path: str, pairs: Pairs) -> str:
    """Return the address of a path with parameters, without repetitions."""
    own = urlencode(list(dict.fromkeys(pairs)))
    return f"{path}?{own}" if own else path


def deciding_pairs(pairs: Pairs) -> list[tuple[str, str]]:
    """Return the parameters that decide the rows of an answer."""
    return [pair for pair in pairs if pair[0] not in PRESENTATION]


def name_rows(body: bytes, most: int) -> list[str]:
    """Return the names of the first rows of results JSON: a name hashes the row's line in TSV.

    A boolean is one row without a name.
    """
    results = parse_query_results(body, QueryResultsFormat.JSON)
    if isinstance(results, QueryBoolean):
        return [""]
    table: Any = results.serialize(format=QueryResultsFormat.TSV)
    lines = table.removesuffix(b"\n").split(b"\n", most + 1)[1 : most + 1]
    return [sha256(line + b"\n").hexdigest()[:32] for line in lines]
