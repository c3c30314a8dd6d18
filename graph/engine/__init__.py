"""The engine: strangers' queries and updates run in processes that may die, never in this one.

One *supervisor* has the zygote, which holds the dataset and forks workers, and the writer. Each
*front* of a server has an *engine* at the other end of a line to it, in a loop of asyncio, and
workers of its own. A program without fronts has both in one process (local.py)::

    with LocalEngine.start(EngineSettings(source=Path("graph.nq"))) as engine:
        answer = engine.query(Query("SELECT * { ?s ?p ?o } LIMIT 1"))     # Answer(body, format)

Reading in the loop:

    await Engine.answer(query: Query, deadline: float | None = None) -> Answer
        SELECT, ASK, CONSTRUCT, DESCRIBE; the dataset is told by fields of the Query.
        with Query.cite, in results JSON with the citation of each row.
    await Engine.ask(kind: str, header: dict, body: bytes) -> tuple[dict, bytes]
        any kind of request that graph/engine/task.py lists; all of the others stand on it.
        It is killed when it is cancelled. graph/engine/account.py has CLIENT, for whom it is asked.

Reading from threads (each call blocks its thread until the answer is complete or refused):

    Engine.query(query: Query, deadline: float | None = None) -> Answer(body, format, version)
    Engine.run(kind: str, header: dict, body: bytes) -> tuple[dict, bytes]
        the same as `answer` and `ask`
    Engine.explain(triple: Sequence[str], form: str) -> tuple[bytes, str]
        why a triple holds, as "json" or "ttl", and the version; NotInGraphError.
    Engine.table(thing: str) -> tuple[bytes, str]
        the statements with a thing as CSV, and the version.
    Engine.graph(graph: str | None, form: GraphFormat) -> Answer
        one graph whole (Graph Store Protocol GET); None is the default graph; UnknownNameError.
    Engine.parse(body: bytes, form: GraphFormat, base: str) -> bytes
        a stranger's RDF document as N-Quads; BodySyntaxError.

Writing (only with a `data_dir`; one at a time; returns once it is on disk and readers see it):

    Engine.update(update: Update) -> Change
        a SPARQL 1.1 Update, with `using-graph-uri` parameters; all or nothing.
    Engine.change(change: GraphChange, require: Require | None = None) -> Change
        Graph Store Protocol PUT ("replace"), POST ("merge"), DELETE ("drop") with the body as sent;
        `require(version, existed)` is called before anything is written, and raises to refuse it.
    Change.version, .added, .removed (quads), .existed (the graph was there before)
    Change.told                  what follows from the write, and what contradicts itself

State:

    Engine.version: str          names the dataset that new requests see; for ETags
    Engine.writable: bool
    Engine.written: bool         writes came, which the counts of graph:dataset do not have
    await Engine.counts()        the counts of all fronts, summed
    Engine.ready() -> bool       a worker can answer now
    await Engine.drain(seconds)  finishes what is in flight, and refuses the rest
    LocalEngine.close()          the same, then ends every child

Errors (graph/errors.py), beside QuerySyntaxError and UnwritableError:

    LimitError(limit, value, line, column)   beyond a limit of the guard        413, nesting 400
    ForbiddenError                           SERVICE or LOAD that is not allowed       403
    UnreadableQueryError                     SERVICE in a query beyond SPARQL 1.1      400
    BodySyntaxError(line, column)            not RDF in the format named               400
    ConflictError                            an update drops what is not there         409
    UnfollowedAxiomError                     an axiom that no rule follows             422
    DeadlineError(seconds)                   killed at the deadline                    504
    AnswerTooLargeError(limit, value)        the answer is beyond the cap              413
    OutOfMemoryError                         beyond the memory cap of a worker         503
    WorkerDiedError                          the engine crashed on this request        503
    OverloadedError(retry_after)             no worker free within the queue time      503
    ShareError(limit, value, retry_after)    the client has used or holds its share    429
"""
