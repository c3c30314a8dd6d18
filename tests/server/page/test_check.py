"""The page that checks a text, and its API: verdicts, proofs, and nothing that stays."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from bench.client import FORM, Client

TRUE = "Pakistan and China have moved forward on CPEC Phase II."
TEXT = f"{TRUE} However, the minutes of the 14th JCC meeting were signed in Beijing. Roses are red."
BROWSER = "text/html,*/*;q=0.8"


def post(client: Client, path: str, text: str) -> str:
    """Return the answer to a text in a form."""
    body = urlencode({"text": text})
    return client.send("POST", path, body, Content_Type=FORM, Accept=BROWSER).text


def test_the_page_shows_each_clause_with_its_verdict_and_its_proof(client: Client) -> None:
    assert (
        '<form class="screen" method="post" action="/check">'
        in client.get("/check", Accept=BROWSER).text
    )
    page = post(client, "/check", TEXT)
    assert "2 of 3 clauses could be checked" in page
    assert page.count('<li class="v-') == 3
    assert '<li class="v-not-checked">' in page
    assert 'href="/explain?s=Pakistan&amp;p=advances&amp;o=CPEC_Phase_II"' in page
    assert "<script>x" not in post(client, "/check", "<script>x</script> is here.")


def test_the_page_speaks_three_languages(client: Client) -> None:
    assert "3个分句中有2个可以核查" in post(client, "/check?names=zh", TEXT)


def test_programs_send_text_json_or_a_form(client: Client) -> None:
    answers = [
        client.send("POST", "/api/check", body, Content_Type=kind)
        for kind, body in (
            ("text/plain", TEXT),
            ("application/json", json.dumps({"text": TEXT})),
            (FORM, urlencode({"text": TEXT})),
        )
    ]
    reports = [json.loads(answer.text) for answer in answers]
    assert reports[0] == reports[1] == reports[2]
    assert (reports[0]["clauses"], reports[0]["checked"]) == (3, 2)
    assert answers[0].headers["Cache-Control"] == "no-store"


def test_a_table_has_sentences_and_clauses(client: Client) -> None:
    asked = "/api/check?format=tsv"
    table = client.send("POST", asked, TEXT, Content_Type="text/plain").text
    rows = [line.split("\t") for line in table.splitlines()]
    assert rows[0] == ["kind", "text", "verdict", "reason"]
    assert [row[2] for row in rows[1:] if row[0] == "sentence"] == [
        *("supported", "contradicted", "not-checked"),
    ]


def test_a_day_and_a_strike_hold(client: Client) -> None:
    for asked, verdict in (
        ("", "supported"),
        ("asOf=2021-08-01", "unsaid"),
        ("without=inp-wealthpk-2026-04-29", "unsaid"),
    ):
        report = client.send("POST", f"/api/check?{asked}", TRUE, Content_Type="text/plain").text
        assert json.loads(report)["verdicts"][verdict] == 1


def test_what_is_no_text_is_refused_in_plain_words(client: Client) -> None:
    for kind, body, status in (
        ("text/plain", "", 400),
        ("text/plain", "<html><p>x", 400),
        ("text/plain", "a" * 20_001, 413),
        ("application/json", "[1]", 400),
        ("image/png", "x", 415),
    ):
        answer = client.send("POST", "/api/check", body, Content_Type=kind)
        assert answer.status == status, (kind, body[:20], answer.text[:200])
