"""Requests that would have the server open a socket or a file of its own.

@TRAP@ is a listener of the tests: a connection to it is a defect. @FILE@ holds @SECRET@, which no
answer may tell.
"""

from typing import Final

from tests.server.abuse.case import ANY, FORBIDDEN, LIMIT, OK, Case, bearer, http, query, update

SECRET: Final = "the-secret-of-the-file"  # noqa: S105 -- what must not come back
KEPT: Final = (SECRET.encode(), b"root:x:")
REFUSED: Final = FORBIDDEN | LIMIT

ADDRESSES: Final = (
    "http://@TRAP@/",
    "http://localhost:@PORT@/",
    "http://[::1]:@PORT@/",
    "http://[::ffff:127.0.0.1]:@PORT@/",
    "http://0.0.0.0:@PORT@/",
    "http://127.1:@PORT@/",
    "http://2130706433:@PORT@/",
    "http://0x7f000001:@PORT@/",
    "http://user:word@127.0.0.1:@PORT@/",
    "https://@TRAP@/",
    "http://169.254.169.254/latest/meta-data/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "file://@FILE@",
    "file:///etc/passwd",
    "ftp://@TRAP@/",
    "gopher://@TRAP@/_x",
    "unix:/var/run/docker.sock",
)

QUERIES: Final[tuple[Case, ...]] = (
    *(query(f"SERVICE {address}", f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}", REFUSED,
            never=KEPT) for address in ADDRESSES),
    *(query(f"FROM {address}", f"ASK FROM <{address}> {{ ?s ?p ?o }}",
            frozenset({200, 400, 403, 404}), never=KEPT) for address in ADDRESSES),
    query("SERVICE SILENT", "SELECT * { SERVICE SILENT <http://@TRAP@/> { ?s ?p ?o } }", REFUSED),
    query("a service by prefix", "PREFIX t: <http://@TRAP@/> SELECT * { SERVICE t:x { ?s ?p ?o } }",
          REFUSED),
    query("a service by base", "BASE <http://@TRAP@/> SELECT * { SERVICE <x> { ?s ?p ?o } }",
          REFUSED),
    query("a service by escapes", "SELECT * { SERVICE <http://@ESCAPED@/> { ?s ?p ?o } }", REFUSED),
    query("a service in letters of its own", "SELECT * { sErViCe <http://@TRAP@/> { ?s ?p ?o } }",
          REFUSED),
    query("a service behind a comment",
          "SELECT * { SERVICE # {\n <http://@TRAP@/> # }\n { ?s ?p ?o } }", REFUSED),
    query("a service with no space", "SELECT*{SERVICE<http://@TRAP@/>{?s ?p ?o}}", REFUSED),
    query("a service in a variable",
          "SELECT * { BIND(<http://@TRAP@/> AS ?e) SERVICE ?e { ?s ?p ?o } }", REFUSED),
    query("a service in VALUES",
          "SELECT * { VALUES ?e { <http://@TRAP@/> } SERVICE SILENT ?e { ?s ?p ?o } }", REFUSED),
    query("a service in a subselect of EXISTS",
          "ASK { FILTER EXISTS { SELECT * { SERVICE <http://@TRAP@/> { ?s ?p ?o } } } }", REFUSED),
    query("a service in OPTIONAL in MINUS",
          "ASK { ?s ?p ?o MINUS { OPTIONAL { SERVICE <http://@TRAP@/> { ?s ?p ?o } } } }", REFUSED),
    query("a service after a string that looks like its end",
          "ASK { FILTER('}' = '\\'') SERVICE <http://@TRAP@/> { ?s ?p ?o } }", REFUSED),
    query("a service after an IRI that looks like a comment",
          "ASK { <x:#> ?p ?o SERVICE <http://@TRAP@/> { ?s ?p ?o } }", REFUSED),
    query("a service after less-than",
          "ASK { ?s ?p ?o FILTER(?s<?o&&?o>?s) SERVICE <http://@TRAP@/> { ?s ?p ?o } }", REFUSED),
    query("a service in a template", "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <http://@TRAP@/> "
          "{ ?s ?p ?o } }", REFUSED),
    query("a service in a DESCRIBE", "DESCRIBE ?s { SERVICE <http://@TRAP@/> { ?s ?p ?o } }",
          REFUSED),
    query("a graph of a file",
          "SELECT * FROM NAMED <file://@FILE@> { GRAPH <file://@FILE@> { ?s ?p ?o } }", never=KEPT),
    http("default-graph-uri of a file", "GET",
         "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D&default-graph-uri=file://@FILE@",
         never=KEPT),
    http("named-graph-uri of the trap", "GET",
         "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D&named-graph-uri=http://@TRAP@/x"),
    http("a graph of the trap", "GET", "/store?graph=http://@TRAP@/x", frozenset({404})),
    http("a question of the trap", "GET", "/reconcile?queries=http://@TRAP@/", ANY),
)  # fmt: skip

UPDATES: Final[tuple[Case, ...]] = (
    *(update(f"LOAD {address}", f"LOAD <{address}>", REFUSED, never=KEPT) for address in ADDRESSES),
    update("LOAD SILENT", "LOAD SILENT <http://@TRAP@/> INTO GRAPH <x:g>", REFUSED | OK),
    update("LOAD by prefix", "PREFIX t: <http://@TRAP@/> LOAD t:x", REFUSED),
    update("LOAD after another", "CREATE SILENT GRAPH <x:g> ; LOAD <http://@TRAP@/>", REFUSED),
    update("LOAD behind a comment", "#\nLOAD#\n<http://@TRAP@/>", REFUSED),
    update("LOAD with no space", "lOaD<http://@TRAP@/>", REFUSED),
    update("LOAD of a file", "LOAD <file://@FILE@> INTO GRAPH <x:g>", REFUSED, never=KEPT),
    update("a service in an update",
           "INSERT { ?s ?p ?o } WHERE { SERVICE <http://@TRAP@/> { ?s ?p ?o } }", REFUSED),
    update("a service in an update, silent",
           "DELETE { ?s ?p ?o } WHERE { SERVICE SILENT <http://@TRAP@/> { ?s ?p ?o } }", REFUSED),
    update("USING the trap",
           "INSERT { <x:s> <x:p> ?o } USING <http://@TRAP@/> WHERE { ?s ?p ?o }", ANY),
    update("a copy of a file", "COPY <file://@FILE@> TO <x:g>", frozenset({200, 400, 403, 404}),
           never=KEPT),
    http("LOAD without a token", "POST", "/update", frozenset({401}),
         fields={"Content-Type": "application/sparql-update"}, body="LOAD <http://@TRAP@/>"),
    http("a body that is elsewhere", "POST", "/store?graph=http://e/x", frozenset({400, 415}),
         fields={"Content-Type": "message/external-body; access-type=URL; URL=http://@TRAP@/",
                 **bearer()}, body="x"),
)  # fmt: skip

OUTGOING: Final = (*QUERIES, *UPDATES)
