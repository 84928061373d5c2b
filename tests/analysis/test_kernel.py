"""Both kernels are equal on any text; which runs, and what it costs where the compiled one is not built."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest
from hypothesis import given, settings
from strategies import anything, special_texts, texts

from searchkit.analysis import kernel, tokens

compiled = pytest.mark.skipif(kernel.KERNEL != "compiled", reason="the compiled kernel does not run")


@compiled
@settings(max_examples=500)
@given(texts | special_texts | anything)
def test_both_kernels_are_equal(text: str) -> None:
    assert kernel.normalize(text) == tokens.normalize(text)
    assert kernel.visible(text) == tokens.visible(text)
    assert kernel.has_tokens(text) == tokens.has_tokens(text)
    assert kernel.tokenize(text) == tokens.tokenize(text)
    assert kernel.terms(text) == tokens.terms(text)


@compiled
def test_both_kernels_are_equal_on_every_character() -> None:
    # In many short texts, so that one difference is shown as such.
    for start in range(0, 0x110000, 64):
        text = "，".join(map(chr, range(start, start + 64)))
        assert kernel.normalize(text) == tokens.normalize(text)
        assert kernel.tokenize(text) == tokens.tokenize(text)
        assert kernel.terms(text) == tokens.terms(text)


@compiled
@pytest.mark.parametrize(
    "unit",
    [
        "中",
        "a",
        "1",
        "😀",
        "\n",
        "中\n",
        "\u0301",
        "e\u0301",
        "か\u3099",
        "c++",
        "+",
        "\u1112\u1161\u11ab",
        "a ",
        "中😀1",
        "々",
        "1,000,",
        "１，",
        "㎡",
        "aB",
        "中文的一行话\n",
        "\uffff",
        "1.2:",
    ],
)
def test_both_kernels_are_equal_on_long_texts(unit: str) -> None:
    text = unit * 20_000
    assert kernel.normalize(text) == tokens.normalize(text)
    assert kernel.tokenize(text) == tokens.tokenize(text)
    assert kernel.terms(text) == tokens.terms(text)


@compiled
def test_threads_share_the_kernel() -> None:
    text = "中国 GPT-4 か\u3099 é，\n" * 5_000
    expected = kernel.terms(text)
    found: list[tuple[str, str]] = []
    threads = [threading.Thread(target=lambda: found.append(kernel.terms(text))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8


@compiled
@pytest.mark.parametrize("function", ["normalize", "visible", "has_tokens", "tokenize", "terms"])
def test_the_compiled_kernel_takes_only_text(function: str) -> None:
    with pytest.raises(TypeError, match="expected str, not bytes"):
        getattr(kernel, function)(b"text")


def run(code: str, choice: str | None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "SEARCHKIT_KERNEL"}
    if choice is not None:
        environment["SEARCHKIT_KERNEL"] = choice
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, encoding="utf-8", check=False
    )


SHOW = "from searchkit.analysis import kernel; print(kernel.KERNEL, kernel.tokenize('中a').texts)"
HIDE = "import sys; sys.modules['searchkit.analysis._kernel'] = None; "


@pytest.mark.parametrize("choice", [None, "", "python"])
def test_python_runs_where_nothing_is_compiled(choice: str | None) -> None:
    assert run(HIDE + SHOW, choice).stdout == "python ['中', 'a']\n"


def test_python_runs_where_it_is_chosen() -> None:
    assert run(SHOW, "python").stdout == "python ['中', 'a']\n"


@compiled
def test_the_compiled_one_runs_where_it_is_chosen() -> None:
    assert run(SHOW, "compiled").stdout == run(SHOW, None).stdout == "compiled ['中', 'a']\n"


def test_a_compiled_one_that_is_not_there_cannot_be_chosen() -> None:
    done = run(HIDE + SHOW, "compiled")
    assert done.returncode == 1
    assert "install a C compiler" in done.stderr


def test_another_choice_is_an_error() -> None:
    assert "must be python or compiled, not 'rust'" in run(SHOW, "rust").stderr
