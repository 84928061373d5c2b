"""Questions: made from the documents, the same for the same documents."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.generated import generated
from benchmarks.questions import NEEDS, questions
from searchkit.analysis import normalize


@pytest.fixture(scope="module")
def documents():
    return list(generated(200))


@pytest.fixture(scope="module")
def classes(documents):
    return questions(documents, seed=1)


def texts(questions):
    return [question.text for question in questions]


def stand_in(documents, words):
    return any(all(word in f"{one.title}\n{one.body}" for word in words) for one in documents)


def test_each_class_has_25_different_questions(classes):
    assert list(classes) == [
        *("one word", "two words", "name", "passage", "headline", "headline, any word", "other script"),
        *("one character", "no match", "since", "newest"),
    ]
    assert {name: len(set(of)) for name, of in classes.items()} == dict.fromkeys(classes, 25)
    assert set(NEEDS) <= set(classes)


def test_questions_depend_on_the_seed(documents, classes):
    assert questions(documents, seed=1) == classes
    assert questions(documents, seed=2) != classes


def test_questions_are_found_in_a_document(documents, classes):
    for name in ("one word", "two words", "name", "passage", "one character", "since", "newest"):
        for text in texts(classes[name]):
            assert stand_in(documents, text.split(" ")), (name, text)
    assert set(texts(classes["headline"])) <= {one.title for one in documents}


def test_the_same_headlines_are_asked_for_any_of_their_words(classes):
    asked = classes["headline, any word"]
    assert texts(asked) == texts(classes["headline"])
    assert all(question.match == "any" for question in asked)


def test_questions_have_the_length_of_their_class(classes):
    assert all(len(text) >= 2 for text in texts(classes["one word"]))
    assert all(len(text.split(" ")) == 2 for text in texts(classes["two words"]))
    assert {len(text) for text in texts(classes["name"])} == {3}
    assert {len(text) for text in texts(classes["passage"])} == {6}
    assert {len(text) for text in texts(classes["one character"])} == {1}


def test_other_script_questions_are_in_no_title_as_written(documents, classes):
    normalized = [normalize(one.title) for one in documents]
    for text in texts(classes["other script"]):
        words = text.split(" ")
        titles = [
            one.title
            for one, title in zip(documents, normalized)
            if all(normalize(word) in title for word in words)
        ]
        assert titles, text
        assert any(not all(word in title for word in words) for title in titles), text


def test_no_match_questions_have_no_character_of_any_document(documents, classes):
    characters = {character for one in documents for character in one.title + one.body}
    assert not characters & set("".join(texts(classes["no match"])))


def test_a_quarter_of_the_documents_is_newer_than_since(documents, classes):
    (day,) = {question.since for question in classes["since"]}
    assert 0.2 < sum(f"{one.published:%Y-%m-%d}" >= day for one in documents) / len(documents) < 0.3
    assert all(question.newest for question in classes["newest"])
    assert all(question.kind == "passage" for question in classes["passage"])


def test_without_dates_there_are_no_questions_about_dates(documents):
    undated = [replace(one, published=None) for one in documents]
    assert {"since", "newest"}.isdisjoint(questions(undated, seed=1))


def test_latin_documents_make_no_chinese_questions(documents):
    latin = [replace(one, title="News", body="Nothing else.") for one in documents]
    assert set(questions(latin, seed=1)) == {"no match", "since", "newest"} - {"since", "newest"}
