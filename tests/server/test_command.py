"""The commands: their output, and their refusals."""

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.client import Client
from bench.endpoint import CPEC
from graph.answering.binding import load_questions
from graph.curating.master import DATA
from graph.snapshot import Snapshot
from ontology.base import BASE_VARIABLE
from queries.catalogue import catalogue
from server.command import COMMANDS
from server.command import cpec as main
from server.command.ask import CITED
from tests.first_article import copy_first_article
from tests.server.conftest import Run
from tests.waiting import PATIENCE


def help_of(*command: str) -> str:
    """Return the help of a command, which is run in this process."""
    return (
        CliRunner(env={BASE_VARIABLE: None})
        .invoke(main, [*command, "--help"], terminal_width=80)
        .stdout
    )


def test_help_names_every_command_and_each_has_an_example() -> None:
    text = help_of()
    names = (
        "accept article ask backup build check-text decide draft explain export find link mcp "
        "migrate propose publish query reconcile restore review serve snapshot validate verify"
    )
    assert sorted(COMMANDS) == names.split()
    for command in COMMANDS:
        assert f"\n  {command} " in text
        help_text = help_of(command)
        _, words = COMMANDS[command]
        assert words in " ".join(help_text.split())
        assert "Example: " in help_text
        assert "(default" not in help_text  # once, in brackets, and it is no path of this machine
        assert str(DATA) not in help_text.replace("\n" + " " * 23, "")


IMPORTED = """
import sys
from server.command import cpec
cpec.main(sys.argv[1:], standalone_mode=False)
print(*sys.modules)
"""


@pytest.mark.parametrize(
    ("arguments", "unread"),
    [
        ((), {"pyoxigraph", "graph"}),
        (("build",), {"graph.build", "rdflib", "pyshacl", "owlrl"}),
        (("serve",), {"flask", "jinja2", "uvicorn", "rdflib", "werkzeug", "tqdm"}),
        (("ask",), {"flask", "rdflib", "pyshacl", "owlrl", "asyncio", "tqdm"}),
    ],
)
def test_help_imports_nothing_that_is_slow(arguments: tuple[str, ...], unread: set[str]) -> None:
    command = [sys.executable, "-P", "-c", IMPORTED, *arguments, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert unread.isdisjoint(done.stdout.splitlines()[-1].split())


def test_a_snapshot_with_a_damaged_file_is_refused_by_its_name(
    run: Run, snapshot: Snapshot, tmp_path: Path
) -> None:
    shutil.copytree(snapshot.path, tmp_path / "current")
    whole = run("snapshot", "check", str(tmp_path / "current"))
    assert (whole.returncode, snapshot.version in whole.stdout) == (0, True)
    dump = tmp_path / "current" / "dumps" / "cpec-graph.nt"
    dump.write_bytes(dump.read_bytes()[:-5000])
    for command in (
        ("snapshot", "check", str(tmp_path / "current")),
        ("serve", "--port", "0", "--snapshot", str(tmp_path / "current")),
        ("serve", "--port", "0", "--out", str(tmp_path)),
        ("publish", "http://localhost:1/query", "--out", str(tmp_path)),
        ("ask", "parties", "--out", str(tmp_path)),
    ):
        done = run(*command)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"cpec: {dump}: cut or changed: ")
        assert done.stderr.count("\n") == 1


@pytest.mark.long
def test_a_build_sums_up_what_it_made(cpec: Run, tmp_path: Path) -> None:
    done = cpec("build", "--out", str(tmp_path / "fresh"))
    assert done.returncode == 0
    articles = [path.read_text("utf-8") for path in (DATA / "articles").glob("*.trig")]
    sentences = sum(text.count(" a cpec:Sentence ;") for text in articles)
    statements = sum(len(re.findall(r"~\s*<s\d+#\d+>\s*\{\|", text)) for text in articles)
    sums = rf"{sentences} sentences, {statements} statements, \d+ inferred, 99 links"
    assert re.search(sums, done.stdout)


@pytest.mark.long
def test_the_shipped_data_are_valid(run: Run) -> None:
    *shares, last = run("validate").stdout.splitlines()
    assert last == "valid"
    assert len(shares) == 23
    profit = "profit-2025-09-08: anchors cover 497 of 2,033 characters (24%)"
    assert any(share.startswith(profit) for share in shares)


def test_every_sentence_is_exact_in_the_text(run: Run, shared_article: Path) -> None:
    done = run("verify", "--archive", str(shared_article))
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    first = lines.index("inp-wealthpk-2026-04-29 exact")
    assert lines[first + 1 : first + 16] == [f"s{n:02d} exact" for n in range(15)]
    others = [line.partition(" ")[2] for line in lines[:first] + lines[first + 16 : -1]]
    assert re.fullmatch(r"quotes and anchors: \d+ exact", lines[-1])
    assert all(words.startswith("no text here") for words in others)


def test_a_changed_word_is_named_and_the_status_is_1(
    run: Run, shared_article: Path, tmp_path: Path
) -> None:
    name = "inp-wealthpk-2026-04-29.txt"
    text = (shared_article / name).read_text("utf-8").replace("Islamabad", "Lahore")
    (tmp_path / name).write_text(text, "utf-8")
    done = run("verify", "--archive", str(tmp_path))
    assert done.returncode == 1
    assert "s02 changed" in done.stdout
    assert "s03 moved: from 568 to 565" in done.stdout
    assert "s01 exact" in done.stdout


def test_without_the_text_nothing_is_claimed(run: Run, tmp_path: Path) -> None:
    done = run("verify", "--archive", str(tmp_path))
    assert done.returncode == 0
    assert "s02 no text here" in done.stdout


def test_a_question_is_answered_with_a_table(run: Run) -> None:
    text = run("ask", "tasks").stdout
    head, _, row, *_, count = text.splitlines()
    columns = ["agent", "role", "undertaking", "framework", "area", "meeting", "date"]
    assert head.split() == columns  # a label is in the cell of its thing
    assert row.startswith("HEC (Higher Education Commission)  central role  AI_Framework_Coop")
    assert "  Artificial_Intelligence  " in row
    assert count == "1 row"


def test_an_empty_answer_has_its_reason(run: Run) -> None:
    asked = ("ask", "meeting-held", "meeting=JCC_Meeting_13")
    done = run(*asked)
    assert done.stdout == "0 rows\n"
    assert done.stderr == "No source gives the date of the meeting.\n"
    assert run("ask", "meeting-held", "meeting=High_Level_Meeting_2026_03").stderr == ""


@pytest.mark.parametrize("cite", [(), ("--cite",)])
def test_a_triple_is_a_cell_too_and_no_cell_steers_the_terminal(
    run: Run, cite: tuple[str, ...]
) -> None:
    query = 'SELECT (<<( id:HEC a "\\u001B[31mred" )>> AS ?t) ("\\u0007" AS ?bell) {}'
    text = run("query", "-", *cite, stdin=query).stdout
    assert r"<<( HEC rdf:type \x1b[31mred )>>  \x07" in text


@pytest.mark.parametrize("cite", [(), ("--cite",)])
def test_a_query_with_triple_terms_sees_the_reifiers(run: Run, cite: tuple[str, ...]) -> None:
    query = "SELECT ?q { id:Climate_Initiatives cpec:hasJointParty id:China {| oa:exact ?q |} }"
    lines = run("query", "-", *cite, stdin=query).stdout.splitlines()
    assert lines[2].startswith("both countries working on initiatives")
    assert any("sentence 11" in line for line in lines) is bool(cite)


def test_without_a_name_the_questions_are_listed(run: Run) -> None:
    assert "Who is tasked with what" in run("ask").stdout


def test_a_question_that_cannot_be_read_is_named_with_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.rq").write_text("#+ summary: a\n#+ description: b: c\n\nASK {}")
    monkeypatch.setattr("queries.catalogue.FOLDER", tmp_path)
    catalogue.cache_clear()
    load_questions.cache_clear()
    try:
        done = CliRunner().invoke(main, ["ask"])
    finally:
        catalogue.cache_clear()
        load_questions.cache_clear()
    assert done.exit_code == 1
    assert done.stderr.startswith(f"cpec: {tmp_path}/broken.rq:2: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_query_is_read_from_a_file_or_from_standard_input(run: Run, tmp_path: Path) -> None:
    query = "ASK { id:Pakistan cpec:cooperatesWith id:China }"
    path = tmp_path / "q.rq"
    path.write_text(query)
    assert run("query", str(path)).stdout == "yes\n"
    assert run("query", "-", stdin=query.replace("China", "Islamabad")).stdout == "no\n"


def test_the_text_of_a_query_is_utf_8_with_a_mark_or_without(run: Run, tmp_path: Path) -> None:
    marked, other = tmp_path / "marked.rq", tmp_path / "other.rq"
    marked.write_bytes("ASK { FILTER ('é' = '\\u00e9') }".encode("utf-8-sig"))
    other.write_bytes("ASK { FILTER ('é' = 'é') }".encode("latin-1"))
    assert run("query", str(marked)).stdout.strip() == "yes"
    refused = run("query", str(other))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"cpec: {other}: not UTF-8")


@pytest.mark.parametrize(
    ("query", "limit", "cite"),
    [
        ("SELECT * {" + "{" * 5000 + "}" * 5000 + "}", "128 levels of nesting", ()),
        ("SELECT (1" + "+1" * 20000 + " AS ?x) {}", "2048 operators in one text", ("--cite",)),
    ],
)
def test_what_the_engine_would_crash_on_is_refused(
    cpec: Run, query: str, limit: str, cite: tuple[str, ...]
) -> None:
    done = cpec("query", "-", *cite, stdin=query)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("cpec: line 1, column ")
    assert limit in done.stderr


@pytest.mark.parametrize("cite", [(), ("--cite",)])
def test_an_endpoint_that_fails_is_told_of(run: Run, cite: tuple[str, ...]) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # and does not listen
        service = f"SERVICE <http://127.0.0.1:{silent.getsockname()[1]}/> {{ ?s ?p ?o }}"
        done = run("query", "-", *cite, stdin=f"SELECT * {{ {service} }}")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("cpec: a SERVICE failed: Connection refused")


def test_a_query_that_takes_too_long_is_ended_by_its_asker(snapshot: Snapshot) -> None:
    arguments = [str(CPEC), "query", "-", "--out", str(snapshot.path.parent)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE) as asking:
        assert asking.stdin is not None
        asking.stdin.write(b"SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
        asking.stdin.close()
        time.sleep(2)
        asking.send_signal(signal.SIGINT)
        try:
            assert asking.wait(PATIENCE) != 0
        finally:
            asking.kill()


def test_rows_and_graphs_come_in_their_formats(run: Run) -> None:
    rows = run("query", "-", "--format", "json", stdin="SELECT ?x { BIND (1 AS ?x) }").stdout
    assert json.loads(rows)["results"]["bindings"][0]["x"]["value"] == "1"
    assert run("query", "-", stdin="DESCRIBE id:HEC").stdout.startswith("@prefix ")


def test_a_cited_table_numbers_the_sources_beneath(run: Run) -> None:
    lines = run("ask", "tasks", "--cite").stdout.splitlines()
    assert lines[0].split()[-1] == "cited"
    assert lines[2].endswith(" [1]† (tasked)")
    sources = [line for line in lines if line.startswith("[1] ")]
    assert sources[0].startswith("[1] INP-WealthPk, 29 April 2026, sentence 8: “")
    assert "“held in March tasked the" in sources[0]
    assert lines[-1] == "† our own names, types and bookkeeping"


def test_a_cited_answer_in_json_is_what_the_server_says(run: Run, client: Client) -> None:
    query = "SELECT ?area { id:Pakistan cpec:cooperatesIn ?area } ORDER BY ?area"
    mine = run("query", "-", "--cite", "--format", "json", stdin=query).stdout
    assert json.loads(mine) == json.loads(client.query(query, cite="true").body)


def test_what_is_asked_with_yes_or_no_is_cited_too(run: Run) -> None:
    ask = "ASK { id:Pakistan cpec:cooperatesIn id:%s }"
    yes = run("query", "-", "--cite", stdin=ask % "Artificial_Intelligence").stdout
    assert yes.startswith("yes [1] (going on)\n\n[1] INP-WealthPk")
    no = run("query", "-", "--cite", stdin=ask % "Robotics").stdout
    assert no.splitlines() == [
        "no uncited: it rests on an absence, which has no source",
        "",
        "It depends on absences too:",
        "- no source says that Pakistan cooperates in robotics",
    ]


def test_a_graph_is_cited_as_rows_of_triples(run: Run) -> None:
    lines = run("query", "-", "--cite", stdin="DESCRIBE id:HEC").stdout.splitlines()
    assert lines[0].split() == ["subject", "predicate", "object", "cited"]


def test_an_explanation_is_text_json_or_turtle(run: Run) -> None:
    triple = ("Pakistan", "cooperatesIn", "Artificial_Intelligence")
    text = run("explain", *triple).stdout
    assert text.startswith("Pakistan cooperates in artificial intelligence (going on)\n")
    assert "  AI_Framework hasJointParty Pakistan  [1] (going on)\n" in text
    assert "read so: Presupposed: cooperation under it is to be advanced.\n" in text
    assert json.loads(run("explain", *triple, "--format", "json").stdout)["proofs"]
    assert "prov:wasDerivedFrom" in run("explain", *triple, "--format", "ttl").stdout


def test_a_statement_is_explained_by_who_states_it(run: Run) -> None:
    text = run("explain", "JCC14_Minutes_Signing", "date", "2026-03-31").stdout
    assert "Independent sources: 1 article of 1 publisher" in text
    assert "according to" in text


@pytest.mark.parametrize("options", [[], ["--cite"]])
def test_a_graph_that_does_not_exist_is_told(run: Run, options: list[str]) -> None:
    done = run("query", "-", *options, "--format", "csv", stdin="SELECT * FROM <urn:no> {?s a ?o}")
    assert done.returncode == 0
    assert done.stderr == "there is no graph <urn:no>\n"
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.long
def test_tables_and_a_network_are_exported(run: Run) -> None:
    heads = {
        "nodes": "id,label,label_ur,label_zh,type",
        "graphml": "<?xml version='1.0' encoding='utf-8'?>",
    }
    for form, head in heads.items():
        export = run("export", "--format", form)
        assert (export.returncode, export.stderr) == (0, "")
        assert export.stdout.startswith(head)
        assert "https://w3id.org/cpec-graph/id/Pakistan" in export.stdout
    table = run("export", "--format", "csv", "--graph", "inp-wealthpk-2026-04-29/s12").stdout
    assert table.startswith("subject,property,object,subject_label,")
    assert "/s12" in table
    assert "/s11" not in table


def test_turtle_names_its_edition(run: Run) -> None:
    text = run("export", "--format", "ttl").stdout
    assert re.search(
        r"^# Data: edition [0-9a-f]{16}, articles up to 2026-04-29\.$", text, re.MULTILINE
    )


def test_one_graph_is_exported(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "s12.nq"
    done = run(
        "export", "--format", "nq", "--graph", "inp-wealthpk-2026-04-29/s12", "-o", str(path)
    )
    assert done.returncode == 0
    assert len(path.read_text("utf-8").splitlines()) == 5


@pytest.mark.long
@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["ask", "nothing"], 1, "no question 'nothing' in the catalogue"),
        (["ask", "aims", "undertaking=CPEC_Fase_II"], 1, "did you mean CPEC_Phase_II?"),
        (["ask", "aims", "undertaking"], 2, "is not parameter=value"),
        (["ask", "aims", "undertaking= "], 1, "no ' ' in the graph"),
        (["ask", "sentence-states", "position=\u0663"], 1, "is of type integer, which"),
        (["ask", "names", "thing=CPEC", "thing=JCC"], 2, "exactly one thing can be given"),
        (["ask", "aims", "--format", "ttl"], 1, "the answer is rows; ask for one of json ("),
        (
            ["ask", "tasks", "--cite", "--format", "xml"],
            1,
            f"in a table, or in {', '.join(CITED)}, not in xml",
        ),
        (["explain", "Pakistan", "cooperatesIn", "Robotics"], 1, "id:Pakistan cpec:cooperatesIn"),
        (["explain", "Pakistn", "a", "Country"], 1, "did you mean Pakistan?"),
        (["explain", "Pakistan", "a"], 2, "Missing argument 'OBJECT'"),
        (["explain", "", "a", "Country"], 1, "no '' in the graph\n"),
        (["explain", "Pakistan", "rdfs:label", '"Pak'], 1, "literal of Turtle: Unexpected end"),
        (["explain", "Pakistan", "rdfs:label", "\udcff"], 1, "'\\udcff' is not UTF-8"),
        (["explain", "Pakistan", "rdfs:label", '"\udcff"'], 1, "is not UTF-8"),
        (["query", "nowhere.rq"], 2, "No such file"),
        (["query", "-"], 1, "line 1, column 1"),
        (["export"], 2, "Missing option '--format'"),
        (["export", "--format", "rdf", "--evidence"], 1, "rdf has no triple terms"),
        (["export", "--format", "csv", "--evidence"], 1, "csv has no triple terms"),
        (["export", "--format", "nq", "--graph", "s99"], 1, "no 's99' in the graph"),
        (["export", "--format", "nq", "--graph", ""], 1, "no '' in the graph"),
        (["export", "--format", "nq", "-o", "/nowhere/x"], 1, "/nowhere/x: No such file"),
        (["verify"], 2, "Missing option '--archive'"),
        (["build", "--data", "nowhere"], 2, "does not exist"),
        (["build", "--out", "/dev/null/builds"], 1, "/dev/null/builds: Not a directory"),
        (["serve", "--port", "99999"], 2, "99999 is not in the range"),
        (["serve", "--memory-budget", "9" * 30], 2, "is not in the range 1<=x"),
        (["serve", "--deadline", "0"], 2, "0.0 is not in the range 0<x"),
        (["serve", "--deadline", "nan"], 2, "nan is not a time"),
        (["serve", "--lame-duck", "-1"], 2, "-1.0 is not in the range"),
        (["serve", "--disk-above", "1e3"], 2, "'1e3' is not a valid integer"),
        (["serve", "--trusted-proxy", "proxy"], 2, "'proxy' does not appear to be an IPv4"),
        (["serve", "--host", "256.0.0.1"], 1, "cannot listen on 256.0.0.1"),
        (["serve", "--host", "192.0.2.1"], 1, "port 8000: Cannot assign requested address\n"),
        (["serve", "--token-file", "nowhere"], 2, "Error: nowhere: No such file or directory\n"),
        (["serve", "--token-file", "."], 2, "Error: .: Is a directory\n"),
        (["unknown"], 2, "No such command 'unknown'"),
    ],
)
def test_what_cannot_be_done_is_said_without_a_traceback(
    cpec: Run, arguments: list[str], status: int, message: str
) -> None:
    done = cpec(*arguments)
    assert done.returncode == status
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.long
def test_a_defect_is_named_with_its_file_and_line_and_the_snapshot_stays(
    cpec: Run, tmp_path: Path
) -> None:
    data, builds = copy_first_article(tmp_path), tmp_path / "builds"
    assert cpec("build", "--data", str(data), "--out", str(builds)).returncode == 0
    before = (builds / "current" / "graph.nq").read_bytes()
    article = data / "articles" / "inp-wealthpk-2026-04-29.trig"
    text = article.read_text("utf-8")
    line = text[: text.index("cpec:deploys id:Solar")].count("\n") + 1
    article.write_text(text.replace("cpec:deploys id:Solar", "cpec:deplois id:Solar"), "utf-8")
    done = cpec("build", "--data", str(data), "--out", str(builds))
    assert done.returncode == 1
    assert f"{article}:{line}: " in done.stderr
    assert "did you mean cpec:deploys?" in done.stderr
    assert "Traceback" not in done.stderr
    assert (builds / "current" / "graph.nq").read_bytes() == before
