"""`cpec review` over a real socket: decisions, their history, and what is refused."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from click.testing import CliRunner

from graph.curating.master import Inputs
from graph.drafting.decision import Decision, report_decisions
from graph.validation import validate_file
from server.command import cpec as main
from tests.first_article import copy_first_article
from tests.server.test_draft_command import draft

TEXT = """Pakistan and China sign a memorandum on mining

Pakistan and China signed a memorandum on mining in Beijing on 30 April 2026.
China will provide 500 scholarships to Pakistan.
"""
COMMAND = (sys.executable, "-c", "from server.entry import main; main()")


@dataclass
class Desk:
    """A server, and the draft that it reviews."""

    address: str
    draft: Path
    archive: Path
    inputs: Inputs

    def ask(
        self, query: str = "", form: dict[str, str] | None = None, **headers: str
    ) -> tuple[int, str]:
        """Return status and page; a redirect is followed."""
        parts = urlsplit(self.address)
        connection = HTTPConnection(parts.hostname or "", parts.port)
        path = headers.pop("path", parts.path) + query
        if form is None:
            connection.request("GET", path, headers=headers)
        else:
            fields = {"Content-Type": "application/x-www-form-urlencoded", **headers}
            connection.request("POST", path, urlencode(form), fields)
        reply = connection.getresponse()
        if reply.status == 303:
            return self.ask(reply.headers["Location"].removeprefix("./"))
        return reply.status, reply.read().decode()

    def decide(self, page: str, action: str, **values: str) -> tuple[int, str]:
        """Send a form of a page with an action."""
        hidden = dict(re.findall(r'name="(seal|at)" value="([^"]*)"', page))
        return self.ask("", {**hidden, "action": action, "keys": "2", **values})

    def find_mark(self, record: str) -> str:
        """Return the line of a claim."""
        (line,) = re.findall(rf".*~ <{record}>.*", self.draft.read_text("utf-8"))
        return str(line)


def read_form(page: str) -> dict[str, str]:
    """Return the fields of the form that changes a claim, as a browser would send them."""
    fields = re.findall(r'<input[^>]* name="([a-z-]+\.\d+)" value="([^"]*)"', page)
    own = {name: unescape(value) for name, value in fields if not name.startswith("pick")}
    for name, options in re.findall(r'<select[^>]* name="([a-z]+\.\d+)"[^>]*>(.*?)</select>', page):
        selected = re.search(r'value="([^"]*)" selected', options)
        own[name] = selected[1] if selected else ""
    return own


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("review")
    data = copy_first_article(folder)
    assert draft(folder, TEXT, "--data", str(data)).exit_code == 0
    shutil.copy(folder / "draft.trig", folder / "first.trig")
    arguments = [*COMMAND, "review", "draft.trig", "--reviewer", "Aisha", "--data", str(data)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=folder) as process:
        assert process.stdout is not None
        try:
            address = process.stdout.readline().split()[2]
            yield Desk(address, folder / "draft.trig", folder / "archive", Inputs(data))
        finally:
            process.terminate()


@pytest.fixture
def desk(server: Desk) -> Desk:
    """The server with the draft as it was drafted, and no decision."""
    shutil.copy(server.draft.with_name("first.trig"), server.draft)
    server.draft.with_name("draft.trig.decisions.jsonl").unlink(missing_ok=True)
    return server


def test_a_claim_is_accepted_another_rejected_and_the_last_decision_undone(desk: Desk) -> None:
    before = desk.draft.read_text("utf-8")
    _, page = desk.ask()
    assert "<mark>" in page
    _, page = desk.decide(page, "accept")
    assert "Accepted." in page
    assert "draft:Accepted" in desk.find_mark("s00#1")
    marked = desk.draft.read_text("utf-8")
    _, page = desk.decide(page, "reject")
    assert desk.draft.read_text("utf-8") != marked
    desk.decide(page, "undo")
    assert desk.draft.read_text("utf-8") == marked
    _, page = desk.decide(page, "undo")
    assert desk.draft.read_text("utf-8") == before
    status, page = desk.decide(page, "undo")
    assert status == 409
    assert "no decision of yours" in page
    assert desk.draft.read_text("utf-8") == before


def test_who_accepts_a_sentence_leaves_out_what_the_draft_noted_of_it(desk: Desk) -> None:
    mark = "draft:review draft:Unreviewed ;\n"
    note = 'cpec:unsaid "What it says of mining."@en ;\n'
    text = desk.draft.read_text("utf-8")
    desk.draft.write_text(text.replace(mark, note + mark), "utf-8")
    assert note in text.replace(mark, note + mark)
    _, page = desk.ask("?at=s01")
    desk.decide(page, "unsaid", unsaid="That it is of value.")
    (first, *others) = desk.draft.read_text("utf-8").partition("<s01#position>")
    assert "That it is of value." in first
    assert note not in first.partition("<s01> a cpec:Sentence")[2]
    assert note in others[-1]


def test_claims_that_were_added_are_of_the_report() -> None:
    head, lines = (
        "GRAPH <s01> {\n",
        ["id:A cpec:b id:C ~ <s01#1> .\n", "id:A cpec:d 4 ~ <s01#2> .\n"],
    )
    changes = ((head, head + lines[0]), (lines[0], "".join(lines)))
    added = Decision("2026-05-01T12:00:00+00:00", "Aisha", "add", (), 6.0, 3, changes)
    assert "claims decided: 2, in 1 decisions" in report_decisions([added])


def test_a_name_and_a_speaker_are_no_claims_of_the_report_but_take_their_seconds() -> None:
    time, records = "2026-05-01T12:00:00+00:00", ("s01#1", "s01#2")
    decisions = [
        Decision(time, "Aisha", "names", records, 20.0, 9, ()),
        Decision(time, "Aisha", "sentence", records, 10.0, 9, ()),
        Decision(time, "Aisha", "accept", records, 6.0, 1, ()),
    ]
    lines = [*report_decisions(decisions)]
    assert lines[:2] == ["claims decided: 2, in 3 decisions", "seconds a claim: 18.0 (all: 36)"]


def test_the_report_has_seconds_and_keystrokes_a_claim(desk: Desk) -> None:
    _, page = desk.ask()
    desk.decide(page, "accept")
    result = CliRunner().invoke(main, ["review", str(desk.draft), "--report"])
    assert result.exit_code == 0
    assert re.search(r"claims decided: 1, in 1 decisions\nseconds a claim: \d", result.output)
    assert "keystrokes a claim: 2.0" in result.output
    desk.draft.with_name("draft.trig.decisions.jsonl").write_text("{}\n")
    result = CliRunner().invoke(main, ["review", str(desk.draft), "--report"])
    assert "draft.trig.decisions.jsonl:1: is no decision" in result.output
    assert result.exit_code == 1


def test_a_change_passes_the_checks_of_validate_or_is_refused_beside_its_field(desk: Desk) -> None:
    _, page = desk.ask("?at=s01%231&edit=1")
    form = read_form(page)
    before = desk.draft.read_text("utf-8")
    for change, told in (
        ({"object.0": "Quantum minning"}, "is no name of a known thing"),
        ({"passage.0": "words of no sentence"}, "is not in the sentence"),
        ({"property.0": "cpec:anchor"}, "is no property that a sentence states"),
        ({"property.0": "cpec:place"}, "Place"),
    ):
        status, refused = desk.decide(page, "edit", **{**form, **change})
        assert status == 422, change
        assert re.search(rf'role="alert"[^>]*>[^<]*{told}', refused), (change, refused)
        assert desk.draft.read_text("utf-8") == before
    new = {"object.0": "Quantum mining", "class.object.0": "Topic"}
    desk.decide(page, "edit", **{**form, **new, "modality.0": "Proposed"})
    line = desk.find_mark("s01#1")
    assert "id:Quantum_mining ~ <s01#1> >>" in line
    assert "cpec:modality cpec:Proposed" in line
    assert "draft:Accepted" in line
    assert validate_file(desk.inputs, desk.draft) == []


def test_known_things_are_offered_first_with_the_sentence_where_they_stand(desk: Desk) -> None:
    (number,) = re.findall(r"concludedBy id:China ~ <s01#(\d)>", desk.draft.read_text("utf-8"))
    _, page = desk.ask(f"?at=s01%23{number}&edit=link")
    known, _, new = page.partition("Which one")[2].partition("a new thing")
    assert 'value="id:China"' in known.partition("</label>")[0]
    assert re.search(r"INP-WealthPk, 29 April 2026, sentence \d+", known)
    assert "<option>Ministry</option>" in new


def test_a_situation_is_one_form_and_is_denied_at_once(desk: Desk) -> None:
    content = desk.draft.read_text("utf-8")
    (record,) = re.findall(r"cpec:donor id:China ~ <(s02#\d)>", content)
    key = record.replace("#", "%23")
    _, page = desk.ask(f"?at={key}")
    _, form = desk.ask(f"?at={key}&edit=1")
    assert {"China", "Pakistan", "500"} <= set(read_form(form).values())
    assert "hasPlannedAmount" not in form
    desk.decide(page, "mood", value="Denied")
    lines = [line for line in desk.draft.read_text("utf-8").split("\n") if "~ <s02#" in line]
    assert all("draft:Accepted" in line for line in lines)
    assert "cpec:modality cpec:Denied" in desk.find_mark(record)
    assert validate_file(desk.inputs, desk.draft) == []


def test_a_claim_of_selected_words_is_added_and_what_no_property_says_is_noted(desk: Desk) -> None:
    _, page = desk.ask("?at=s01&add=1&words=in+Beijing&start=49")
    form = {"subject.0": "China", "property.0": "cpec:cooperatesWith", "object.0": "Pakistan"}
    _, page = desk.decide(page, "add", **{**form, "passage.0": "signed a memorandum"})
    assert "Added" in page
    assert 'draft:rule "by hand"' in desk.draft.read_text("utf-8")
    _, page = desk.decide(page, "unsaid", unsaid="How the memorandum is carried out.")
    assert 'cpec:unsaid "How the memorandum is carried out."@en' in desk.draft.read_text("utf-8")
    assert validate_file(desk.inputs, desk.draft) == []


def test_a_situation_with_its_amount_is_added_by_one_form(desk: Desk) -> None:
    before = desk.draft.read_text("utf-8")
    _, page = desk.ask("?at=s01&add=1&words=in+Beijing&start=49")
    rows = [
        ("gift of pumps", "cpec:donor", "China"),
        ("", "cpec:provides", "pumps"),
        ("", "cpec:hasAmount", "50 pumps"),
        ("50 pumps", "schema:value", "50"),
        ("", "schema:unitText", "pumps"),
        ("", "schema:value", "60"),
    ]
    names = ("subject", "property", "object")
    form = {
        f"{name}.{n}": value
        for n, row in enumerate(rows)
        for name, value in zip(names, row, strict=True)
    } | {"passage.0": "in Beijing"}
    kinds = {"subject.0": "Assistance", "object.1": "TechnicalSystem", "object.2": "Amount"}
    for field, kind in kinds.items():
        status, refused = desk.decide(page, "add", **form)
        assert status == 422
        assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', refused), field
        assert read_form(refused)["subject.3"] == "50 pumps"
        assert 'name="keys" value="2"' in refused, "keys of a refused form are keys of the claim"
        form[f"class.{field}"] = kind
    assert "<option selected>TechnicalSystem</option>" in refused
    status, refused = desk.decide(page, "add", **form)
    assert status == 422
    assert "has schema:value 50, and 60" in refused.partition('role="alert"')[2]
    assert desk.draft.read_text("utf-8") == before
    _, page = desk.decide(page, "add", **{**form, "object.5": ""})
    content = desk.draft.read_text("utf-8")
    added = [*re.findall(r"(?m)^ *(id:\S+ \S+) .* ~ <s01#\d+>.*by hand", content)]
    assert added == [
        "id:gift_of_pumps cpec:donor",
        "id:gift_of_pumps cpec:provides",
        "id:gift_of_pumps cpec:hasAmount",
        "id:50_pumps schema:value",
        "id:50_pumps schema:unitText",
    ]
    assert "id:50_pumps a cpec:Amount , schema:QuantitativeValue ;" in content
    assert content.count("GRAPH graph:editorial") == 1
    assert validate_file(desk.inputs, desk.draft) == []
    desk.decide(page, "undo")
    assert desk.draft.read_text("utf-8") == before


def add_claim(desk: Desk, sentence: str, words: str, **values: str) -> tuple[int, str]:
    """Add a claim of some words to a sentence by the form of the page."""
    _, page = desk.ask(f"?at={sentence}&add=1")
    form = {"subject.0": "China", "property.0": "cpec:cooperatesWith", "object.0": "Pakistan"}
    return desk.decide(page, "add", **{**form, "passage.0": words, **values})


def find_alert(page: str) -> str:
    """Return what a page says is wrong."""
    return unescape(page.partition('role="alert"')[2].partition("</p>")[0])


def list_anchors(desk: Desk, sentence: str) -> dict[str, list[str]]:
    """Return the numbers of the claims of a sentence by their anchors."""
    pattern = rf'~ <{sentence}#(\d+)>.*?cpec:anchor "([^"]*)"'
    anchors: dict[str, list[str]] = {}
    for number, words in re.findall(pattern, desk.draft.read_text("utf-8")):
        anchors.setdefault(words, []).append(number)
    return anchors


def test_earlier_anchors_of_a_sentence_are_shortened_where_a_new_one_needs_room(desk: Desk) -> None:
    before = desk.draft.read_text("utf-8")
    (claims,) = list_anchors(desk, "s02").values()
    assert list_anchors(desk, "s02") == {"provide": claims}
    status, page = add_claim(desk, "s02", "scholarships")
    assert (status, "Added" in page) == (200, True)
    assert "Of this sentence 14 of 48 characters." in page
    number = str(len(claims) + 1)
    assert list_anchors(desk, "s02") == {"to": claims, "scholarships": [number]}
    others = [own for own in claims if "draft:Unreviewed" in desk.find_mark(f"s02#{own}")]
    assert others == claims, "only the new claim is decided"
    assert list_anchors(desk, "s01").keys() == {"signed"}
    assert validate_file(desk.inputs, desk.draft) == []
    desk.decide(page, "undo")
    assert desk.draft.read_text("utf-8") == before


def test_what_no_shorter_anchor_makes_room_for_is_refused_with_the_anchors(desk: Desk) -> None:
    add_claim(desk, "s02", "scholarships")
    before = desk.draft.read_text("utf-8")
    other = {"property.0": "cpec:cooperatesIn", "object.0": "Technology"}
    status, refused = add_claim(desk, "s02", "Pakistan", **other)
    assert status == 422
    alert = find_alert(refused)
    assert "the anchors of id:the-courier-2026-05-01/s02 cover 22 of its 48 characters" in alert
    assert 'a third, 16, is the most that may be shown: shorten "scholarships", "Pakistan"' in alert
    assert desk.draft.read_text("utf-8") == before


def test_anchors_of_the_article_are_shortened_where_it_would_show_too_much(desk: Desk) -> None:
    before = desk.draft.read_text("utf-8")
    rows = (
        ("Pakistan", "cpec:cooperatesWith", "Pakistan"),
        ("China", "cpec:cooperatesIn", "Technology"),
        ("memorandum", "cpec:intendsCooperationIn", "Robotics"),
        ("mining", "cpec:intendsCooperationIn", "Infrastructure"),
    )
    names = ("passage", "property", "object")
    form = {
        f"{name}.{number}": value
        for number, row in enumerate(rows)
        for name, value in zip(names, row, strict=True)
    }
    _, page = desk.ask("?at=s00&add=1")
    status, page = desk.decide(page, "add", **form, **{"subject.0": "China"})
    assert status == 200, find_alert(page)
    assert {"Pakistan …", "China …", "memorandum …"} <= list_anchors(desk, "s00").keys()
    assert list_anchors(desk, "s02").keys() == {"to"}
    assert validate_file(desk.inputs, desk.draft) == []
    desk.decide(page, "undo")
    assert desk.draft.read_text("utf-8") == before


def test_a_claim_of_the_words_of_an_anchor_parts_the_two(desk: Desk) -> None:
    (claims,) = list_anchors(desk, "s01").values()
    assert add_claim(desk, "s01", "signed")[0] == 200
    anchors = list_anchors(desk, "s01")
    assert anchors.pop("signed") == [str(len(claims) + 1)]
    assert list(anchors.values()) == [claims]
    assert validate_file(desk.inputs, desk.draft) == []


def test_words_without_an_anchor_are_refused(desk: Desk) -> None:
    before = desk.draft.read_text("utf-8")
    status, refused = add_claim(desk, "s01", "on", **{"start.0": "39"})
    assert status == 422
    assert "write another passage" in find_alert(refused)
    assert desk.draft.read_text("utf-8") == before


def test_a_decision_that_the_draft_never_got_is_undone_too(desk: Desk) -> None:
    before = desk.draft.read_text("utf-8")
    more = {"property.1": "cpec:cooperatesIn", "object.1": "Technology"}
    status, page = add_claim(desk, "s02", "scholarships", **more)
    assert status == 200, find_alert(page)
    desk.draft.write_text(before, "utf-8")
    status, page = desk.decide(page, "undo")
    assert (status, "Undone." in page) == (200, True)
    assert desk.draft.read_text("utf-8") == before
    assert desk.decide(page, "undo")[0] == 409


def test_a_sentence_has_another_speaker_and_a_reading(desk: Desk) -> None:
    before = desk.draft.read_text("utf-8")
    _, page = desk.ask("?at=s01%231&edit=sentence")
    assert read_form(page) == {"speaker.0": "", "origin.0": "", "reading.0": ""}
    status, refused = desk.decide(page, "sentence", **{"speaker.0": "Nobody Known"})
    assert status == 422
    assert re.search(r'role="alert"[^>]*>“Nobody Known” is no name', refused)
    status, refused = desk.decide(page, "sentence", **{"speaker.0": "Mining"})
    assert status == 422
    assert desk.draft.read_text("utf-8") == before
    said = {"speaker.0": "Ayesha Saba", "reading.0": 'The "sides" are\nthe two.'}
    said["origin.0"] = "INP-WealthPk"
    _, page = desk.decide(page, "sentence", **said)
    assert "Noted." in page
    assert "<bdi>Ayesha Saba</bdi>" in page
    (block,) = re.findall(r"<s01> a cpec:Sentence.*?hasSelector", desk.draft.read_text(), re.DOTALL)
    assert 'cpec:reading "The \\"sides\\" are the two."@en ;' in block
    assert "cpec:attributedTo id:Ayesha_Saba ;" in block
    assert "cpec:derivedFrom id:INP_WealthPk ;" in block
    _, page = desk.ask("?at=s01%231&edit=sentence")
    desk.decide(page, "sentence", **{"speaker.0": "", "origin.0": "", "reading.0": "Another."})
    content = desk.draft.read_text("utf-8")
    assert content.count("cpec:reading") == 1
    assert "cpec:derivedFrom" not in content
    assert "id:Ayesha_Saba" not in content.partition("GRAPH <s01>")[0]
    assert validate_file(desk.inputs, desk.draft) == []
    for _ in range(2):
        _, page = desk.decide(page, "undo")
    assert desk.draft.read_text("utf-8") == before


def test_a_claim_has_a_speaker_and_a_reading_of_its_own(desk: Desk) -> None:
    _, page = desk.ask("?at=s01%231&edit=1")
    new = {"speaker.0": "Sun Weidong", "class.speaker.0": "Person", "reading.0": "A note."}
    desk.decide(page, "edit", **{**read_form(page), **new, "modality.0": "Denied"})
    line = desk.find_mark("s01#1")
    assert 'cpec:attributedTo id:Sun_Weidong ; cpec:reading "A note."@en' in line
    assert "does not say who says it" not in line
    _, page = desk.ask("?at=s01%231&edit=1")
    assert read_form(page)["speaker.0"] == "Sun Weidong"
    assert read_form(page)["reading.0"] == "A note."
    desk.decide(page, "edit", **{**read_form(page), "speaker.0": "", "reading.0": ""})
    assert "Sun_Weidong" not in desk.find_mark("s01#1")
    assert validate_file(desk.inputs, desk.draft) == []


def test_a_new_thing_has_another_name_class_and_labels(desk: Desk) -> None:
    before = desk.draft.read_text("utf-8")
    pattern = r"id:(\w+) cpec:signs id:(\w+) ~ <(s01#\d+)>"
    ((signing, old, record),) = re.findall(pattern, before)
    _, page = desk.ask(f"?at={record.replace('#', '%23')}&edit=names")
    form = read_form(page)
    numbers = {form[f"name.{n}"]: n for n in range(len(form) // 7)}
    n, m = numbers[old], numbers[signing]
    for name, told in (("China", "is another thing"), ("a b", "is no name"), (signing, "another")):
        status, refused = desk.decide(page, "names", **{**form, f"name.{n}": name})
        assert status == 422
        assert re.search(rf'role="alert"[^>]*>[^<]*{told}', refused), name
    assert desk.draft.read_text("utf-8") == before
    named = {
        f"name.{n}": "Mining_Memorandum_2026",
        f"kind.{n}": "Agreement",
        f"en.{n}": "agreement on mining",
        f"zh.{n}": "矿业协议",
        f"others.{n}": "mining pact | 矿业条约",
        f"name.{m}": "Mining_Signing_2026",
    }
    _, page = desk.decide(page, "names", **{**form, **named})
    assert "Named." in page
    content = desk.draft.read_text("utf-8")
    assert not re.search(rf"id:(?:{old}|{signing})\b", content)
    assert (
        'id:Mining_Memorandum_2026 a cpec:Agreement ; rdfs:label "agreement on mining"@en , '
        '"矿业协议"@zh ; skos:altLabel "mining pact"@en , "矿业条约"@zh ; '
        "cpec:labelStatus cpec:DraftChineseLabel ."
    ) in content
    assert "id:Mining_Signing_2026 cpec:signs id:Mining_Memorandum_2026 ~" in content
    assert validate_file(desk.inputs, desk.draft) == []
    desk.decide(page, "undo")
    assert desk.draft.read_text("utf-8") == before


def test_what_lacks_something_gets_a_name_and_what_is_left_out_lacks_nothing(desk: Desk) -> None:
    content = desk.draft.read_text("utf-8")
    content = re.sub(r".*cpec:donor id:China.*\n", "", content)
    desk.draft.write_text(content, "utf-8")
    assert "has a giver" in str(validate_file(desk.inputs, desk.draft))
    ((giving, record),) = re.findall(r"id:(\w+) cpec:recipient \S+ ~ <(s02#\d+)>", content)
    _, page = desk.ask(f"?at={record.replace('#', '%23')}&edit=names")
    form = read_form(page)
    (field,) = (name for name, value in form.items() if value == giving)
    _, page = desk.decide(page, "names", **{**form, field: "Scholarships_2026"})
    assert "Named." in page
    content = desk.draft.read_text("utf-8")
    content = content.replace("draft:Unreviewed ;\n", "draft:Accepted ;\n")
    desk.draft.write_text(content.replace("draft:Unreviewed", "draft:Rejected"), "utf-8")
    assert "The check of the draft finds nothing wrong." in desk.ask()[1]


def test_of_two_windows_the_later_one_is_told(desk: Desk) -> None:
    _, page = desk.ask()
    desk.decide(page, "reject")
    status, told = desk.decide(page, "accept")
    assert status == 409
    assert "meanwhile" in told
    assert "draft:Rejected" in desk.find_mark("s00#1")


def test_a_text_that_changed_opens_its_claims_alone(desk: Desk) -> None:
    (text,) = desk.archive.glob("*.txt")
    kept = text.read_text("utf-8")
    content = desk.draft.read_text("utf-8").replace("draft:Unreviewed", "draft:Accepted")
    desk.draft.write_text(content, "utf-8")
    try:
        text.write_text(kept.replace("sign a", "have now signed a").replace("500", "600"), "utf-8")
        _, page = desk.ask()
        changed = desk.draft.read_text("utf-8")
        assert "draft:Accepted" in desk.find_mark("s01#1")
        assert "draft:Unreviewed" in desk.find_mark("s02#1")
        assert changed.count("draft:Unreviewed") > 1
        _, page = desk.ask("?at=s02%231")
        assert "600 scholarships" in re.sub("<[^>]*>", "", page)
        text.write_text("Another text.\n", "utf-8")
        status, page = desk.ask()
        assert status == 409
        assert "draft it anew" in page
    finally:
        text.write_text(kept, "utf-8")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("nonsense <<", "column 1"),
        ("", "has 0 articles"),
        (None, "No such file"),
        ("one line", "not alone on one line"),
    ],
)
def test_a_draft_that_is_none_is_named_and_the_server_goes_on(
    desk: Desk, content: str | None, told: str
) -> None:
    if content is None:
        desk.draft.unlink()
    elif content == "one line":
        text = desk.draft.read_text("utf-8")
        desk.draft.write_text(text.replace(" .\n    id:", " . id:"), "utf-8")
    else:
        desk.draft.write_text(content, "utf-8")
    status, page = desk.ask()
    assert status == 409
    assert told in page
    shutil.copy(desk.draft.with_name("first.trig"), desk.draft)
    assert desk.ask()[0] == 200


def test_no_other_page_and_no_other_host_is_served(desk: Desk) -> None:
    before = desk.draft.read_text("utf-8")
    _, page = desk.ask()
    hidden = dict(re.findall(r'name="(seal|at|action)" value="([^"]*)"', page))
    assert desk.ask(Host="rebound.example:80")[0] == 421
    assert desk.ask(path="/another-token/")[0] == 403
    assert desk.ask(path="/")[0] == 403
    for origin in ("http://evil.example", "null"):
        assert desk.ask("", {**hidden, "action": "accept"}, Origin=origin)[0] == 403
    assert desk.ask("", {"action": "format"})[0] == 409
    assert desk.ask("", {**hidden, "action": "format"})[0] == 400
    assert desk.draft.read_text("utf-8") == before
