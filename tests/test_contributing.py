"""The recipes of docs/contributing.md fit the tree; `make recipes` carries them out."""

import ast
from importlib import import_module

import pytest

from tests.conftest import ROOT
from tests.recipes.recipe import Edit, Recipe, read_recipes

RECIPES = read_recipes((ROOT / "docs" / "contributing.md").read_text("utf-8"))


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.title.replace(" ", "-"))
def test_each_edit_of_a_recipe_fits_the_file_that_it_names(recipe: Recipe) -> None:
    texts: dict[str, str | None] = {}
    for step in recipe.steps:
        # a file that a command makes is edited by `make recipes` alone
        if isinstance(step, Edit) and step.path not in recipe.outputs:
            path = ROOT / step.path
            file = path.read_text("utf-8") if path.exists() else None
            texts[step.path] = step.edit(texts.get(step.path, file))
    assert texts or recipe.outputs


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.title.replace(" ", "-"))
def test_each_file_that_a_recipe_names_is_there_or_is_made(recipe: Recipe) -> None:
    made = {step.path for step in recipe.steps if isinstance(step, Edit) and step.makes_file}
    paths = {name for name in recipe.files if "/" in name and "." in name} - made - recipe.outputs
    assert [name for name in paths if not (ROOT / name).exists() and "golden" not in name] == []


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.title.replace(" ", "-"))
def test_each_name_that_a_recipe_imports_is_there(recipe: Recipe) -> None:
    modules = [
        step.new
        for step in recipe.steps
        if isinstance(step, Edit) and step.makes_file and step.path.endswith(".py")
    ]
    imports = [
        (node.module, alias.name)
        for module in modules
        for node in ast.walk(ast.parse(module))
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    ]
    missing = [
        f"{module}.{name}" for module, name in imports if not hasattr(import_module(module), name)
    ]
    assert missing == []


def test_there_is_a_recipe_for_each_kind_of_contribution() -> None:
    assert [recipe.title for recipe in RECIPES] == [
        "An article",
        "A class",
        "A property",
        "A rule of reasoning",
        "A question",
        "A word of the pages",
        "A format of answers",
        "A format of citations",
        "A limit",
        "A page",
    ]
