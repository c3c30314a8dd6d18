"""The tools of a language model on drafts: to propose claims, and to have a draft checked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from mcp.server.mcpserver.exceptions import ToolError

from graph.curating.master import Inputs, read_master
from graph.drafting.draft_file import DraftFile
from graph.drafting.proposal import Proposer, describe_article
from graph.errors import CpecError
from graph.validation import validate_file
from server.command.output import write_output

ORIGIN: Final = "mcp"
SHOWN: Final = 50
"""The defects that an answer has at most."""


@dataclass(frozen=True, slots=True)
class DraftTools:
    """The drafts of a folder, and the texts of their articles in the archive."""

    drafts: Path
    archive: Path
    inputs: Inputs = field(default_factory=Inputs)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def read_draft(self, draft: str) -> dict[str, Any]:
        """Return the sentences of a draft, by the name of its file."""
        return await self.run(
            lambda path: describe_article(DraftFile.read(path, self.archive)), draft
        )

    async def propose_claims(self, draft: str, claims: list[dict[str, Any]]) -> dict[str, Any]:
        """Add claims to a draft, for a person to review; those that fail a check are left out.

        A claim has: sentence ("s01"), quote (its words, as the sentence has them), start (the
        offset of the quote in the sentence), subject (the local name of a thing of the graph or of
        the draft), property ("cpec:aimsAt"), object (a thing, a term of the vocabulary, or
        {"date": "2026-05"}, {"number": "5000"}, {"text": "sets"}), and modality where the sentence
        does not assert it: Denied, Proposed, Requested or Conditional.
        """
        return await self.run(lambda path: self.propose(path, claims), draft)

    async def validate_draft(self, draft: str) -> dict[str, Any]:
        """Return the defects of a draft, by the lines of its file."""
        return await self.run(self.validate, draft)

    def describe(self, path: Path) -> dict[str, Any]:
        """Return the sentences of the draft at a path."""
        return describe_article(DraftFile.read(path, self.archive))

    def propose(self, path: Path, claims: list[dict[str, Any]]) -> dict[str, Any]:
        """Add claims to the draft at a path."""
        file = DraftFile.read(path, self.archive)
        proposed = Proposer.start(ORIGIN, read_master(self.inputs), file).add(file, claims)
        if proposed.taken:
            write_output(path, proposed.content.encode())
        return {"taken": proposed.taken, "refused": dict(proposed.refused), "reviewed": 0}

    def validate(self, path: Path) -> dict[str, Any]:
        """Return the defects of the draft at a path."""
        findings = validate_file(self.inputs, path)
        shown = [{"line": own.line, "message": own.message} for own in findings[:SHOWN]]
        return {"defects": len(findings), "first": shown}

    async def run(self, act: Callable[[Path], dict[str, Any]], draft: str) -> dict[str, Any]:
        """Return the result of a function of the path of a draft; raises ToolError."""
        path = self.drafts / draft
        if Path(draft).name != draft or path.suffix != ".trig" or not path.is_file():
            raise ToolError("draft is the name of a .trig file in the folder of the drafts")
        async with self.lock:
            try:
                return await asyncio.to_thread(act, path)
            except (CpecError, OSError) as error:
                raise ToolError(str(error)) from None
