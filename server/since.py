"""The change of an answer since a receipt: `since=RECEIPT` on a query."""

from __future__ import annotations

import json
from typing import Final

from werkzeug.exceptions import Gone

from graph.answering.evaluation import Query
from graph.errors import OverloadedError
from graph.publishing.change_log import ChangeLog
from server.exclusion import refuse_exclusion
from server.feed import ATTEMPTS, choose_log
from server.receipt import Receipt
from server.reply import Reply
from server.response import send_body
from server.site import Site

SINCE: Final = "since"
"""The parameter with the receipt of an earlier answer."""


def answer_since(site: Site, query: Query, text: str) -> Reply:
    """Return the rows that came and went since the version of a receipt, as JSON.

    Raises BadRequest for text that is no receipt, Gone for one that no kept write leads back to or
    whose rows another query gave, and the errors of the engine.
    """
    receipt = Receipt.parse(text)
    refuse_exclusion("since")
    header, body = site.engine.request(query)
    header = {**header, "cut": len(body)}
    for _ in range(ATTEMPTS):
        version = site.engine.version
        try:
            log = choose_log(site, version, receipt.version)
        except FileNotFoundError:  # the log forgot a write meanwhile
            continue
        writes = log.list_writes_since(receipt.version)
        if writes is None:
            raise Gone(refuse_receipt(receipt, log, "the version is another's, or too old"))
        encoded = ChangeLog(log.base, writes=writes).encode()
        answer, changed = site.engine.run("since", header, body + encoded)
        if answer["version"] != version:
            continue
        if receipt.hash not in {"", answer["hash"]}:
            raise Gone(refuse_receipt(receipt, log, "its rows are those of another query"))
        record = {"since": receipt.version, "version": version, **json.loads(changed)}
        lines = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
        return send_body(site, lines.encode(), None, "application/json")
    raise OverloadedError("the dataset is being written; ask again in a while")


def refuse_receipt(receipt: Receipt, log: ChangeLog, reason: str) -> str:
    """Return the refusal of a receipt, which names the oldest version that is kept."""
    return (
        f"nothing is known since {receipt.version}: {reason}; the oldest version is "
        f"{log.oldest}. Ask without since, and keep the receipt of that answer"
    )
