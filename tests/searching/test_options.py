"""The options of a search are defined once: `Index`, the command line and programs all read them."""

from __future__ import annotations

import dataclasses
import inspect

import click
import pytest

from searchkit import Index, SearchOptions
from searchkit.cli import main
from searchkit.searching.options import HitOptions, QueryOptions, SimilarOptions

OPTIONS = {field.name: field for field in dataclasses.fields(SearchOptions)}
TAKERS = {"search": SearchOptions, "count": SearchOptions, "hit": HitOptions, "similar": SimilarOptions}
TAKERS["explain"] = QueryOptions


@pytest.mark.parametrize("name", OPTIONS)
def test_every_option_has_a_default_and_a_help_text_of_one_sentence(name: str) -> None:
    assert OPTIONS[name].default is not dataclasses.MISSING
    assert OPTIONS[name].metadata["help"].endswith(".")


@pytest.mark.parametrize("name", TAKERS)
def test_a_method_shows_its_options_as_keywords(name: str) -> None:
    shown = inspect.signature(getattr(Index, name)).parameters
    keywords = {name: one for name, one in shown.items() if one.kind is one.KEYWORD_ONLY}
    expected = {field.name: field for field in dataclasses.fields(TAKERS[name])}
    assert keywords.keys() == expected.keys()
    for name, one in keywords.items():
        assert (one.default, one.annotation) == (expected[name].default, expected[name].type)
    assert "options" not in shown


def test_the_defaults_are_valid_and_equal_options_are_equal() -> None:
    assert SearchOptions() == SearchOptions(**{name: field.default for name, field in OPTIONS.items()})
    assert SearchOptions(source=iter("ba"), where={"b": {2, 1}, "a": 1}) == SearchOptions(
        source=["a", "b"], where={"a": 1, "b": [1, 2]}
    )
    with pytest.raises(dataclasses.FrozenInstanceError):
        SearchOptions().limit = 3  # type: ignore[misc]


def test_no_filter_is_the_same_as_an_empty_one() -> None:
    assert SearchOptions().digest("茶") == SearchOptions(where={}, source=[], tags=()).digest("茶")


@pytest.mark.parametrize(
    ("arguments", "keywords", "message"),
    [
        (("茶",), {"limt": 3}, r"Index\.search\(\) got an unexpected keyword argument 'limt'"),
        (("茶",), {"options": SearchOptions()}, "unexpected keyword argument 'options'"),
        ((), {}, "missing 1 required positional argument: 'query'"),
        (("茶", 3), {}, "takes 2 positional arguments but 3"),
        (("茶",), {"query": "茶"}, "argument 'query'"),
    ],
)
def test_arguments_that_do_not_fit_are_type_errors(
    arguments: tuple[object, ...], keywords: dict[str, object], message: str, sample_index: Index
) -> None:
    with pytest.raises(TypeError, match=message):
        sample_index.search(*arguments, **keywords)  # type: ignore[arg-type]


def test_query_and_id_may_be_keywords(sample_index: Index) -> None:
    (hit,) = sample_index.search(query="茶", limit=1)  # type: ignore[call-arg]
    again = sample_index.hit("茶", id=hit.id)  # type: ignore[call-arg]
    assert again is not None
    assert again.score == hit.score


@pytest.mark.parametrize("name", OPTIONS)
def test_searchkit_search_has_each_option_with_its_default_and_help(name: str) -> None:
    command = main.get_command(click.Context(main), "search")
    assert command is not None
    (option,) = [parameter for parameter in command.params if parameter.name == name]
    assert isinstance(option, click.Option)
    assert option.help == OPTIONS[name].metadata["help"]
    default = command.make_context("search", ["茶"]).params[name]
    assert default == (() if name == "where" else OPTIONS[name].default)
