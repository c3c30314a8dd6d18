"""The sentences of absences, in words.

Where a sentence says no more than that nothing matches, the law holds it in every spelling of the
negation (test_absence_law.py).
"""

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
ROBOTICS = "no source says that any country cooperates in robotics"
SPACE = "no source says that any country cooperates in space technology"
INDUSTRY = "no source says that any country cooperates in Industry 4.0"
SELECT = "SELECT ?a"
AREAS = "VALUES ?a { id:Robotics id:Technology }"
DATED = "no source gives a date on which the 14th Joint Cooperation Committee meeting took place"

SPELLINGS: dict[str, tuple[str, list[list[str]]]] = {
    "a label is shown, and the negation has a variable that is not": (
        f"""SELECT ?l {{ ?a a cpec:TechnologyArea ; rdfs:label ?l
            FILTER NOT EXISTS {{ {COOPERATES} }} FILTER(LANG(?l) = "en") }} ORDER BY ?l""",
        [[INDUSTRY], [ROBOTICS], [SPACE]],
    ),
    "a MINUS that shares no variable denies nothing": (
        "SELECT ?c { VALUES ?c { id:China } MINUS { ?u cpec:within ?w } }",
        [[]],
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
    "a label that an OPTIONAL asks for beside statements": (
        """SELECT ?a ?l { id:China cpec:cooperatesIn ?a FILTER(?a = id:Technology)
            OPTIONAL { ?a rdfs:label ?l FILTER(LANG(?l) = "fr") } }""",
        [[]],
    ),
    "a date that an event does not set": (
        """SELECT ?d { OPTIONAL { id:JCC14_Minutes_Signing cpec:plannedFor ?d } }""",
        [["no source gives a planned date with the signing of the 14th JCC minutes"]],
    ),
    "no later status of a thing": (
        """ASK { ?c cpec:statusOf id:CPEC_Phase_II ; cpec:newStatus ?s ; cpec:date|cpec:latest ?d
            FILTER(DATATYPE(?d) = xsd:date && ?d > "2021-07-16"^^xsd:date)
            FILTER(?s != cpec:Planned) }""",
        [["no source gives CPEC Phase II a status other than planned after 16 July 2021"]],
    ),
    "no other status of a thing in a later article": (
        """ASK { ?c cpec:statusOf id:CPEC ; cpec:date|cpec:latest "2021-07-16"^^xsd:date
            GRAPH ?g { ?c cpec:newStatus ?s } ?g oa:hasSource/dcterms:date ?day
            FILTER(?s != cpec:Begun && ?day > "2022-01-01"^^xsd:date) }""",
        [
            [
                """no article after 1 January 2022 gives the China-Pakistan Economic Corridor a
                status other than begun as of 16 July 2021"""
            ]
        ],
    ),
    "one status of a thing, and no other": (
        """ASK { ?c cpec:statusOf id:CPEC ; cpec:newStatus cpec:Begun ;
            cpec:date|cpec:latest ?d }""",
        [
            [
                """no source says that any change of status changed the status of the China-Pakistan
                Economic Corridor and that the change of status is a change of status to begun and
                that the change of status took place on anything or had taken place by that thing"""
            ]
        ],
    ),
    "a status that is asked for with more": (
        """ASK { ?c cpec:statusOf id:CPEC ; cpec:newStatus cpec:Begun ; cpec:date|cpec:latest ?d ;
            cpec:reason id:JCC }""",
        [
            [
                """no source says that any change of status changed the status of the China-Pakistan
                Economic Corridor and that the change of status is a change of status to begun and
                that the change of status took place on anything or had taken place by that thing
                and that the change of status is put down to the Joint Cooperation Committee"""
            ]
        ],
    ),
    "a label that is all that is asked for": (
        """SELECT ?l { OPTIONAL { id:China rdfs:label ?l FILTER(LANG(?l) = "fr") } }""",
        [
            [
                """no source says that China is called any name, where the language of the name is
                “fr”"""
            ]
        ],
    ),
    "a negation behind a statement that nobody makes": (
        """SELECT ?s ?o { VALUES ?s { id:inp-wealthpk-2026-04-29 }
            OPTIONAL { ?s cpec:derivedFrom+ ?o FILTER NOT EXISTS { ?o cpec:derivedFrom ?p } } }""",
        [
            [
                """no source gives an origin of its own for “Pakistan, China advance CPEC Phase
                II, expand economic cooperation”"""
            ]
        ],
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
    "a filter on the count of a subselect": (
        f"""SELECT ?a {{ {{ SELECT ?a (COUNT(?c) AS ?n) {{ {AREAS} OPTIONAL {{ {COOPERATES} }} }}
            GROUP BY ?a }} FILTER(?n = 0) }}""",
        [[ROBOTICS]],
    ),
    "a UNION in a NOT EXISTS": (
        f"""SELECT ?a {{ VALUES ?a {{ id:Robotics }} FILTER NOT EXISTS {{
            {{ {COOPERATES} }} UNION {{ ?b cpec:taskedInArea ?a }} }} }}""",
        [[ROBOTICS, "no source says that any agent is tasked in robotics"]],
    ),
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
    "a FILTER on the length of the name of a subject": (
        """SELECT ?c { VALUES ?c { id:China } FILTER NOT EXISTS {
            ?d cpec:partyTo ?c FILTER(STRLEN(STR(?d)) > 80) } }""",
        [
            [
                """no source says that any country is a party to China, where the length of the
                text of the country is greater than 80"""
            ]
        ],
    ),
    "a text with another tag": (
        """SELECT ?c { VALUES ?c { id:Pakistan }
            FILTER NOT EXISTS { ?c rdfs:label "Pakistan"@fr } }""",
        [["no source says that Pakistan is called “Pakistan”@fr; the graph has “Pakistan”@en"]],
    ),
    "a text without a tag in a MINUS": (
        """SELECT ?c { VALUES ?c { id:Pakistan }
            MINUS { ?c rdfs:label ?l FILTER("Pakistan" = ?l) } }""",
        [
            [
                """no source says that Pakistan is called any name, where the name is “Pakistan”
                without a language tag; the graph has “Pakistan”@en"""
            ]
        ],
    ),
    "a literal of an unknown type": (
        """SELECT ?m { VALUES ?m { id:JCC_Meeting_14 }
            FILTER NOT EXISTS { ?m cpec:ordinal "14"^^<urn:x> } }""",
        [
            [
                """no source says that the 14th Joint Cooperation Committee meeting has the number
                14 as a <urn:x>; the graph has 14 as an integer"""
            ]
        ],
    ),
    "VALUES of several variables": (
        """SELECT ?c { VALUES ?c { id:China } FILTER NOT EXISTS {
            VALUES (?p ?a) { (cpec:aimsAt id:Robotics) (cpec:cooperatesIn id:Space_Technology) }
            ?c ?p ?a } }""",
        [
            [
                """no source says that China has any relation to anything, where the relation is
                “aims at” and that thing is robotics or the relation is “cooperates in” and that
                thing is space technology"""
            ]
        ],
    ),
    "a day after another": (
        """SELECT ?c { VALUES ?c { id:JCC_Meeting_14 } FILTER NOT EXISTS {
            ?c cpec:date ?day FILTER("2025-09-26"^^xsd:date < ?day) } }""",
        [
            [
                """no source says that the 14th Joint Cooperation Committee meeting took place on
                any date, where the date is after 26 September 2025"""
            ]
        ],
    ),
    "a choice of values": (
        """SELECT ?c { VALUES ?c { id:China } FILTER NOT EXISTS {
            ?c cpec:cooperatesIn ?x FILTER(COALESCE(?x, ?c) = id:China) } }""",
        [
            [
                """this part of the query has no solution: { id:China cpec:cooperatesIn ?x .
                FILTER((COALESCE(?x, id:China) = id:China)) }"""
            ]
        ],
    ),
    "any relation of anything": (
        """SELECT ?c { VALUES ?c { id:China } FILTER NOT EXISTS {
            ?relation rdfs:subPropertyOf cpec:date . ?c ?relation ?x } }""",
        [
            [
                """this part of the query has no solution: { ?relation rdfs:subPropertyOf
                cpec:date . id:China ?relation ?x . }"""
            ]
        ],
    ),
    "things without a kind, in a graph": (
        f"""SELECT ?c {{ VALUES ?c {{ id:China }} FILTER NOT EXISTS {{ GRAPH {S08} {{
            ?x rdfs:seeAlso ?y . ?y rdfs:seeAlso ?c }} }} }}""",
        [
            [
                """this part of the query has no solution: { GRAPH id:inp-wealthpk-2026-04-29/s08
                { ?x rdfs:seeAlso ?y . ?y rdfs:seeAlso id:China . } }"""
            ]
        ],
    ),
    "a hundred patterns": (
        f"""SELECT ?c {{ VALUES ?c {{ id:China }} FILTER NOT EXISTS {{
            {" ".join(f"?c cpec:none{number} id:CPEC ." for number in range(100))} }} }}""",
        [
            [
                "this part of the query has no solution: { "
                + " . ".join(f"id:China cpec:none{number} id:CPEC" for number in range(32))
                + " . id:China cpec:no …"
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
    "what the name of a thing tells already": (
        f"""SELECT ?m {{ VALUES ?m {{ id:JCC_Meeting_14 }}
            FILTER NOT EXISTS {{ GRAPH {S07} {{ ?m cpec:ordinal 14 }} }}
            FILTER NOT EXISTS {{ GRAPH {S07} {{ ?m cpec:meetingOf id:JCC }} }} }}""",
        [
            [
                f"{SENTENCE} 7 does not call a Joint Cooperation Committee meeting the 14th",
                f"""{SENTENCE} 7 does not name the committee of the 14th Joint Cooperation Committee
                meeting""",
            ]
        ],
    ),
    "a thing that has a property twice": (
        f"""SELECT ?m {{ VALUES ?m {{ id:CPEC_Phase_II }}
            FILTER NOT EXISTS {{ GRAPH {S07} {{ ?m cpec:hasParty id:China }} }} }}""",
        [[f"{SENTENCE} 7 does not say that CPEC Phase II has China as a party"]],
    ),
    "a path in a circle": (
        """SELECT ?c { VALUES ?c { id:China } FILTER NOT EXISTS {
            ?c (cpec:within/cpec:under)+ ?c } }""",
        [
            [
                """no source says that China belongs to anything and that that thing is carried on
                under China in one or more steps"""
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
    "a condition on what has one value": (
        """SELECT ?c { VALUES ?c { id:China } FILTER NOT EXISTS {
            ?c cpec:cooperatesWith ?d . ?d cpec:cooperatesWith ?c
            FILTER(STRLEN(STR(?d)) > 80) } }""",
        [
            [
                """no source says that China cooperates with any country and that the country
                cooperates with China, where the length of the text of the country is greater
                than 80"""
            ]
        ],
    ),
}


@pytest.fixture(scope="module")
def store(first_article: Store) -> Store:
    """The first article alone, which lacks what the absences name."""
    return memory_store(quad for quad in first_article if graph_of(quad))


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_an_absence_is_said_in_words(store: Store, index: EvidenceIndex, spelling: str) -> None:
    text, absent = SPELLINGS[spelling]
    answer = cite(store, index, text)
    assert [list(citation.absent) for citation in answer.citations] == [
        [" ".join(sentence.split()) for sentence in sentences] for sentences in absent
    ]
