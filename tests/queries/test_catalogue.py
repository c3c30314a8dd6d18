"""The catalogue: every question is readable, and has the answer that a careful reader gives."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import Store, Variable

from graph.answering.binding import bind_question, find_question
from graph.answering.evaluation import run_select
from graph.answering.name import find_names
from graph.errors import ParameterError, UnknownNameError
from graph.sparql.parser import parse_query
from graph.sparql.scope import find_variables, walk_parts
from graph.sparql.syntax import TriplePattern
from ontology.namespace import ID
from queries.catalogue import catalogue
from queries.question import LABEL, QuestionFileError, read_question
from tests.queries.golden_answer import FOLDER, answer

Ask = Callable[..., list[list[str]]]


def is_label(head: str, heads: list[str]) -> bool:
    return head.endswith(LABEL) and head.removesuffix(LABEL) in heads


def local(cell: str) -> str:
    return cell.strip("<>").rpartition("/")[2] if cell.startswith("<") else cell


@pytest.fixture
def ask(first_article: Store) -> Ask:
    """Ask a question of the first article alone.

    Each row has the local names or values of its cells, but for labels.
    """

    def rows(name: str, **values: str) -> list[list[str]]:
        first, *lines = answer(first_article, name, **values).decode().splitlines()
        heads = first.split("\t")
        return [
            [
                local(cell)
                for head, cell in zip(heads, line.split("\t"), strict=True)
                if not is_label(head, heads)
            ]
            for line in lines
        ]

    return rows


@pytest.mark.parametrize("name", catalogue())
def test_the_answer_is_the_golden_one(store: Store, name: str) -> None:
    assert answer(store, name) == (FOLDER / f"{name}.tsv").read_bytes()


def test_every_golden_answer_has_its_question() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(catalogue())


@pytest.mark.parametrize("name", [name for name, own in catalogue().items() if own.parameters])
def test_a_triple_pattern_binds_each_parameter_but_a_choice(name: str) -> None:
    """So no asker can put words of his own into a row."""
    patterns = (
        part
        for part in walk_parts(parse_query(catalogue()[name].text).form)
        if isinstance(part, TriplePattern)
    )
    bound = set(find_variables(tuple(patterns)))
    free = {Variable(own.name) for own in catalogue()[name].parameters if not own.enum}
    assert free <= bound


def test_there_are_enough_questions_and_some_take_parameters() -> None:
    assert len(catalogue()) >= 18
    assert sum(bool(question.parameters) for question in catalogue().values()) >= 2


def test_the_minutes_were_signed_on_a_day_in_islamabad(ask: Ask) -> None:
    ((_, _, date, place),) = ask("minutes-signed")
    assert date.startswith('"2026-03-31"')
    assert place == "Islamabad"


def test_when_the_14th_meeting_was_held_is_not_known(ask: Ask) -> None:
    assert ask("meeting-held") == []


def test_the_march_meeting_is_known_to_the_month(ask: Ask) -> None:
    ((_, date, place),) = ask("meeting-held", meeting="High_Level_Meeting_2026_03")
    assert date.startswith('"2026-03"')
    assert place == ""


def test_the_minutes_are_the_committees_and_were_signed_in_pakistan(ask: Ask) -> None:
    assert ask("minutes-body") == [["JCC14_Minutes", "JCC", "Pakistan"]]


def test_cpec_phase_two_aims_at_three_things(ask: Ask) -> None:
    aims = {aim for _, aim, _ in ask("aims")}
    assert aims == {"Industrialisation", "Innovation", "Inclusive_Growth"}


def test_the_commission_is_tasked_in_artificial_intelligence(ask: Ask) -> None:
    ((agent, role, undertaking, framework, area, meeting, date),) = ask("tasks")
    assert (agent, role, undertaking) == ("HEC", '"central role"', "AI_Framework_Cooperation")
    assert framework == "AI_Framework"
    assert (area, meeting) == ("Artificial_Intelligence", "High_Level_Meeting_2026_03")
    assert date.startswith('"2026-03"')


def test_cooperation_in_ai_is_reported_and_in_robotics_not_even_aimed_at(ask: Ask) -> None:
    assert "Artificial_Intelligence" in {row[0] for row in ask("cooperation-areas")}
    assert list(ask("intended-areas")) == []


def test_both_countries_deploy_three_systems(ask: Ask) -> None:
    rows = ask("deployments")
    assert len({system for system, *_ in rows}) == 3
    assert len(rows) == 6
    assert {country for _, country, *_ in rows} == {"Pakistan", "China"}


def test_neither_the_ai_framework_nor_the_climate_work_falls_under_cpec(ask: Ask) -> None:
    assert {part for part, *_ in ask("falls-under")} == {"CPEC_Phase_II"}


def test_every_assessment_is_of_the_speaker_of_its_sentence(store: Store) -> None:
    lines = answer(store, "assessments").decode().splitlines()[1:]
    judges = {(cells[8], cells[6]) for cells in (line.split("\t") for line in lines)}
    speakers = "SELECT ?s ?by { ?record a rdf:Statement ; oa:hasSource ?s ; cpec:attributedTo ?by }"
    spoken = {(str(row["s"]), str(row["by"])) for row in run_select(store, speakers)}
    assert judges
    assert judges <= spoken
    of_first = {by for sentence, by in judges if "/inp-wealthpk-2026-04-29/" in sentence}
    assert of_first == {f"<{ID}MDU_2026_04>"}


def test_the_committee_has_names_in_urdu_and_chinese(ask: Ask) -> None:
    assert ['"مشترکہ تعاون کمیٹی"@ur', '"label"'] in [row[2:] for row in ask("names")]
    assert ['"联合合作委员会"@zh', '"label"'] in [row[2:] for row in ask("names", language="zh")]


def test_four_technology_areas_are_named(ask: Ask) -> None:
    areas = [tuple(row) for row in ask("technology-areas")]
    assert sorted(areas) == [
        ("Artificial_Intelligence", "s08"),
        ("Artificial_Intelligence", "s09"),
        ("Industry_4_0", "s09"),
        ("Robotics", "s09"),
        ("Space_Technology", "s09"),
    ]


def test_a_goal_comes_with_its_official_title(store: Store) -> None:
    text = answer(store, "sustainable-development-goals").decode()
    assert '"Take urgent action to combat climate change and its impacts"@en' in text


def test_the_main_news_is_answered(ask: Ask) -> None:
    moved = {undertaking for undertaking, *_ in ask("moved-forward")}
    assert moved == {"CPEC_Phase_II", "Emerging_Sector_Collaboration"}
    strengthened = {(thing, prop) for thing, prop, *_ in ask("strengthened")}
    assert ("BilateralEconomicCooperation", "ontology#strengthens") in strengthened
    assert ask("beneficiaries") == [["Pakistani_Youth", "Scholarship_Alignment_Initiative"]]
    assert {topic for _, topic, _ in ask("focus")} == {
        "Goal_Stronger_Economic_Ties",
        "Goal_Enhanced_Technological_Collaboration",
        "Goal_Sustainable_Development",
    }


def test_the_emerging_sectors_are_expressly_beside_cpec(ask: Ask) -> None:
    # the sentence does not name the undertakings of later ones
    assert [other for other, *_ in ask("outside")] == ["Emerging_Sector_Collaboration"]


def test_it_is_told_what_the_article_does_not_say(ask: Ask) -> None:
    unsaid = {
        (thing, detail.removeprefix("ontology#")): where for thing, detail, where in ask("unsaid")
    }
    assert unsaid["JCC_Meeting_14", "date"] == ""
    assert unsaid["HEC", "jurisdiction"] == "wikipedia-hec"
    assert ("JCC14_Minutes_Signing", "date") not in unsaid


def test_each_row_of_a_golden_answer_stands_once_and_labels_each_thing() -> None:
    for name in catalogue():
        first, *lines = (FOLDER / f"{name}.tsv").read_text("utf-8").splitlines()
        assert len(lines) == len(set(lines)), name
        heads = [head.removeprefix("?") for head in first.split("\t")]
        for line in lines:
            row = dict(zip(heads, line.split("\t"), strict=True))
            for head, cell in row.items():
                if cell.startswith("<https://w3id.org/cpec-graph/id/"):
                    assert row.get(head + LABEL), f"{name}.rq: ?{head} without ?{head}{LABEL}"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"undertaking": "CPEC_Phase_3"}, "did you mean CPEC_Phase_II?"),
        ({"undertaking": "cpec:nothing"}, "no 'cpec:nothing' in the graph"),
        ({"undertaking": "https://a b"}, "is not an IRI"),
    ],
)
def test_a_name_that_is_not_known_is_refused(
    store: Store, values: dict[str, str], message: str
) -> None:
    with pytest.raises(UnknownNameError, match=message.replace("?", r"\?")):
        bind_question(find_question("aims"), values, find_names(store))


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("aims", {"undertakin": "CPEC"}, "no parameter 'undertakin'; it takes undertaking"),
        ("readings", {"thing": "CPEC"}, "no parameter 'thing'; it takes none"),
        ("names", {"language": "fr"}, "one of en, ur, zh"),
        ("sentence-states", {"position": "eight"}, "of type integer"),
    ],
)
def test_a_parameter_that_does_not_fit_is_refused(
    store: Store, name: str, values: dict[str, str], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        bind_question(find_question(name), values, find_names(store))


def test_a_name_may_be_local_prefixed_or_whole(store: Store) -> None:
    question = find_question("aims")
    iri = "https://w3id.org/cpec-graph/id/CPEC"
    bound = [
        bind_question(question, {"undertaking": text}, find_names(store))["undertaking"]
        for text in ("CPEC", "id:CPEC", iri, f"<{iri}>")
    ]
    assert len(set(bound)) == 1


def test_a_value_is_bound_as_a_term_and_never_pasted(store: Store) -> None:
    question = find_question("names")
    with pytest.raises(ParameterError):
        bind_question(question, {"language": 'en") } #'}, find_names(store))


def test_a_question_that_is_not_known_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"did you mean timeline\?"):
        find_question("timelin")


GOOD = """\
#+ summary: Which?
#+ description: All of them.
#+ tags: [structure]
#+ view: table
#+ empty: No source.
#+ modalities: [Reported]
#+ parameters:
#+   - {name: x, type: iri, description: the thing}
#+ answer: {one: One undertaking., many: "%(number)s undertakings: %(names)s.", of: x}
#+ row: "{x} is an undertaking"

SELECT ?x { ?x a cpec:Undertaking }
"""


@pytest.mark.parametrize(
    ("good", "bad", "line", "message"),
    [
        ("#+ tags: [structure]\n", "", 1, "no tags"),
        (
            GOOD,
            "SELECT * {}",
            1,
            "no summary, description, tags, view, empty, modalities, answer, row",
        ),
        ("All of them.", "All: of them.", 2, "a text with a colon in it needs quotes"),
        ("[structure]", "[structure", 4, "did not find expected|expected ',' or"),
        ("summary: Which?", "summary: {a: b}", 1, "summary is no text"),
        ("view: table", "view: pie", 4, "the view 'pie' is not one of table"),
        ("[structure]", "structure", 3, "tags is no list"),
        ("[Reported]", "Reported", 6, "modalities is no list"),
        ("[structure]", "[structure, parties]", 3, "the tag 'parties' is not one of cooperation"),
        ("[Reported]", "[Reported, Sure]", 6, "the modality 'Sure' is not one of Background, Rep"),
        ("[Reported]", "[{Reported: yes}]", 6, "is not one of Background, Reported"),
        ("#+ modalities", "#+ left-out: [x]\n#+ modalities", 6, "left-out is no text"),
        ("type: iri", "type: url", 8, "the type 'url' of x is not one of iri"),
        ("name: x", "name: thing", 8, "the query has no variable ?thing"),
        ("{name: x, type: iri, description: the thing}", "x", 8, "'x' is no mapping"),
        (", description: the thing", "", 8, "no description"),
        ('#+ row: "{x} is an undertaking"\n', "", 1, "no row"),
        ("{x} is an", "{x}[ of {country}] is an", 10, "the query selects no column ?country"),
        ("{x} is an", "This is an", 10, "the form of a row names no column"),
        ("{x} is an", "{x}[ is an", 10, "a bracket or a brace of the form of a row has no partner"),
        ('"{x} is an undertaking"', "{x: y}", 10, "row is no text"),
        (", of: x", ", of: [x, country]", 9, "the query has no variable ?country"),
    ],
)
def test_a_fault_in_a_question_is_named_with_file_and_line(
    tmp_path: Path, good: str, bad: str, line: int, message: str
) -> None:
    path = tmp_path / "broken.rq"
    path.write_text(GOOD)
    assert read_question(path).summary == "Which?"
    path.write_text(GOOD.replace(good, bad))
    with pytest.raises(QuestionFileError, match=message.replace("?", r"\?")) as caught:
        read_question(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
