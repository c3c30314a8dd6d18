"""The page of the ledger of promises: its rows, its filters, its table, and a source less."""

from __future__ import annotations

import csv
import re
from io import StringIO
from xml.etree.ElementTree import fromstring

import pytest

from bench.client import Client

BROWSER = "text/html"
STRUCK = "without=propakistani-2021-09-13&without=urdupoint-2021-09-24"
"""The articles that tell what became of the meeting that was postponed in July 2021."""

ROW = re.compile(r'<tr role="row"><td role="cell"><a href="/page/([^"?]+)[^>]*>')


def list_promises(client: Client, parameters: str = "") -> list[str]:
    reply = client.get(f"/promises?{parameters}", Accept=BROWSER)
    assert reply.status == 200
    return ROW.findall(reply.text)


def read_table(client: Client, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(client.get(path).text)))


def test_the_page_and_the_questions_have_the_same_promises_and_steps(client: Client) -> None:
    silence = read_table(client, "/api/queries/silent-since?promise=&format=csv")
    promises = list_promises(client)
    assert promises == [row["promise"].rpartition("/")[2] for row in silence]
    assert len(promises) > 40
    steps = read_table(client, "/api/queries/what-became?promise=&format=csv")
    table = read_table(client, "/promises?format=csv")
    assert len(table) == len(steps)
    columns = ("promiseLabel", "published", "modalityLabel", "sentenceLabel")
    told = sorted(tuple(row[column] for column in columns) for row in steps)
    shown = [(row["promise"], row["published"], row["meant"], row["sentence"]) for row in table]
    assert sorted(shown) == told


def test_the_page_draws_a_line_and_its_silence_without_a_script(client: Client) -> None:
    page = client.get(f"/promises?promise=JCC_Meeting_10&{STRUCK}", Accept=BROWSER).text
    assert 'class="open"' in page
    assert "None of the 14 later articles speaks of it." in page
    assert '<details class="said" open>' in page
    assert "<script" not in page.partition("<main")[2]


@pytest.mark.parametrize(
    ("parameters", "promises"),
    [
        (f"status=Postponed&{STRUCK}", {"JCC_Meeting_10"}),
        ("who=Xi_Jinping", {"Ten_Hundred_Thousand_Initiative"}),
        ("area=Gas_Hydrates", {"Gas_Hydrate_Surveys"}),
        (
            "country=Pakistan&status=Agreed",
            {"Gas_Hydrate_Surveys", "ML_1_Speeding_Up", "Working_Group_Meetings_2023"},
        ),
        ("silent=2000", {"JCC_Meeting_8", "Solar_Gift_2020"}),
        ("silent=2000&country=China", set()),
    ],
)
def test_filters_choose_promises(client: Client, parameters: str, promises: set[str]) -> None:
    assert set(list_promises(client, parameters)) == promises


@pytest.mark.parametrize("language", ["ur", "zh"])
def test_each_promise_has_a_name_in_the_language_of_the_page(client: Client, language: str) -> None:
    page = client.get(f"/promises?names={language}", Accept=BROWSER).text
    names = re.findall(r'<tr role="row"><td role="cell">(<a [^>]*>)', page)
    assert len(names) > 40
    assert [name for name in names if 'lang="en"' in name] == []


ATOM = "{http://www.w3.org/2005/Atom}"


def test_filters_choose_in_each_format(client: Client) -> None:
    chosen = "/promises?who=id:Xi_Jinping&silent=30"
    table = read_table(client, f"{chosen}&format=csv")
    steps = client.get(f"{chosen}&format=json").json["steps"]
    assert [[*map(str, step.values())] for step in steps] == [[*row.values()] for row in table]
    assert {step["promise"] for step in steps} == {
        '"ten, hundred, thousand" initiative for South-South cooperation'
    }

    feed = fromstring(client.get(f"{chosen}&format=atom").text)  # noqa: S314 - ours
    entries = feed.findall(f"{ATOM}entry")
    days = [step["published"] for step in steps]
    times = [entry.findtext(f"{ATOM}updated", "") for entry in entries]
    assert times == sorted((f"{day}T00:00:00Z" for day in days), reverse=True)
    assert feed.findtext(f"{ATOM}updated") == times[0]
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)
    for entry in entries:
        link = entry.find(f"{ATOM}link")
        assert link is not None
        path = link.get("href", "").removeprefix(client.address)
        assert client.get(path, Accept=BROWSER).status in {200, 303}


@pytest.mark.parametrize(
    "parameters",
    [
        "promise=Nothing",
        "status=Kept",
        "silent=-1",
        "silent=long",
        "silent=1000001",
        "bom=1",
        "format=csv&bom=yes",
        "silent=" + "9" * 30,
    ],
)
def test_a_value_that_is_none_is_refused(client: Client, parameters: str) -> None:
    assert client.get(f"/promises?{parameters}", Accept=BROWSER).status == 400


def test_the_ledger_is_told_without_a_source(client: Client) -> None:
    july = "&".join(f"without={name}-2021-07-16" for name in ("business-recorder", "nawa-i-waqt"))
    assert list_promises(client, f"status=Planned&who=Asim_Saleem_Bajwa&{july}&{STRUCK}") == [
        "JCC_Meeting_10"
    ]


def test_the_ledger_of_a_day_has_the_status_that_was_known(client: Client) -> None:
    known = {"JCC_Meeting_8", "JCC_Meeting_10", "Solar_Gift_2020"}
    assert set(list_promises(client, "asOf=2021-07-12")) == known
    assert list_promises(client, "asOf=2021-07-12&status=Planned") == ["JCC_Meeting_10"]
    page = client.get("/promises?asOf=2021-07-12&status=Postponed", Accept=BROWSER)
    assert (page.status, ROW.findall(page.text)) == (200, [])
    assert '<option value="Postponed" selected>' in page.text
