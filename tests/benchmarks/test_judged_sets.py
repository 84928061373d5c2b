"""Test sets of the benchmarks: BEIR folders, known items, queries in the other script."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.judged_sets import (
    JudgedSet,
    SetError,
    in_other_script,
    known_items,
    read_beir,
    script_of,
    thinned,
)
from searchkit import Document

CORPUS = [
    {"_id": "茶", "title": "茶經", "text": "茶者，南方之嘉木也。"},
    {"_id": "水", "text": "其水，用山水上，江水中，井水下。"},
    {"_id": "空", "title": "", "text": ""},
]
QUERIES = [
    {"_id": "q1", "text": "茶是什麼？"},
    {"_id": "q2", "text": "用什麼水？"},
    {"_id": "q3", "text": "沒有人回答"},
]
JUDGED = "query-id\tcorpus-id\tscore\nq1\t茶\t2\nq1\t水\t1\nq2\t水\t1\nq3\t水\t0\n"


def folder_of(path: Path, corpus: object = CORPUS, queries: object = QUERIES, judged: str = JUDGED) -> Path:
    """A BEIR folder; a text stands in its file as it is."""
    (path / "qrels").mkdir()
    for name, rows in (("corpus", corpus), ("queries", queries)):
        text = rows if isinstance(rows, str) else "".join(json.dumps(row) + "\n" for row in rows)  # type: ignore[attr-defined]
        (path / f"{name}.jsonl").write_text(text, encoding="utf-8")
    (path / "qrels" / "test.tsv").write_text(judged, encoding="utf-8")
    return path


# -- BEIR


def test_a_beir_folder_is_read(tmp_path):
    judged_set = read_beir(folder_of(tmp_path))
    assert judged_set.name == tmp_path.name
    assert [(d.id, d.title, d.body) for d in judged_set.documents] == [
        ("茶", "茶經", "茶者，南方之嘉木也。"),
        ("水", "", "其水，用山水上，江水中，井水下。"),
    ]
    assert judged_set.queries == {"q1": "茶是什麼？", "q2": "用什麼水？"}
    assert judged_set.judged == {"q1": {"茶": 2, "水": 1}, "q2": {"水": 1}}


def test_judgments_of_documents_without_text_are_kept(tmp_path):
    judged_set = read_beir(folder_of(tmp_path, judged="q1\t空\t1\n"))
    assert judged_set.judged == {"q1": {"空": 1}}


def test_the_last_document_with_an_id_counts(tmp_path):
    later = {"_id": "茶", "text": "不同"}
    documents = read_beir(folder_of(tmp_path, corpus=[*CORPUS, later])).documents
    assert [(d.id, d.body) for d in documents if d.id == "茶"] == [("茶", "不同")]


def test_judgments_need_no_header(tmp_path):
    assert read_beir(folder_of(tmp_path, judged="q2\t水\t1\n")).judged == {"q2": {"水": 1}}


def test_test_tsv_is_preferred_to_other_judgments(tmp_path):
    folder = folder_of(tmp_path)
    (folder / "qrels" / "dev.tsv").write_text("q1\t水\t1\n")
    assert set(read_beir(folder).judged) == {"q1", "q2"}


def test_a_single_file_of_judgments_is_used(tmp_path):
    folder = folder_of(tmp_path)
    (folder / "qrels" / "test.tsv").rename(folder / "qrels" / "dev.tsv")
    assert set(read_beir(folder).judged) == {"q1", "q2"}


def test_several_files_of_judgments_without_test_tsv_are_refused(tmp_path):
    folder = folder_of(tmp_path)
    (folder / "qrels" / "test.tsv").rename(folder / "qrels" / "dev.tsv")
    (folder / "qrels" / "train.tsv").write_text("q1\t水\t1\n")
    with pytest.raises(SetError, match=r"which of dev\.tsv, train\.tsv"):
        read_beir(folder)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"corpus": '{"_id": "茶", "text": "茶"}\n{'}, r"corpus\.jsonl:2: this is not JSON"),
        ({"corpus": "[]\n"}, r"corpus\.jsonl:1: an object is needed"),
        ({"corpus": '{"_id": 1, "text": "茶"}\n'}, r"corpus\.jsonl:1: _id is missing"),
        ({"corpus": '{"_id": "", "text": "茶"}\n'}, r"corpus\.jsonl:1: _id is empty"),
        ({"corpus": '{"_id": "茶"}\n'}, r"corpus\.jsonl:1: text is missing"),
        ({"corpus": '{"_id": "茶", "title": 1, "text": "茶"}\n'}, r"corpus\.jsonl:1: title is no text"),
        ({"corpus": "\n"}, r"corpus\.jsonl: the file is empty"),
        ({"queries": '{"_id": "q1"}\n'}, r"queries\.jsonl:1: text is missing"),
        ({"judged": "q1\t茶\n"}, r"test\.tsv:1: three columns"),
        ({"judged": "q1\t茶\tvery\n"}, r"test\.tsv:1: the score 'very'"),
        ({"judged": "q9\t茶\t1\n"}, r"test\.tsv:1: queries\.jsonl has no query 'q9'"),
        ({"judged": "q1\t酒\t1\n"}, r"test\.tsv:1: corpus\.jsonl has no document '酒'"),
        ({"judged": "q1\t茶\t0\n"}, r"test\.tsv: no document is judged relevant"),
    ],
)
def test_malformed_sets_are_refused_with_file_and_line(tmp_path, wrong, message):
    with pytest.raises(SetError, match=message):
        read_beir(folder_of(tmp_path, **wrong))


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"])
def test_a_missing_file_is_named(tmp_path, name):
    folder = folder_of(tmp_path)
    (folder / name).unlink()
    with pytest.raises(SetError, match=name):
        read_beir(folder)


def test_a_file_that_is_not_utf8_is_named(tmp_path):
    folder = folder_of(tmp_path)
    (folder / "corpus.jsonl").write_bytes('{"_id": "茶", "text": "茶"}'.encode("gb18030"))
    with pytest.raises(SetError, match=r"corpus\.jsonl: the file is not UTF-8"):
        read_beir(folder)


def test_a_sample_is_evenly_spaced():
    judged_set = JudgedSet("甲", [], {str(n): "問" for n in range(10)}, {})
    assert list(thinned(judged_set, 5).queries) == ["0", "2", "4", "6", "8"]
    assert thinned(judged_set, 0) == judged_set
    assert thinned(judged_set, 100) == judged_set


# -- known items

ARTICLES = [
    Document(
        id="a", title="颱風明天登陸臺灣東部", body="氣象局發布警報。\n颱風明天登陸臺灣東部\n沿海居民撤離。"
    ),
    Document(id="b", title="立法院三讀通過預算案", body="總額兩兆元。"),
    Document(id="c", title="要聞", body="要聞：今天有雨。"),
    Document(id="d", title="央行宣布維持利率不變", body="理由一。"),
    Document(id="e", title="央行宣布維持利率不變", body="理由二。"),
    Document(id="f", title="兩家報社登同一篇文章", body="本文。"),
    Document(id="g", title="兩家報社登同樣的文章", body="本文。"),
    Document(id="h", title="只有標題沒有文字的文章"),
    Document(id="i", title="An English headline", body="And a text."),
]


def test_known_items_ask_for_articles_by_headline():
    judged_set = known_items("報紙", ARTICLES, 10)
    assert judged_set.queries == {"a": "颱風明天登陸臺灣東部", "b": "立法院三讀通過預算案"}
    assert judged_set.judged == {"a": {"a": 1}, "b": {"b": 1}}


def test_known_items_are_indexed_without_headlines():
    documents = {document.id: document for document in known_items("報紙", ARTICLES, 10).documents}
    assert set(documents) == set("abcdefgi")  # h is nothing without its headline
    assert not any(document.title for document in documents.values())
    assert documents["a"].body == "氣象局發布警報。\n\n沿海居民撤離。"
    assert documents["c"].body == "要聞：今天有雨。"  # too short to be asked for, and to be taken out


def test_the_choice_of_known_items_depends_on_the_articles_only():
    articles = [Document(id=str(n), title=f"第{n}號公報的標題在此", body=f"第{n}號的正文") for n in range(50)]
    asked = known_items("公報", articles, 10).queries
    assert len(asked) == 10
    assert known_items("公報", reversed(articles), 10).queries == asked
    assert list(asked) != [str(n) for n in range(10)]
    assert set(asked) < set(known_items("公報", articles, 20).queries)


def test_articles_without_headlines_make_no_set():
    with pytest.raises(SetError, match="報紙: no article has a headline"):
        known_items("報紙", ARTICLES[2:], 10)


# -- the other script


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("誰認為希臘語出自梵語？", "traditional"),
        ("谁认为希腊语出自梵语？", "simplified"),
        ("皇后說：「里程碑」", "traditional"),  # 后 and 里 are Simplified characters as well
        ("中文", None),
        ("GPT-4", None),
        ("", None),
    ],
)
def test_the_script_of_a_text_is_detected(text, script):
    assert script_of(text) == script


def test_each_query_is_converted_from_its_own_script():
    queries = {"1": "圖書館的頭髮", "2": "图书馆的头发", "3": "中文"}
    judged_set = JudgedSet("甲", ARTICLES, queries, {"1": {"a": 1}})
    other = in_other_script(judged_set)
    assert other.queries == {"1": "图书馆的头发", "2": "圖書館的頭髮", "3": "中文"}
    assert (judged_set.script, other.script) == ("same", "other")
    assert (other.documents, other.judged) == (judged_set.documents, judged_set.judged)


@pytest.mark.parametrize(("others", "converted"), [("圖書館", "读书"), ("图书馆", "讀書")])
def test_an_ambiguous_query_takes_the_script_of_the_others(others, converted):
    assert script_of("讀书") is None
    assert in_other_script(JudgedSet("甲", [], {"1": others, "2": "讀书"}, {})).queries["2"] == converted


def test_a_set_without_a_script_is_not_converted():
    assert in_other_script(JudgedSet("甲", [], {"1": "中文"}, {})).queries == {"1": "中文"}
