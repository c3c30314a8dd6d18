"""What the shapes say of a sentence: it has one place in its article, and a quote."""

from __future__ import annotations

import os

import pytest

from graph.curating.master import Inputs, read_master
from graph.curating.shapes import processes, run_shapes
from graph.dataset import taking_part
from graph.errors import BuildError, Finding
from graph.reasoning.kernel import Kernel
from ontology.vocabulary import FOLDER as ONTOLOGY

POSITION = "<s01#position> a oa:TextPositionSelector ; oa:start 23 ; oa:end 82 ."
ONE = "A sentence has one position selector."


def test_the_shapes_find_nothing_in_data_that_are_whole(inputs: Inputs) -> None:
    assert shaped(inputs) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (POSITION, "", ONE),
        (POSITION, f"{POSITION} <s01#position> oa:end 90 .", ONE),
        (POSITION, f"{POSITION} <s01#position> oa:start 25 .", ONE),
        (
            "<s00#quote-1> a oa:TextQuoteSelector ;",
            "<s00#quote-1>",
            "A sentence has a quote at least.",
        ),
    ],
    ids=["no place", "two ends", "two starts", "no quote"],
)
def test_a_sentence_has_one_place_and_a_quote(
    inputs: Inputs, old: str, new: str, message: str
) -> None:
    article = inputs.data / "articles/talks-2026-05-02.trig"
    text = article.read_text("utf-8")
    assert old in text
    article.write_text(text.replace(old, new, 1), "utf-8")
    assert message in {one.message.partition(": ")[2] for one in shaped(inputs)}


def test_a_process_that_is_killed_ends_the_build_with_its_name() -> None:
    with pytest.raises(BuildError, match="was killed"), processes(2) as pool:
        pool.submit(os._exit, 9).result()


def shaped(inputs: Inputs) -> list[Finding]:
    """Return what the shapes that are shipped say of data and what follows from them."""
    master = read_master(Inputs(inputs.data, ONTOLOGY))
    stated = list(master.quads())
    return run_shapes([*taking_part(stated), *Kernel(stated).inferred()], master)
