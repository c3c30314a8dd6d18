"""The graph as of a day over HTTP: what was known, how absences and undated sources are told."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

from bench.client import Client
from graph.wording.mark import join_segments, mark_citation, number_sources

DAY = "2021-07-12"


def test_a_meeting_has_the_status_that_was_known_on_the_day(client: Client) -> None:
    days = (("", "Completed"), ("2021-08-01", "Postponed"), (DAY, "Planned"))
    for day, status in days:
        rows = client.get(f"/api/queries/status?format=csv{day and f'&asOf={day}'}").text
        own = [row for row in rows.splitlines() if "/JCC_Meeting_10," in row]
        assert own
        assert all(f"ontology#{status}," in row for row in own), own


def test_a_name_is_unknown_before_a_source_mentions_its_thing(client: Client) -> None:
    for path in (
        "/search?q=gas+hydrates&format=json",
        "/reconcile/suggest/entity?prefix=natural+gas+hy",
        "/things/",
    ):
        texts = [
            client.get(f"{path}{'&' if '?' in path else '?'}asOf={day}").text
            for day in (DAY, "2025-09-08")
        ]
        assert ["Gas_Hydrates" in text for text in texts] == [False, True], path
    page = client.get(f"/page/Gas_Hydrates?asOf={DAY}", Accept="text/html")
    assert page.status == 404
    assert "Nothing is known of Gas Hydrates up to 12 July 2021" in page.text
    assert client.get(f"/page/xinhua-silk-road-2025-09-29?asOf={DAY}").status == 404


def test_an_absence_says_the_day(client: Client) -> None:
    text = "SELECT ?c { ?c a cpec:Country FILTER NOT EXISTS { ?c cpec:cooperatesIn ?area } }"
    rows = client.query(text, "application/json", cite="true", asOf=DAY).json["citations"]
    assert rows
    assert all(row["absent"][0].startswith("up to 12 July 2021 no source says") for row in rows)


def test_a_row_on_background_without_a_day_says_so(client: Client) -> None:
    text = "SELECT ?c { id:Quetta cpec:inCountry ?c }"
    today, then = (
        client.query(text, "application/json", cite="true", **day).json
        for day in ({}, {"asOf": DAY})
    )
    assert "undated" not in today["citations"][0]
    (citation,) = then["citations"]
    assert [graph.rpartition("/")[2] for graph in citation["undated"]] == ["geonames-cities"]
    marks = mark_citation(citation, number_sources(then["sources"]))
    assert join_segments(marks) == "[1]; partly on background without a day"


def test_an_explanation_on_background_without_a_day_says_so(client: Client) -> None:
    address = "/explain?s=Quetta&p=inCountry&o=Pakistan"
    assert "undated" not in client.get(f"{address}&format=json").json
    then = client.get(f"{address}&asOf={DAY}&format=json").json
    assert [graph.rpartition("/")[2] for graph in then["undated"]] == ["geonames-cities"]
    page = client.get(f"{address}&asOf={DAY}", Accept="text/html").text
    assert "partly on background without a day" in page


def test_a_page_names_the_day_takes_it_away_and_keeps_it_in_links(client: Client) -> None:
    page = client.get(f"/page/JCC?asOf={DAY}", Accept="text/html").text
    bar = re.search(r'<div class="struck".*?</div>', page, re.DOTALL)
    assert bar is not None
    assert "up to <bdi>12 July 2021</bdi> let one know it" in bar[0]
    assert 'href="?"' in bar[0]
    assert f'href="/things/?asOf={DAY}"' in page
    assert f'name="asOf" value="{DAY}"' in page
    both = client.get(f"/page/JCC?asOf={DAY}&without=Daily_Times", Accept="text/html").text
    assert f'href="?asOf={DAY}"' in both
    assert "Daily Times" in unescape(both)


def test_the_page_of_the_sources_asks_for_a_day_once(client: Client) -> None:
    pages = [client.get(f"/sources{day}", Accept="text/html").text for day in ("", f"?asOf={DAY}")]
    assert ['type="date"' in page for page in pages] == [True, False]
    assert "Xinhua" not in pages[1]


def test_a_graph_without_a_day_counts_from_its_write(editor: Client) -> None:
    written = editor.update("INSERT DATA { GRAPH <x:g> { id:HEC cpec:partOf id:Pakistan } }")
    assert written.status == 200
    today = datetime.now(UTC).date()
    asked = "ASK { id:HEC cpec:partOf id:Pakistan }"
    for day, holds in ((today - timedelta(days=1), False), (today, True)):
        answer = editor.query(asked, "application/json", asOf=str(day)).json
        assert answer["boolean"] is holds, day
    assert editor.update("DROP GRAPH <x:g>").status == 200
