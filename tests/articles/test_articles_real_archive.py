"""The real archive: every file is accounted for, and its text comes out clean."""

from __future__ import annotations

import re
import tarfile
from pathlib import Path

import pytest

from searchkit.articles import Articles, read_articles
from searchkit.articles.decoding import decode
from searchkit.document import Document

ARCHIVE = Path(__file__).parents[2].parent / "shared" / "corpora" / "news.tar.xz"
MEMBERS = 400

pytestmark = pytest.mark.corpus


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not ARCHIVE.is_file():
        pytest.skip(f"the real articles are not there: {ARCHIVE}")
    folder = tmp_path_factory.mktemp("corpus")
    with tarfile.open(ARCHIVE, "r|xz") as archive:
        count = 0
        for member in archive:
            if not (member.isfile() and (file := archive.extractfile(member))):
                continue
            (folder / f"{count:04}{Path(member.name).suffix}").write_bytes(file.read())
            count += 1
            if count == MEMBERS:
                break
    return folder


@pytest.fixture(scope="module")
def read(corpus: Path) -> tuple[Articles, list[Document]]:
    articles = read_articles(corpus)
    return articles, list(articles)


def test_every_file_of_the_archive_is_a_document_or_a_failure(read):
    articles, documents = read
    assert (
        len({document.id for document in documents}) + len(articles.replaced) + len(articles.failures)
        == MEMBERS
    )
    assert len(documents) > MEMBERS * 0.95
    assert [failure.reason for failure in articles.failures] == ["there is no text in it"] * len(
        articles.failures
    )


def test_every_article_of_the_archive_has_title_date_and_url(read):
    _, documents = read
    for document in documents:
        assert document.title == " ".join(document.title.split(" ")).strip()
        assert document.url.startswith("http")
        assert document.published is not None
        assert 2014 <= document.published.year <= 2021
        assert document.source


def test_bodies_of_the_archive_have_no_markup(read):
    _, documents = read
    assert sum(len(document.body) > 100 for document in documents) > MEMBERS * 0.85
    for document in documents:
        for line in document.body.split("\n") if document.body else []:
            assert line == line.strip() != ""
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\xa0\u200b-\u200d\u2060\ufeff\xad\r]", line)
            assert not re.search(
                r"</?(?:p|div|span|br|a|img|script|iframe)\b[^>]*>|function\s*\(|&nbsp;|display:", line
            )


def test_no_text_of_the_archive_is_lost(corpus):
    """What a very crude removal of tags leaves is in the document, but for what is meant to be dropped."""
    lost = total = 0
    for path in sorted(corpus.iterdir()):
        text = path.read_text(encoding="utf-8").rpartition("------\n")[2]
        text = re.sub(r"(?is)<(script|style|button|noscript|form|svg|iframe)\b.*?</\1>|<!--.*?-->", "", text)
        (document,) = read_articles(path)
        kept = re.sub(r"\s+", "", document.title + document.body)
        for run in re.findall(r"[\u4e00-\u9fff]{4,}", re.sub(r"<[^>]*>", "\n", text)):
            total += 1
            lost += run not in kept
    assert total > 10_000
    assert lost < total / 500


@pytest.mark.parametrize("encoding", ["gb18030", "big5"])
def test_articles_in_other_encodings_are_read_the_same(corpus, encoding):
    tried = right = 0
    for path in sorted(corpus.iterdir()):
        text = path.read_text(encoding="utf-8")
        for part in (text, text[text.find("[") : text.find("](")]):  # an article, and a headline alone
            try:
                data = part.encode(encoding)
            except UnicodeEncodeError:
                continue
            if re.search("[\u4e00-\u9fff]{3}", part):
                tried += 1
                right += decode(data) == part.replace("\r\n", "\n").replace("\r", "\n")
    assert tried > 100
    assert right >= tried * 0.995
