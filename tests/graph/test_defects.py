"""Single defects, seeded into a copy of the data: each is caught, and named with file and line."""

from dataclasses import replace
from pathlib import Path

import pytest

from graph.answering.evaluation import run_select
from graph.build import build
from graph.curating.master import Inputs
from graph.dataset import memory_store
from graph.errors import DataError, Finding
from graph.validation import validate
from ontology.namespace import PREFIXES
from ontology.terms import DCTERMS, OWL

ARTICLE = "articles/talks-2026-05-02.trig"
BACKGROUND = "background/country-codes.trig"
LINKS = "links/wikidata.trig"
ENTITIES = "entities.ttl"


def seed(inputs: Inputs, name: str, old: str, new: str) -> str:
    """Replace the first `old` of a file by `new`, and return its position, `file:line`."""
    path = inputs.data / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return f"{name}:{text[: text.index(old)].count(chr(10)) + 1}"


def findings(inputs: Inputs, archive: Path) -> list[Finding]:
    with pytest.raises(DataError) as caught:
        build(inputs, inputs.data.parent / "build", archive)
    return list(caught.value.findings)


def says(defects: list[Finding], where: str, what: str) -> bool:
    """Return whether a finding at `file:line` has these words."""
    return any(f"{where}: " in str(finding) and what in finding.message for finding in defects)


@pytest.mark.parametrize(
    ("name", "old", "new", "what"),
    [
        pytest.param(*case[1:], id=case[0])
        for case in (
            (
                "a misspelt property",
                ARTICLE,
                "id:Pakistan cpec:advances",
                "id:Pakistan cpec:advancs",
                "cpec:advancs is not a property of the ontology; did you mean cpec:advances?",
            ),
            (
                "a misspelt class",
                ENTITIES,
                "a cpec:Framework",
                "a cpec:Framwork",
                "cpec:Framwork is not a class of the ontology; did you mean cpec:Framework?",
            ),
            (
                "a misspelt term",
                "../ontology/cpec.ttl",
                "cpec:modality cpec:Background",
                "cpec:modality cpec:Backgrund",
                "cpec:Backgrund is not a term of the ontology; did you mean cpec:Background?",
            ),
            (
                "a misspelt entity as the subject",
                ARTICLE,
                "id:Pakistan cpec:advances",
                "id:Pakstan cpec:advances",
                "id:Pakstan is typed neither",
            ),
            (
                "a misspelt entity as the object",
                ARTICLE,
                "cpec:hasParty id:China",
                "cpec:hasParty id:Chnia",
                "nor in graph:evidence; did you mean id:China?",
            ),
            (
                "a misspelt sentence",
                ARTICLE,
                "GRAPH <s01>",
                "GRAPH <s10>",
                "states something, and graph:evidence does not say what it is",
            ),
            (
                "a statement in no sentence",
                ENTITIES,
                'rdfs:label "CPEC Phase II"@en',
                'cpec:under id:CPEC ; rdfs:label "CPEC Phase II"@en',
                "cpec:under stands in graph:editorial",
            ),
            (
                "a triple in no graph",
                LINKS,
                "GRAPH <wikidata> {",
                "id:China a id:China . GRAPH <wikidata> {",
                "a triple stands in no named graph",
            ),
            (
                "an Arabic kaf in Urdu",
                ENTITIES,
                '"Islamabad"@en',
                '"Islamabad"@en , "اسلام آباد ك"@ur',
                "is Urdu with an Arabic kaf or yeh",
            ),
            (
                "Urdu in Latin letters",
                ENTITIES,
                '"Islamabad"@en',
                '"Islamabad"@en , "Islamabad"@ur',
                "is Urdu without an Urdu letter",
            ),
            (
                "Chinese in Latin letters",
                ENTITIES,
                '"Islamabad"@en',
                '"Islamabad"@en , "Yisilanbao"@zh',
                "is Chinese without a Chinese character",
            ),
            (
                "English in Chinese characters",
                ENTITIES,
                '"PRC"@en',
                '"中国"@en',
                "is English in another script",
            ),
            (
                "a link without evidence",
                LINKS,
                "id:China owl:sameAs wd:Q148",
                "id:China owl:sameAs wd:Q184",
                "the link to wd:Q184 has no sssom:Mapping",
            ),
            ("a blank node", ARTICLE, "id:Pakistan cpec:advances", "[] cpec:advances", "a blank"),
            (
                "a long quote",
                ARTICLE,
                'oa:exact "Talks on"',
                f'oa:exact "{"Talks on " * 14}"',
                "the quote has 126 characters",
            ),
            (
                "a quote that is not in the text",
                ARTICLE,
                'a oa:TextQuoteSelector ; oa:exact "Talks on"',
                'a oa:TextQuoteSelector ; oa:exact "Talks about"',
                '"Talks about" is not in it',
            ),
            (
                "a fact without a quote",
                ARTICLE,
                'id:Pakistan ~ <s02#1> {| oa:exact "both are parties" |}',
                "id:Pakistan",
                "the fact has no quote",
            ),
            (
                "a fact that is annotated twice",
                ARTICLE,
                "id:Pakistan ~ <s02#1> {|",
                'id:Pakistan ~ <s02#9> {| oa:exact "parties" |} ~ <s02#1> {|',
                "the fact is annotated twice, as id:talks-2026-05-02/s02#1 and as",
            ),
            (
                "two facts with one record",
                ARTICLE,
                "<s02#1>",
                "<s02#2>",
                "id:talks-2026-05-02/s02#2 is the name of two annotations",
            ),
            (
                "a modality that is stronger than the property's",
                ARTICLE,
                'oa:exact "concerns artificial intelligence"',
                'cpec:modality cpec:Background ; oa:exact "concerns artificial intelligence"',
                "a statement may be weaker than its property, never stronger",
            ),
            (
                "a fact that is meant in two ways",
                ARTICLE,
                'oa:exact "concerns artificial intelligence"',
                'cpec:modality cpec:Background , cpec:Reported ; oa:exact "concerns"',
                "has cpec:modality twice, cpec:Background and cpec:Reported",
            ),
            (
                "a fact that is said by two sources",
                ARTICLE,
                'oa:exact "concerns artificial intelligence"',
                'cpec:attributedTo id:China , id:Pakistan ; oa:exact "concerns"',
                "has cpec:attributedTo twice, id:China and id:Pakistan",
            ),
            (
                "a fact that a stranger says",
                ARTICLE,
                'oa:exact "concerns artificial intelligence"',
                'cpec:attributedTo id:Pakstan ; oa:exact "concerns"',
                "did you mean id:Pakistan?",
            ),
            (
                "a quote that is empty",
                ARTICLE,
                'oa:exact "concerns artificial intelligence"',
                'oa:exact " "',
                'the quote " " of the fact is no text',
            ),
            (
                "a quote in a language",
                ARTICLE,
                'oa:exact "concerns artificial intelligence"',
                'oa:exact "concerns artificial intelligence"@en',
                "of the fact is no text: write its words in quotation marks, without a language",
            ),
            (
                "a modality that is none",
                ARTICLE,
                'oa:exact "concerns artificial intelligence"',
                'cpec:modality cpec:Country ; oa:exact "concerns artificial intelligence"',
                "that is no modality",
            ),
            (
                "an annotation of another kind",
                ARTICLE,
                'oa:exact "concerns artificial intelligence"',
                'dcterms:date 2026 ; oa:exact "concerns artificial intelligence"',
                'has dcterms:date "2026": it takes oa:exact or cpec:anchor, cpec:modality,',
            ),
            (
                "an annotation named after another sentence",
                ARTICLE,
                "<s02#3>",
                "<s01#3a>",
                "annotates a statement of id:talks-2026-05-02/s02: its name is that of the graph",
            ),
            (
                "an annotation without a name",
                ARTICLE,
                "~ <s02#3> {|",
                "{|",
                "_: annotates a statement of id:talks-2026-05-02/s02: its name",
            ),
            (
                "a quote of a fact that is not in its sentence",
                ARTICLE,
                "concerns artificial intelligence",
                "concerns robotics",
                '"concerns robotics" is not in it',
            ),
            ("invalid Turtle", ENTITIES, "a cpec:City ;", "a a cpec:City ;", "column"),
            ("an unknown prefix", LINKS, "wd:Q843 .", "wdt:Q843 .", "prefix wdt: has not been"),
            (
                "a framework with one party",
                ARTICLE,
                "id:CPEC cpec:hasParty id:China",
                "id:CPEC_Phase_II cpec:hasParty id:China",
                "A framework has two countries at least as parties.",
            ),
            (
                "two labels in a language",
                ENTITIES,
                '"Islamabad"@en',
                '"Islamabad"@en , "Islamabad city"@en',
                "One label a language.",
            ),
            (
                "a country that is an area",
                ARTICLE,
                "cpec:concernsArea id:Artificial_Intelligence",
                "cpec:concernsArea id:China",
                "isjoint classes",
            ),
            (
                "an axiom that no rule follows",
                "../ontology/cpec.ttl",
                "owl:TransitiveProperty",
                "owl:ReflexiveProperty",
                "no rule follows cpec:within rdf:type owl:ReflexiveProperty",
            ),
            (
                "two values of a functional property",
                BACKGROUND,
                "cpec:inCountry id:Pakistan",
                'cpec:inCountry id:China ~ <country-codes#2> {| oa:exact "CHN" |} , id:Pakistan',
                "id:China and id:Pakistan would be the same",
            ),
        )
    ],
)
def test_a_defect_is_named_with_its_file(
    inputs: Inputs, archive: Path, name: str, old: str, new: str, what: str
) -> None:
    where = seed(inputs, name, old, new)
    defects = findings(inputs, archive)
    assert any(what in finding.message for finding in defects), defects
    assert all(finding.line is not None for finding in defects), defects
    if what not in {
        "A framework has two countries at least as parties.",  # at the entity, not where it lacks
        "id:China and id:Pakistan would be the same",
        "isjoint classes",
        "states something, and graph:evidence does not say what it is",
        "three quarters is the most that may be quoted",  # at the sentence
        '"Talks about" is not in it',
    }:
        assert says(defects, where.removeprefix("../"), what), defects


def cyclic(inputs: Inputs, fact: str) -> str:
    under = "id:CPEC_Phase_II cpec:under id:CPEC ~"
    quoted = '~ <s01#4> {| oa:exact "second phase" |} .'
    return seed(inputs, ARTICLE, under, f"{fact} {quoted} {under}")


def test_a_cycle_is_named_at_each_of_its_statements(inputs: Inputs, archive: Path) -> None:
    where = cyclic(inputs, "id:CPEC cpec:within id:CPEC_Phase_II")
    defects = findings(inputs, archive)
    assert says(defects, where, "id:CPEC and id:CPEC_Phase_II are within each other: a cycle")
    assert says(defects, where, "id:CPEC_Phase_II and id:CPEC are within each other: a cycle")


def test_a_cycle_through_the_inverse_is_one_too(inputs: Inputs, archive: Path) -> None:
    where = cyclic(inputs, "id:CPEC_Phase_II cpec:comprises id:CPEC")
    assert says(findings(inputs, archive), where, "are within each other: a cycle")


@pytest.mark.parametrize(
    ("name", "old", "lacking"),
    [
        (ARTICLE, "cpec:attributedTo id:talks-2026-05-02 ;", "cpec:attributedTo"),
        (ARTICLE, "schema:position 0 ;", "schema:position"),
        (ARTICLE, "oa:hasSource id:talks-2026-05-02 ;", "oa:hasSource"),
        (BACKGROUND, "dcterms:source <https://github.com/datasets/country-codes> .", "source"),
        (BACKGROUND, ' ~ <country-codes#1> {| oa:exact "Islamabad" |}', "quote"),
    ],
)
def test_a_source_that_lacks_its_evidence_is_named(
    inputs: Inputs, archive: Path, name: str, old: str, lacking: str
) -> None:
    seed(inputs, name, old, "." if old.endswith(" .") else "")
    defects = findings(inputs, archive)
    assert any(lacking in finding.message and finding.line for finding in defects), defects


def test_a_file_that_is_not_utf8_is_named(inputs: Inputs, archive: Path) -> None:
    (inputs.data / ENTITIES).write_bytes(b"# one\n# \xff\n")
    assert [str(finding).rpartition("/")[2] for finding in findings(inputs, archive)] == [
        "entities.ttl:2: is not UTF-8"
    ]


def test_a_file_that_begins_with_a_mark_is_read_as_any_other(inputs: Inputs, archive: Path) -> None:
    for name in (ENTITIES, ARTICLE):
        path = inputs.data / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    line = seed(inputs, ARTICLE, "cpec:advances", "cpec:advanses")
    assert [
        str(finding).partition("/data/")[2].split(": ")[0] for finding in findings(inputs, archive)
    ] == [line]


def test_what_an_editor_leaves_beside_a_file_is_no_data(inputs: Inputs) -> None:
    (inputs.data / "articles" / ".#talks-2026-05-02.trig").symlink_to("curator@desk.1234")
    (inputs.data / ".trash").mkdir()
    (inputs.data / ".trash" / "old.ttl").write_bytes(b"\xff")
    validate(inputs)


def test_names_that_are_not_used_any_more_are_read_too(inputs: Inputs, archive: Path) -> None:
    (inputs.data / "retired.ttl").write_text("# one\nid:Old owl:deprecated true .\n")
    with pytest.raises(DataError, match=r"retired\.ttl:2: "):
        validate(inputs)
    defects = findings(inputs, archive)
    assert [str(finding).rpartition("/")[2][:14] for finding in defects] == ["retired.ttl:2:"]


def test_a_term_is_retired_in_the_ontology(inputs: Inputs, archive: Path) -> None:
    line = "cpec:issue owl:deprecated true ; dcterms:isReplacedBy cpec:date ."
    prefixes = "".join(
        f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("cpec", "owl", "dcterms")
    )
    (inputs.data / "retired.ttl").write_text(prefixes + line)
    (finding,) = findings(inputs, archive)
    assert str(finding).endswith(
        "retired.ttl:4: cpec:issue is a term: retire it in ontology/cpec.ttl, where it stays"
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            f"{DCTERMS.IS_REPLACED_BY} cpec:concernsArea ;",
            "cpec:advances is retired: write cpec:concernsArea",
        ),
        ("", "cpec:advances is retired, and no term replaces it"),
    ],
)
def test_a_retired_term_is_named_where_it_is_used(
    inputs: Inputs, archive: Path, line: str, words: str
) -> None:
    ontology = inputs.ontology / "cpec.ttl"
    text = ontology.read_text("utf-8")
    ontology.write_text(text + f"\ncpec:advances {OWL.DEPRECATED} true ; {line} .\n")
    messages = [str(finding).partition("/data/")[2] for finding in findings(inputs, archive)]
    lines = (inputs.data / ARTICLE).read_text("utf-8").splitlines()
    used = [number for number, text in enumerate(lines, 1) if "cpec:advances" in text]
    assert used
    assert messages == [f"{ARTICLE}:{number}: {words}" for number in used]


def test_a_folder_without_data_is_named(inputs: Inputs, tmp_path: Path, archive: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert [finding.message for finding in findings(replace(inputs, data=empty), archive)] == [
        "holds no .ttl and no .trig file"
    ]


def test_a_missing_ontology_is_named(inputs: Inputs, archive: Path) -> None:
    (inputs.ontology / "alignments.ttl").unlink()
    defects = findings(inputs, archive)
    assert [finding.path for finding in defects] == [str(inputs.ontology / "alignments.ttl")]


CONCERNS = "    id:CPEC cpec:concernsArea id:Artificial_Intelligence ~ <s02#3> {|"
"""The fact beside which the statements below are put."""


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        pytest.param(statement, what, id=name)
        for name, statement, what in (
            (
                "an aim that has a property of its own",
                (
                    "id:China cpec:cooperatesIn id:Artificial_Intelligence ~ <s02#5> {|"
                    ' oa:exact "both" ; cpec:modality cpec:Aim |} .'
                ),
                (
                    "is marked cpec:Aim, and cpec:cooperatesIn is cpec:Reported: say it with"
                    " cpec:intendsCooperationIn"
                ),
            ),
            (
                "an aim that no property states",
                (
                    'id:CPEC cpec:hasParty id:India ~ <s02#5> {| oa:exact "both" ;'
                    " cpec:modality cpec:Aim |} ."
                ),
                "is marked cpec:Aim, and cpec:hasParty is cpec:Reported: no property says that",
            ),
            (
                "a denial that is asserted",
                (
                    'id:CPEC cpec:hasParty id:India ~ <s02#5> {| oa:exact "both" ;'
                    " cpec:modality cpec:Denied |} ."
                ),
                (
                    "is marked cpec:Denied, and cpec:hasParty is cpec:Reported: the sentence may"
                    " not state it: write <<"
                ),
            ),
            (
                "a denial of a fact of the same sentence",
                (
                    '<< id:CPEC cpec:hasParty id:China ~ <s02#5> >> oa:exact "both" ;'
                    " cpec:modality cpec:Denied ."
                ),
                "is marked cpec:Denied, and cpec:hasParty is cpec:Reported",
            ),
            (
                "a denial of a fact that the sentence states by the inverse property",
                (
                    '<< id:China cpec:partyTo id:CPEC ~ <s02#5> >> oa:exact "both" ;'
                    " cpec:modality cpec:Denied ."
                ),
                (
                    "is marked cpec:Denied, and id:talks-2026-05-02/s02 states the same by"
                    " cpec:hasParty"
                ),
            ),
            (
                "a record of a fact that another sentence states",
                '<< id:Pakistan cpec:advances id:CPEC_Phase_II ~ <s02#5> >> oa:exact "both" .',
                (
                    "s02#5 is marked cpec:Reported, and id:talks-2026-05-02/s02 does not state its"
                    " fact, which id:talks-2026-05-02/s01 states: state it, or mark it"
                ),
            ),
            (
                "a record of a fact that no sentence states",
                '<< id:CPEC cpec:advances id:CPEC_Phase_II ~ <s02#5> >> oa:exact "both" .',
                (
                    "s02#5 is marked cpec:Reported, and id:talks-2026-05-02/s02 does not state its"
                    " fact: state it, or mark it"
                ),
            ),
            (
                "a record of an aim that has a property of its own",
                (
                    '<< id:China cpec:cooperatesIn id:CPEC ~ <s02#5> >> oa:exact "both" ;'
                    " cpec:modality cpec:Aim ."
                ),
                "does not state its fact: state it with cpec:intendsCooperationIn",
            ),
            (
                "a statement that is not asserted, without a quote",
                "<< id:CPEC cpec:advances id:CPEC ~ <s02#5> >> cpec:modality cpec:Denied .",
                "the statement that is not asserted has no quote",
            ),
            (
                "a statement that is not asserted, of a thing that nobody knows",
                (
                    '<< id:CPEC cpec:hasParty id:Chnia ~ <s02#5> >> oa:exact "both" ;'
                    " cpec:modality cpec:Denied ."
                ),
                "id:Chnia is typed neither",
            ),
            (
                "a statement that is not asserted, by a property that nobody knows",
                (
                    '<< id:CPEC cpec:hasPart id:China ~ <s02#5> >> oa:exact "both" ;'
                    " cpec:modality cpec:Denied ."
                ),
                "cpec:hasPart is not a term of the ontology; did you mean cpec:hasParty?",
            ),
            (
                "two records of one name",
                (
                    '<< id:CPEC cpec:hasParty id:China ~ <s02#4> >> oa:exact "both" ;'
                    " cpec:modality cpec:Denied ."
                ),
                "s02#4 is the name of two annotations",
            ),
        )
    ],
)
def test_a_statement_out_of_the_bounds_of_its_modality_is_named_with_its_line(
    inputs: Inputs, archive: Path, statement: str, what: str
) -> None:
    where = seed(inputs, ARTICLE, CONCERNS, f"    {statement}\n{CONCERNS}")
    assert says(findings(inputs, archive), where, what)


def test_a_statement_that_is_not_asserted_is_recorded_and_no_fact(
    inputs: Inputs, archive: Path
) -> None:
    denial = '<< id:CPEC cpec:advances id:CPEC ~ <s02#5> >> oa:exact "both" ;'
    read = 'cpec:modality cpec:Denied ; cpec:reading "A report had said so."@en'
    seed(inputs, ARTICLE, CONCERNS, f"    {denial} {read} .\n{CONCERNS}")
    store = memory_store(build(inputs, inputs.data.parent / "build", archive).snapshot.quads())
    record = """?record a cpec:UnassertedStatement ; cpec:saidSubject id:CPEC ;
      cpec:saidPredicate cpec:advances ; cpec:saidObject id:CPEC ; cpec:modality cpec:Denied ;
      cpec:attributedTo ?by ;
      oa:hasSource ?sentence ; oa:hasSelector/oa:exact "both" ."""
    assert len(list(run_select(store, f"SELECT * {{ GRAPH graph:evidence {{ {record} }} }}"))) == 1
    assert not list(run_select(store, "SELECT * { id:CPEC cpec:advances id:CPEC }"))
    assert not list(run_select(store, "SELECT * { ?r rdf:subject id:CPEC ; rdf:object id:CPEC }"))
