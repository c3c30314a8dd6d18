"""The engine: clients' queries and updates run in processes that may die, never in the server.

One *supervisor* owns the zygote, which has the dataset and forks workers, and the writer. Each
*front* of a server has an *engine* at the other end of a channel to it, in a loop of asyncio, and
workers of its own. Tests have both in one process (tests/graph/engine/local_engine.py)::

    with LocalEngine.start(EngineSettings(source=Path("graph.nq"))) as engine:
        answer = engine.query(Query("SELECT * { ?s ?p ?o } LIMIT 1"))     # Answer(body, format)

Reading in the loop:

    await Engine.answer(query: Query, deadline: float | None = None) -> Answer
        SELECT, ASK, CONSTRUCT, DESCRIBE; fields of the Query name the dataset.
        With Query.cite, results JSON with a citation of each row.
    await Engine.ask(kind: str, header: dict, body: bytes) -> tuple[dict, bytes]
        any kind of request in graph/engine/task.py; all other reads use it. Cancelling it kills
        its worker. The request is on the account of CLIENT (graph/engine/account.py).

Reading from threads (each call blocks its thread until the answer is complete or refused):

    Engine.query(query: Query, deadline: float | None = None) -> Answer(body, format, version)
    Engine.run(kind: str, header: dict, body: bytes) -> tuple[dict, bytes]
        the same as `answer` and `ask`
    Engine.explain(triple: Sequence[str], form: str) -> tuple[bytes, str]
        the explanation of a triple, as "json" or "ttl", and the version; NotInGraphError.
    Engine.table(thing: str) -> tuple[bytes, str]
        the statements about a thing as CSV, and the version.
    Engine.graph(graph: str | None, form: GraphFormat) -> Answer
        all of one graph (Graph Store Protocol GET); None is the default graph; UnknownNameError.
    Engine.parse(body: bytes, form: GraphFormat, base: str) -> bytes
        a client's RDF document as N-Quads; BodySyntaxError.

Writing (only with a `data_dir`; one at a time; returns once it is on disk and readers see it):

    Engine.update(update: Update) -> Change
        a SPARQL 1.1 Update, with `using-graph-uri` parameters; all or nothing.
    Engine.change(change: GraphChange, require: Require | None = None) -> Change
        Graph Store Protocol PUT ("replace"), POST ("merge"), DELETE ("drop") with the body as sent;
        `require(version, existed)` is called before anything is written, and raises to refuse it.
    Change.version, .added, .removed (counts of quads), .existed (the graph existed before)
    Change.report                the counts of the inferences, and the contradictions

State:

    Engine.version: str          the name of the dataset that new requests see; for ETags
    Engine.writable: bool
    Engine.has_writes: bool      the store was written to; the counts of graph:dataset are older
    await Engine.sum_counts()    the counts of all fronts, summed
    Engine.ready() -> bool       a worker can answer now
    await Engine.drain(seconds)  finishes the requests in flight, and refuses new ones
    LocalEngine.close()          the same, then ends every child

Errors (graph/errors.py), beside QuerySyntaxError and UnwritableError:

    LimitError(limit, value, line, column)   beyond a limit of the guard        413, nesting 400
    ForbiddenError                           SERVICE or LOAD that is not allowed       403
    UnreadableQueryError                     SERVICE in a query beyond SPARQL 1.1      400
    BodySyntaxError(line, column)            not RDF in the format named               400
    ConflictError                            an update drops a graph that is missing   409
    UnfollowedAxiomError                     no rule follows an axiom                  422
    ModalityError                            a write would make an aim a deed          422
    DeadlineError(seconds)                   killed at the deadline                    504
    AnswerTooLargeError(limit, value)        the answer is beyond the cap              413
    OutOfMemoryError                         beyond the memory cap of a worker         503
    WorkerDiedError                          the engine crashed on this request        503
    OverloadedError(retry_after)             no worker free within the queue time      503
    ShareError(limit, value, retry_after)    the client has used or holds its share    429
"""
