"""Generated articles: the same everywhere, and somewhat like texts."""

from __future__ import annotations

import hashlib
from collections import Counter
from itertools import islice
from statistics import mean

import pytest

from benchmarks.corpus import prepare_articles, prepare_generated
from benchmarks.generated import generated, write_articles, write_json_lines
from benchmarks.script_conversion import to_simplified, to_traditional
from searchkit import read_articles


@pytest.fixture(scope="module")
def documents():
    return list(generated(200))


def test_the_same_seed_gives_the_same_bytes_on_any_machine(documents, tmp_path):
    write_json_lines(documents, tmp_path / "a.jsonl")
    # When the generator is changed on purpose this changes, and older figures are of other articles.
    digest = hashlib.sha256((tmp_path / "a.jsonl").read_bytes()).hexdigest()
    assert digest == "769d4ba4f83951121e251e5fef0df330655a7bc900a286150d443f06928e3e75"


def test_a_smaller_corpus_is_a_prefix_of_a_larger_one(documents):
    assert list(generated(20)) == documents[:20]


def test_another_seed_gives_other_articles(documents):
    others = list(generated(20, seed=1))
    assert not {one.title for one in others} & {one.title for one in documents}


def test_articles_are_generated_lazily():
    assert len(list(islice(generated(10**12), 3))) == 3


def test_generated_texts_are_as_long_as_articles(documents):
    assert all(12 <= len(one.title) <= 28 for one in documents)
    assert 900 < mean(len(one.body) for one in documents) < 1250
    assert min(len(one.body) for one in documents) < 500
    assert max(len(one.body) for one in documents) > 2000
    assert all(one.body[-1] in "。！？" for one in documents)
    assert mean(one.body.count("\n") for one in documents) > 5


def test_every_second_article_is_in_traditional_characters(documents):
    for number, one in enumerate(documents):
        convert = to_traditional if number % 2 else to_simplified
        assert sum(a != b for a, b in zip(convert(one.body), one.body)) < len(one.body) / 50
        assert one.body != (to_simplified if number % 2 else to_traditional)(one.body)


def test_a_document_keeps_coming_back_to_some_words(documents):
    def most_frequent(body):
        return max(Counter(body[at : at + 3] for at in range(len(body) - 2)).values())

    assert mean(most_frequent(one.body) for one in documents) > 8


def test_dates_and_sources_are_spread(documents):
    assert len({one.published.year for one in documents}) == 12
    assert len({one.source for one in documents}) == 5
    assert len({one.id for one in documents}) == len(documents)


@pytest.mark.parametrize("write", [write_articles, write_json_lines])
def test_written_articles_are_read_back(documents, tmp_path, write):
    place = tmp_path / "articles.jsonl"
    assert write(documents, place) == len(documents)
    articles = read_articles(place)
    assert list(articles) == documents
    assert not articles.failures


def test_a_corpus_counts_its_text(tmp_path):
    corpus = prepare_generated(30, 1, tmp_path / "a")
    documents = list(read_articles(tmp_path / "a"))
    assert corpus.documents == len(documents) == 30
    assert corpus.text_bytes == sum(len((one.title + one.body).encode()) for one in documents)
    assert corpus.sample == documents


def test_a_smaller_part_of_a_folder_is_part_of_a_larger_one(tmp_path):
    folder = tmp_path / "mine"
    write_articles(generated(30), folder / "files")
    write_articles(generated(10), folder / "again")
    write_json_lines(generated(45), folder / "lines.jsonl")
    (folder / "empty.md").write_text("")
    ids = {}
    for count in (5, 25, None):
        corpus = prepare_articles(folder, count, 1, tmp_path / str(count))
        found = [one.id for one in read_articles(corpus.folder)]
        assert corpus.documents == len(found) == len(set(found)) == (count or 45)
        ids[count] = set(found)
    assert ids[5] < ids[25] < ids[None]
    others = prepare_articles(folder, 5, 2, tmp_path / "others")
    assert {one.id for one in others.sample} != ids[5]
