"""The sentences of absences, for each way in which a query can be written that has one."""

from __future__ import annotations

import pytest
from pyoxigraph import Store

from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.dataset import graph_of, memory_store

ARTICLE = "<https://w3id.org/cpec-graph/id/inp-wealthpk-2026-04-29/%s>"
S07, S08 = ARTICLE % "s07", ARTICLE % "s08"
COOPERATES = "?c cpec:cooperatesIn ?a"
SENTENCE = "INP-WealthPk, 29 April 2026, sentence"
CPEC = "a party to the China-Pakistan Economic Corridor"
PROJECT = "the China-Pakistan Economic Corridor"
ROBOTICS = "no source says that any country cooperates in robotics"
SPACE = "no source says that any country cooperates in space technology"
INDUSTRY = "no source says that any country cooperates in Industry 4.0"
SELECT = "SELECT ?a"
AREAS = "VALUES ?a { id:Robotics id:Technology }"
DATED = "no source says that the 14th Joint Cooperation Committee meeting is dated any date"

SPELLINGS: dict[str, tuple[str, list[list[str]]]] = {
    "a label is shown, and the negation has a variable that is not": (
        f"""SELECT ?l {{ ?a a cpec:TechnologyArea ; rdfs:label ?l
            FILTER NOT EXISTS {{ {COOPERATES} }} FILTER(LANG(?l) = "en") }} ORDER BY ?l""",
        [[INDUSTRY], [ROBOTICS], [SPACE]],
    ),
    "MINUS": (f"SELECT ?a {{ {AREAS} MINUS {{ {COOPERATES} }} }}", [[ROBOTICS]]),
    "a MINUS that shares no variable denies nothing": (
        "SELECT ?c { VALUES ?c { id:China } MINUS { ?u cpec:within ?w } }",
        [[]],
    ),
    "!EXISTS": (f"SELECT ?a {{ {AREAS} FILTER(!EXISTS {{ {COOPERATES} }}) }}", [[ROBOTICS]]),
    "!BOUND after OPTIONAL": (
        f"SELECT ?a {{ {AREAS} OPTIONAL {{ {COOPERATES} }} FILTER(!BOUND(?c)) }}",
        [[ROBOTICS]],
    ),
    "an OPTIONAL whose variable is shown": (
        f"SELECT ?a ?c {{ VALUES ?a {{ id:Robotics }} OPTIONAL {{ {COOPERATES} }} }}",
        [[ROBOTICS]],
    ),
    "an OPTIONAL that no row shows and no filter tests": (
        f"SELECT ?a {{ VALUES ?a {{ id:Robotics }} OPTIONAL {{ {COOPERATES} }} }}",
        [[]],
    ),
    "EXISTS as a value": (
        f"SELECT ?a (EXISTS {{ {COOPERATES} }} AS ?k) {{ {AREAS} }} ORDER BY ?k",
        [[ROBOTICS], []],
    ),
    "EXISTS as the value of BIND": (
        f"SELECT ?a ?k {{ {AREAS} BIND(EXISTS {{ {COOPERATES} }} AS ?k) }} ORDER BY ?k",
        [[ROBOTICS], []],
    ),
    "a disjunct that decides, and one that is true anyway": (
        f"""SELECT ?a {{ VALUES ?a {{ id:Robotics id:Space_Technology }}
            FILTER(?a = id:Robotics || NOT EXISTS {{ {COOPERATES} }}) }} ORDER BY ?a""",
        [[], [SPACE]],
    ),
    "two absences of which one is enough": (
        f"""SELECT ?a {{ VALUES ?a {{ id:Robotics }}
            FILTER(NOT EXISTS {{ {COOPERATES} }} || NOT EXISTS {{ ?c cpec:cooperatesIn ?a ;
              cpec:partyTo id:CPEC }}) }}""",
        [
            [
                f"""no source says that any country A cooperates in robotics and that any country B
                cooperates in robotics and that country B is {CPEC}"""
            ]
        ],
    ),
    "HAVING with a count of zero": (
        f"""SELECT ?a {{ {AREAS} OPTIONAL {{ {COOPERATES} }} }}
            GROUP BY ?a HAVING(COUNT(?c) = 0)""",
        [[ROBOTICS]],
    ),
    "HAVING with a threshold": (
        f"""SELECT ?a {{ {AREAS} OPTIONAL {{ {COOPERATES} }} }}
            GROUP BY ?a HAVING(COUNT(?c) < 3) ORDER BY ?a""",
        [
            ["sources say of fewer than three countries that each cooperates in robotics"],
            ["sources say of fewer than three countries that each cooperates in technology"],
        ],
    ),
    "a threshold that more statements only exceed": (
        f"SELECT ?a {{ {AREAS} {COOPERATES} }} GROUP BY ?a HAVING(COUNT(?c) > 1)",
        [[]],
    ),
    "a grouped count of zero": (
        f"""SELECT ?a (COUNT(?c) AS ?n) {{ {AREAS} OPTIONAL {{ {COOPERATES} }} }}
            GROUP BY ?a ORDER BY ?n""",
        [[ROBOTICS], []],
    ),
    "a count of nothing": (
        "SELECT (COUNT(*) AS ?n) { ?c cpec:cooperatesIn id:Robotics }",
        [[ROBOTICS]],
    ),
    "a count of nothing in a subselect": (
        "SELECT ?n { { SELECT (COUNT(*) AS ?n) { ?c cpec:cooperatesIn id:Robotics } } }",
        [[ROBOTICS]],
    ),
    "a filter on the count of a subselect": (
        f"""SELECT ?a {{ {{ SELECT ?a (COUNT(?c) AS ?n) {{ {AREAS} OPTIONAL {{ {COOPERATES} }} }}
            GROUP BY ?a }} FILTER(?n = 0) }}""",
        [[ROBOTICS]],
    ),
    "a NOT EXISTS in a subselect": (
        f"""SELECT ?l {{ {{ SELECT DISTINCT ?a {{ {AREAS} FILTER NOT EXISTS {{ {COOPERATES} }} }} }}
            ?a rdfs:label ?l FILTER(LANG(?l) = "en") }}""",
        [[ROBOTICS]],
    ),
    "a NOT EXISTS in one branch of a UNION": (
        f"""SELECT ?a {{ {{ VALUES ?a {{ id:Technology }} }} UNION
            {{ VALUES ?a {{ id:Robotics }} FILTER NOT EXISTS {{ {COOPERATES} }} }} }}""",
        [[], [ROBOTICS]],
    ),
    "a UNION in a NOT EXISTS": (
        f"""SELECT ?a {{ VALUES ?a {{ id:Robotics }} FILTER NOT EXISTS {{
            {{ {COOPERATES} }} UNION {{ ?b cpec:taskedInArea ?a }} }} }}""",
        [[ROBOTICS, "no source says that any agent is tasked in robotics"]],
    ),
    "an ASK that is false": ("ASK { ?c cpec:cooperatesIn id:Robotics }", [[ROBOTICS]]),
    "an ASK that is false over a negation": (
        """ASK { ?c a cpec:Country FILTER NOT EXISTS { ?c cpec:cooperatesIn ?a } }""",
        [["of every country sources say that the country cooperates in some area"]],
    ),
    "a negation within a negation": (
        """SELECT ?a { VALUES ?a { id:Technology } FILTER NOT EXISTS {
            ?c cpec:cooperatesIn ?a FILTER NOT EXISTS { ?c cpec:partyTo id:CPEC } } }""",
        [
            [
                f"""in every case in which sources say that a country cooperates in technology,
                they say that the country is {CPEC}"""
            ]
        ],
    ),
    "two patterns": (
        f"""SELECT ?a {{ VALUES ?a {{ id:Robotics }} FILTER NOT EXISTS {{
            {COOPERATES} . ?c cpec:partyTo ?f }} }}""",
        [[ROBOTICS + " and that the country is a party to any undertaking"]],
    ),
    "two variables of a kind": (
        """ASK { ?c cpec:cooperatesWith ?d . ?d cpec:cooperatesIn id:Robotics }""",
        [
            [
                """no source says that any country A cooperates with any country B and that
                country B cooperates in robotics"""
            ]
        ],
    ),
    "a GRAPH with a name in the negation": (
        f"""SELECT ?a {{ {AREAS} FILTER NOT EXISTS {{ GRAPH {S08} {{ {COOPERATES} }} }} }}
            ORDER BY ?a""",
        [
            [
                f"{SENTENCE} 8 does not say that any country cooperates in robotics",
            ],
            [
                f"{SENTENCE} 8 does not say that any country cooperates in technology",
            ],
        ],
    ),
    "a GRAPH with a variable in the negation": (
        f"SELECT ?a {{ {AREAS} FILTER NOT EXISTS {{ GRAPH ?g {{ {COOPERATES} }} }} }}",
        [[ROBOTICS]],
    ),
    "a GRAPH with a variable around the negation": (
        f"""SELECT ?a {{ VALUES ?g {{ {S07} }} GRAPH ?g {{
            id:China cpec:cooperatesIn ?a FILTER NOT EXISTS {{ id:China cpec:aimsAt ?a }} }}
            FILTER(?a = id:Technology) }}""",
        [
            [
                f"{SENTENCE} 7 does not say that China aims at technology",
            ]
        ],
    ),
    "FROM": (
        f"""{SELECT} FROM {S07} FROM {S08} {{ VALUES ?a {{ id:Robotics }}
            FILTER NOT EXISTS {{ {COOPERATES} }} }}""",
        [
            [
                f"""neither {SENTENCE} 7 nor {SENTENCE} 8 says that any country cooperates in
                robotics"""
            ]
        ],
    ),
    "a FILTER in the negation": (
        """SELECT ?c { VALUES ?c { id:China } FILTER NOT EXISTS {
            ?c cpec:cooperatesWith ?d FILTER(?d != id:Pakistan) } }""",
        [
            [
                """no source says that China cooperates with any country, where the country is
                not Pakistan"""
            ]
        ],
    ),
    "a FILTER in the negation that nothing satisfies": (
        """SELECT ?c { VALUES ?c { id:China } FILTER NOT EXISTS {
            ?c cpec:cooperatesWith ?d FILTER(?d != ?d) } }""",
        [[]],
    ),
    "a FILTER on a text with a language": (
        """SELECT ?c { VALUES ?c { id:China } FILTER NOT EXISTS {
            ?c rdfs:label ?l FILTER(LANG(?l) = "en" && CONTAINS(?l, "Land")) } }""",
        [
            [
                """no source says that China is called any name, where the language of the name is
                “en” and the name contains “Land”"""
            ]
        ],
    ),
    "a hundred patterns": (
        f"""SELECT ?c {{ VALUES ?c {{ id:China }} FILTER NOT EXISTS {{
            {" ".join(f"?c cpec:none{number} id:CPEC ." for number in range(100))} }} }}""",
        [
            [
                "no source says that "
                + " and that ".join(
                    f"China none{number} (a name that the graph does not know) {PROJECT}"
                    for number in range(12)
                )
                + " and so on, 100 clauses in all"
            ]
        ],
    ),
    "a hundred patterns with a negation": (
        f"""SELECT ?c {{ VALUES ?c {{ id:China }} FILTER NOT EXISTS {{
            {" ".join(f"?c cpec:none ?x{number} ." for number in range(100))}
            FILTER NOT EXISTS {{ ?c cpec:none ?c }} }} }}""",
        [[]],
    ),
    "a misspelt name": (
        """SELECT ?c { VALUES ?c { id:China }
        FILTER NOT EXISTS { ?c cpec:cooperatesIn id:robotics } }""",
        [
            [
                """no source says that China cooperates in robotics (a name that the graph does not
                know)"""
            ]
        ],
    ),
    "a path in a circle": (
        """SELECT ?c { VALUES ?c { id:China } FILTER NOT EXISTS {
            ?c (cpec:within/cpec:under)+ ?c } }""",
        [
            [
                """no source says that China belongs to anything and that that thing goes on under
                China in one or more steps"""
            ]
        ],
    ),
    "a subject of which nothing can be said": (
        "SELECT ?l { VALUES ?l { 'word' } FILTER NOT EXISTS { ?l cpec:partyTo ?f } }",
        [[]],
    ),
    "a path": (
        "SELECT ?a { VALUES ?a { id:Robotics } FILTER NOT EXISTS { ?a ^cpec:cooperatesIn ?c } }",
        [[ROBOTICS]],
    ),
    "a path of several steps": (
        """SELECT ?a { VALUES ?a { id:Robotics } FILTER NOT EXISTS {
            ?a ^cpec:cooperatesIn/cpec:partyTo ?f } }""",
        [[ROBOTICS + " and that the country is a party to any undertaking"]],
    ),
    "a date that no source gives": (
        "SELECT ?d { VALUES ?m { id:JCC_Meeting_14 } OPTIONAL { ?m cpec:date ?d } }",
        [[DATED]],
    ),
    "each solution of one row": (
        f"""SELECT DISTINCT ?t {{ VALUES ?a {{ id:Robotics id:Space_Technology }} ?a a ?t
            FILTER(?t = cpec:TechnologyArea) FILTER NOT EXISTS {{ {COOPERATES} }} }}""",
        [[ROBOTICS, SPACE]],
    ),
    "a CONSTRUCT": (
        f"""CONSTRUCT {{ ?a rdfs:seeAlso id:nothing }}
            {{ {AREAS} FILTER NOT EXISTS {{ {COOPERATES} }} }}""",
        [[ROBOTICS]],
    ),
}


@pytest.fixture(scope="module")
def store(first_article: Store) -> Store:
    """The first article alone, which lacks what the absences name."""
    return memory_store(quad for quad in first_article if graph_of(quad))


@pytest.fixture(scope="module")
def index(store: Store) -> EvidenceIndex:
    return EvidenceIndex(store)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_an_absence_is_said_in_every_spelling(
    store: Store, index: EvidenceIndex, spelling: str
) -> None:
    text, absent = SPELLINGS[spelling]
    answer = cite(store, index, text)
    assert [list(citation.absent) for citation in answer.citations] == [
        [" ".join(sentence.split()) for sentence in sentences] for sentences in absent
    ]
