"""Texts with placeholders."""

from server.service.plan import Template


def test_each_hole_is_filled_with_its_own_answer_in_any_order() -> None:
    text = Template.split("x <1> y <0> z", {0: "<0>", 1: "<1>", 2: "<2>"})
    assert text.numbers == (1, 0)
    assert text.fill(["<1>", "b", "c"]) == "x b y <1> z"


def test_a_text_without_a_hole_is_itself() -> None:
    assert Template.split("x", {0: "<0>"}).fill([]) == "x"
