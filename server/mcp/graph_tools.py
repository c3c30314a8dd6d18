"""The tools of a language model: each asks the endpoint, and each fact that it returns is cited."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import wraps
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

from graph.answering.name import expand_name
from ontology.namespace import ID
from server.mcp.claim import (
    NOT_JUDGED,
    NOT_SAID,
    UNCITED,
    UNKNOWN_NAME,
    Claim,
    RowClaim,
    TripleClaim,
    check_modality,
    judge_modality,
    match_row,
    write_verdict,
)
from server.mcp.fact import (
    LABELS,
    MAX_FACTS,
    ORIGINS,
    Json,
    Term,
    Wording,
    find_strongest,
    list_articles,
    list_rows,
    list_terms,
    write_explained,
    write_facts,
)
from server.mcp.http_api import CONCURRENT_REQUESTS, MAX_CALLS, EndpointRefusalError, HttpApi

MAX_CLAIMS: Final = 20
"""The triples and rows of one call of `verify`."""

ABOUT: Final = """
SELECT ?subject ?property ?object WHERE {
  { VALUES ?subject { %(iri)s } ?subject ?property ?object }
  UNION { VALUES ?object { %(iri)s } ?subject ?property ?object }
  ?property cpec:modality ?modality .
  FILTER (?property != cpec:attributedTo)
}
ORDER BY ?subject ?property ?object LIMIT %(rows)d OFFSET %(offset)d
"""
"""The statements about a thing: triples of properties that sources state, without attributions."""

TERMS: Final = """
SELECT DISTINCT ?term ?kind ?label ?comment ?domain ?range ?modality WHERE {
  GRAPH graph:ontology {
    VALUES ?kind { owl:Class owl:ObjectProperty owl:DatatypeProperty }
    ?term a ?kind ; rdfs:isDefinedBy ?ontology ; rdfs:label ?label FILTER (LANG(?label) = "en")
    OPTIONAL { ?term rdfs:comment ?comment FILTER (LANG(?comment) = "en") }
    OPTIONAL { ?term rdfs:domain ?domain FILTER (isIRI(?domain)) }
    OPTIONAL { ?term rdfs:range ?range FILTER (isIRI(?range)) }
    OPTIONAL { ?term cpec:modality ?modality }
    FILTER NOT EXISTS { ?term owl:deprecated true }
  }
}
ORDER BY ?kind ?term
"""
"""The classes and properties, without those that are retired."""

TOOLS: Final = (
    "search",
    "thing",
    "question",
    "sparql",
    "explain",
    "sources",
    "schema",
    "verify",
)
"""The methods of GraphTools that are tools."""

INSTRUCTIONS: Final = f"""\
A cited graph of Pakistan-China cooperation. Say only facts that a tool returned, with their
sentence and their modality: an aim, a task or a judgement is not a deed. Before you answer, hand
the triples or rows that you will say to `verify`. If an answer is empty, say that no source says
so, with the reason; never fill it from memory. Begin with `schema` (the terms and their traps),
`question` (ready questions) or `search` (names of things). At most {MAX_CALLS} calls are under way
at once, {CONCURRENT_REQUESTS} of them at the endpoint; an answer has at most {MAX_FACTS} facts."""

TRAPS: Final = [
    line.removeprefix("- ")
    for line in Path(__file__).with_name("traps.md").read_text("utf-8").splitlines()
]
"""The traps of the graph, which `schema` returns."""


class GraphTools:
    """The tools over the HTTP API of one endpoint."""

    def __init__(self, api: HttpApi) -> None:
        self.api = api

    async def search(self, text: str) -> Json:
        """Find things by name: English, Urdu, Chinese, an acronym or a misspelling.

        A score below 100 is a similar name, perhaps of another thing: "Air China" finds China.
        """
        answer = await self.api.read("/search", q=text, format="json")
        if not answer["matches"]:
            answer["empty"] = {"words": f"no thing of the graph has a name like {text!r}"}
        return answer

    async def thing(self, name: str, offset: int = 0) -> Json:
        """Return the statements with a thing as subject or object, cited; `offset` skips facts."""
        iri = expand_name(name) or ID + name
        path = f"/data/{quote(iri.removeprefix(ID), safe='/')}.jsonld"
        if not iri.startswith(ID):
            raise ToolError(f"{name!r} is not a thing of the graph, whose names begin with {ID}")
        described = await self.api.read(path)
        given = {"iri": f"<{iri}>", "rows": MAX_FACTS + 1, "offset": max(0, offset)}
        facts = await self._ask(ABOUT % given)
        kept = ("id", "type", "label", "altLabel", "title", "sameAs", "schema:sameAs")
        return {"thing": {key: described[key] for key in kept if key in described}} | facts

    async def question(self, name: str = "", parameters: dict[str, str] | None = None) -> Json:
        """Answer a question of the catalogue, cited; without a name, list the questions.

        A parameter is a name of the graph (`China`) or a text; one that is left out has a default.
        """
        if not name:
            return await self.api.read("/api/queries/")
        return await self._cite(await self._read_question(name, parameters or {}))

    async def sparql(self, query: str) -> Json:
        """Answer a SPARQL 1.1 query, cited: SELECT, ASK, CONSTRUCT or DESCRIBE.

        The prefixes cpec:, id:, graph:, rdfs:, dcterms:, oa: and others are declared. The limits
        are those of the public endpoint.
        """
        return await self._ask(query)

    async def explain(self, subject: str, property: str, object: str) -> Json:  # noqa: A002
        """Explain why a triple holds: who states it, or from which statements it follows."""
        why = await self.api.read("/explain", s=subject, p=property, o=object, format="json")
        return {"facts": [await self._write_explained(why)], "explanation": why}

    async def sources(self, part: int = 1, without: list[str] | None = None) -> Json:
        """List the sources, and how many statements each makes; `without` leaves sources out.

        `lost` are the statements that no other source makes, `fallen` the inferences that need it.
        """
        given: dict[str, str | list[str]] = {"without": without} if without else {}
        return await self.api.read("/sources", format="json", part=str(part), **given)

    async def schema(self, term: str = "") -> Json:
        """Return the classes and properties, with domain, range and modality, and the traps.

        `term` keeps those with the text in their name, label or comment.
        """
        answer = await self.api.query(TERMS)
        rows = [{name: own["value"] for name, own in row.items()} for row in list_rows(answer)]
        text = term.lower()
        kept = [row for row in rows if any(text in value.lower() for value in row.values())]
        empty = {"empty": {"words": f"the vocabulary has no term like {term!r}"}}
        return {"traps": TRAPS, "terms": kept} | ({} if kept else empty)

    async def verify(
        self, triples: list[TripleClaim] | None = None, rows: list[RowClaim] | None = None
    ) -> Json:
        """Judge triples and rows before they are said: which source holds each, how strongly.

        The verdict is "held", "held more weakly", "no source says", "no source is known" or
        "unknown name". Free text is not judged: give its statements as triples.
        """
        triples, rows = triples or [], rows or []
        if not 1 <= len(triples) + len(rows) <= MAX_CLAIMS:
            raise ToolError(
                f"verify takes 1 to {MAX_CLAIMS} claims, not {len(triples) + len(rows)}"
            )
        claims: list[Claim] = [*triples, *rows]
        for claim in claims:
            try:
                check_modality(claim.modality)
            except ValueError as error:
                raise ToolError(str(error)) from None
        judged = [self._judge(claim, self._judge_triple) for claim in triples]
        judged += [self._judge(claim, self._judge_row) for claim in rows]
        return {"verdicts": await asyncio.gather(*judged)}

    async def _judge(self, claim: Claim, judge: Callable[[Any], Awaitable[Json]]) -> Json:
        """Return the verdict on a claim, also if the endpoint refuses to answer."""
        try:
            return await judge(claim)
        except (ToolError, EndpointRefusalError) as error:
            return write_verdict(NOT_JUDGED, asdict(claim), reason=str(error))

    async def _judge_triple(self, claim: TripleClaim) -> Json:
        """Return the verdict on a triple."""
        names = {"s": claim.subject, "p": claim.property, "o": claim.object}
        try:
            why = await self.api.read("/explain", format="json", **names)
        except EndpointRefusalError as refusal:
            if "triple" in refusal.problem:
                return await self._describe_absence(claim, refusal.problem)
            if refusal.status != 404:
                raise
            return write_verdict(UNKNOWN_NAME, asdict(claim), reason=refusal.problem["detail"])
        fact = await self._write_explained(why)
        verdict = judge_modality(find_strongest([why["modality"]]), claim.modality)
        others = {name: why[name] for name in ("contested", "unasserted") if why[name]}
        return write_verdict(verdict, asdict(claim), fact=fact, **others)

    async def _describe_absence(self, claim: TripleClaim, problem: Json) -> Json:
        """Return the verdict on a triple that is not in the graph, and what sources say instead."""
        answer = await self.api.cite(f"ASK {{ {problem['triple']} }}")
        instead = {name: problem[name] for name in ("unasserted", "nearest") if problem.get(name)}
        words = answer.get("empty", {}).get("words", problem["detail"])
        return write_verdict(NOT_SAID, asdict(claim), reason=words, instead=instead)

    async def _judge_row(self, claim: RowClaim) -> Json:
        """Return the verdict on a row of the answer to a query or question."""
        if bool(claim.query) == bool(claim.question) or not claim.row:
            raise ToolError("a row is judged by a query or by a question, and by a column or more")
        if claim.query:
            answer = await self.api.cite(claim.query)
        else:
            answer = await self._read_question(claim.question, claim.parameters)
        pairs = zip(list_rows(answer), answer["citations"], strict=False)
        matching = [(row, citation) for row, citation in pairs if match_row(claim.row, row)]
        if not matching:
            words = answer.get("empty", {}).get("words", "the answer has no such row")
            return write_verdict(NOT_SAID, asdict(claim), reason=words)
        answer |= {"results": {"bindings": [row for row, _ in matching]}}
        answer |= {"citations": [citation for _, citation in matching]}
        cited = [own for _, own in matching if own["status"] == "cited"]
        modalities = [modality for own in cited for modality in own.get("modalities", ())]
        verdict = judge_modality(find_strongest(modalities), claim.modality) if cited else UNCITED
        facts = write_facts(answer, await self._read_wording(answer))
        return write_verdict(verdict, asdict(claim), facts=facts)

    async def _read_question(self, name: str, parameters: dict[str, str]) -> Json:
        """Return the cited answer to a question, as the endpoint writes it."""
        path = f"/api/queries/{quote(name, safe='')}"
        return await self.api.read(path, **{**parameters, "cite": "true", "format": "json"})

    async def _ask(self, query: str) -> Json:
        """Return the facts of the answer to a query."""
        return await self._cite(await self.api.cite(query))

    async def _cite(self, answer: Json) -> Json:
        """Return the facts of a cited answer, and the reason if it has none."""
        total = len(list_rows(answer))
        kept = ("empty", "leftOut", "graphsNotFound")
        shown: Json = {
            "facts": write_facts(answer, await self._read_wording(answer)),
            **{name: answer[name] for name in kept if name in answer},
        }
        if total > MAX_FACTS:
            shown["more"] = f"the first {MAX_FACTS} facts of {total}: ask for the next by an offset"
        return shown

    async def _write_explained(self, why: Json) -> Json:
        """Return an explained triple as a fact."""
        return write_explained(why, await self._read_wording({"sources": why["sources"]}))

    async def _read_wording(self, answer: Json) -> Wording:
        """Return the labels of the terms and the origins of the sources of an answer."""
        labels, origins = await asyncio.gather(
            self._look_up(LABELS, list_terms(answer) if "results" in answer else []),
            self._look_up(ORIGINS, list_articles(answer["sources"].values())),
        )
        return Wording.read(labels, origins)

    async def _look_up(self, pattern: str, iris: list[str]) -> list[dict[str, Term]]:
        """Return the rows of a query for some IRIs; none without IRIs."""
        if not iris:
            return []
        return list_rows(await self.api.query(pattern % " ".join(f"<{iri}>" for iri in iris)))


def make_server(address: str) -> MCPServer[Any]:
    """Return the server of the tools over the endpoint at an address."""
    api = HttpApi(address)
    tools = GraphTools(api)
    server: MCPServer[Any] = MCPServer(
        "cpec-graph", instructions=INSTRUCTIONS, version=version("cpec-graph"), log_level="WARNING"
    )
    for name in TOOLS:
        annotations = ToolAnnotations(read_only_hint=True, open_world_hint=False)
        server.add_tool(count_calls(api, getattr(tools, name)), annotations=annotations)
    return server


def count_calls(
    api: HttpApi, tool: Callable[..., Awaitable[Json]]
) -> Callable[..., Awaitable[Json]]:
    """Return a tool whose calls count toward MAX_CALLS; its signature and its words stay."""

    @wraps(tool)
    async def call(*arguments: Any, **named: Any) -> Json:
        async with api.call():
            try:
                return await tool(*arguments, **named)
            except EndpointRefusalError as error:
                raise ToolError(str(error)) from None

    return call
