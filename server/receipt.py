"""A receipt: the version of the dataset that gave an answer, and three hashes of the answer.

The address of an answer carries it, `receipt=VERSION.sha256-ROWS.proofs-PROOFS.words-WORDS`: later
clients of the address learn whether the rows are still the same, whether they have the same
sources, and whether the sources say the same of them. The second hash covers the rows with all
their proofs, the third with their words (graph/citing/proof_fingerprint.py); a receipt without
these cites the rows alone, and one without a hash the version alone. Older receipts lack the third.
An empty `receipt=` asks for a receipt.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final, Self

from pyoxigraph import QueryBoolean, QueryResultsFormat, parse_query_results
from werkzeug.exceptions import BadRequest

from graph.answering.evaluation import Answer, Query
from graph.answering.fingerprint import Fingerprint
from graph.errors import EngineError
from graph.publishing.resource import JSON
from server.engine.front.reply import Fields, Reply
from server.exchange import exchange
from server.link import cite_link
from server.parameters import Parameters, add_parameters
from server.response import digest, tag_query
from server.site import Site, current_site

RECEIPT: Final = "receipt"
ROW: Final = "row"
"""The parameters of a receipt, and of the cited row."""

RECEIPT_SYNTAX: Final = re.compile(
    r"([0-9A-Za-z-]{1,100})"
    r"(?:\.sha256-([0-9a-f]{64})(?:\.proofs-([0-9a-f]{64})(?:\.words-([0-9a-f]{64}))?)?)?"
)
ROW_SYNTAX: Final = re.compile(r"[0-9a-f]{32}")
"""The syntax of a receipt, and of the name of a row, in an address."""

PRESENTATION: Final = frozenset({"format", "names", "part", "version", RECEIPT, ROW})
"""The parameters that do not change the rows of an answer."""

OTHER_SOURCES: Final = "same rows, other sources"
"""The status of an answer whose rows have other proofs than those that were cited."""

OTHER_WORDS: Final = "same rows, other words"
"""The status of an answer of which the sources say something else: its modality, its speaker."""

SAME_ROWS: Final = "same rows"
SAME_SOURCES: Final = "same rows and sources"
"""The statuses of an answer of which the receipt has no further hash to compare."""

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

    `proofs` is the SHA-256 of the rows with all their proofs, `words` of the rows with their words,
    or both are "". A computed receipt also has the number of rows, or the `reason` why the rows
    have no hash, the reason why their proofs have none in `unproved`, and the `query` of the proofs
    if they have one. The hash of rows that are `graph:inferred` alone `is_withheld` from a
    receipt without proofs: it tells no source. It is compared with older receipts all the same.
    """

    version: str
    hash: str = ""
    rows: int = 0
    reason: str = ""
    proofs: str = ""
    words: str = ""
    unproved: str = ""
    is_withheld: bool = False
    query: Query | None = None

    def __str__(self) -> str:
        if not self.hash or self.is_withheld:
            return self.version
        rows = f"{self.version}.sha256-{self.hash}"
        proofs = f"{rows}.proofs-{self.proofs}" if self.proofs else rows
        return f"{proofs}.words-{self.words}" if self.words else proofs

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
                ".proofs- and those of the hash of their proofs, and .words- and those of the hash "
                "of their words, if the answer has these hashes"
            )
        return cls(match[1], match[2] or "", proofs=match[3] or "", words=match[4] or "")

    def status(self, today: Receipt) -> str:
        """Return today's status: `same` if all three hashes are, and the version is no other.

        The first hash that differs makes it `changed`, OTHER_SOURCES or OTHER_WORDS, or `altered`
        if the same version gives another one. A receipt that lacks a hash is SAME_ROWS or
        SAME_SOURCES in another version; the quads of a whole graph need no other hash. Without a
        hash of today's the status is `undecided`.
        """
        if not (self.hash and today.hash):
            return "undecided"
        is_other_version = self.version != today.version
        for before, now, partial, other in (
            (self.hash, today.hash, "", "changed"),
            (self.proofs, today.proofs, SAME_ROWS, OTHER_SOURCES),
            (self.words, today.words, SAME_SOURCES, OTHER_WORDS),
        ):
            if not before:
                is_enough = not is_other_version or today.unproved == QUADS
                return "same" if is_enough else partial
            if not now:
                return "undecided"
            if before != now:
                return other if is_other_version else "altered"
        return "same"


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
    dataset after the answer. `proved` is the query whose rows are hashed with their proofs and
    words: the same query, or None for a query of all quads.
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
    found = await hash_proofs(site, proved, served, left)
    return replace(
        receipt, proofs=found.hash, words=found.words, unproved=found.reason, query=proved
    )


async def hash_proofs(site: Site, query: Query, version: str, seconds: float) -> Fingerprint:
    """Return the fingerprints of the rows of a query with all their proofs and their words.

    They are empty if another version of the dataset answers than gave the rows.
    """
    if seconds <= 0:
        return Fingerprint(reason=NO_TIME)
    try:
        fingerprint, served = await ask_fingerprint(site, "proofs", query, seconds)
    except EngineError as error:
        return Fingerprint(reason=f"citing was given up: {error}")
    if served != version:
        return Fingerprint(reason="the dataset changed between the rows and their proofs")
    return fingerprint


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
    return add_parameters(address, [(RECEIPT, str(receipt)), *([(ROW, row)] if row else [])])


def join_parameters(path: str, pairs: Pairs) -> str:
    """Return the address of a path with parameters, without repetitions."""
    return add_parameters(path, dict.fromkeys(pairs))


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
