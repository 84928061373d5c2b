"""Files of Word: those that python-docx writes, what Word adds, and what is wrong with others."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, timezone
from pathlib import Path

import docx
import pytest
from archives import with_part
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import HealthCheck, given, settings
from strategies import damaged

import searchkit
from searchkit.articles import FileDocument, archive, read_file
from searchkit.document import Document


def saved(document: docx.document.Document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def letter() -> docx.document.Document:
    """A document with what people use: headings, a list, a table, a link."""
    document = docx.Document()
    values = document.core_properties
    values.title, values.author, values.keywords = "菜市場的早晨", "林晚", "市场; 豆腐"
    values.created = datetime(2024, 7, 31, 8, 0)  # noqa: DTZ001  in UTC
    document.add_paragraph("早市的故事", style="Title")
    document.add_heading("第一章 早市", 1)
    document.add_paragraph("清晨的菜市场里，\n人声渐渐多了起来。")
    table = document.add_table(2, 2)
    for cell, text in zip(
        (*table.rows[0].cells, *table.rows[1].cells), ("品名", "价钱", "豆腐", "3 元\n一块")
    ):
        cell.text = text
    document.add_heading("豆腐", 2)
    document.add_paragraph("卖豆腐的老人。", style="List Bullet")
    document.add_heading("第二章 河边的树", 1)
    paragraph = document.add_paragraph("树下有人下棋，见")
    link = document.part.relate_to(
        "https://www.example.com/a?b=1", RELATIONSHIP_TYPE.HYPERLINK, is_external=True
    )
    add(paragraph, f'<w:hyperlink {nsdecls("w", "r")} r:id="{link}"><w:r><w:t>这里</w:t></w:r></w:hyperlink>')
    paragraph.add_run("。")
    return document


def add(paragraph: docx.text.paragraph.Paragraph, xml: str) -> None:
    paragraph._p.append(parse_xml(xml))


def marked(document: Document) -> list[tuple[str, str, str]]:
    return [(one.kind, one.value, document.body[one.start : one.end]) for one in document.markup]


def test_a_letter_is_a_document_whose_headings_are_places(read) -> None:
    document = read(saved(letter()), "信.docx")
    assert (document.title, document.tags, document.extra) == (
        "菜市場的早晨",
        ("市场", "豆腐"),
        {"author": "林晚"},
    )
    assert document.published == datetime(2024, 7, 31, 8, tzinfo=timezone.utc)
    assert document.body.split("\n") == [
        "早市的故事",
        "第一章 早市",
        "清晨的菜市场里，",
        "人声渐渐多了起来。",
        "品名\t价钱",
        "豆腐\t3 元 一块",
        "豆腐",
        "卖豆腐的老人。",
        "第二章 河边的树",
        "树下有人下棋，见这里。",
    ]
    first, second = document.body.index("第一章"), document.body.index("第二章")
    assert marked(document) == [
        ("place", "第一章 早市", document.body[first : second - 1]),
        ("heading", "1", "第一章 早市"),
        ("place", "豆腐", "豆腐\n卖豆腐的老人。"),
        ("heading", "2", "豆腐"),
        ("place", "第二章 河边的树", document.body[second:]),
        ("heading", "1", "第二章 河边的树"),
        ("link", "https://www.example.com/a?b=1", "这里"),
    ]


def test_a_hit_names_the_chapter(tmp_path) -> None:
    (tmp_path / "信.docx").write_bytes(saved(letter()))
    index = searchkit.create(":memory:")
    assert index.add(searchkit.read_articles(tmp_path)).added == 1
    for query, place in (
        ('"樹下有人"', "第二章 河边的树"),
        ("老人", "豆腐"),
        ("人声", "第一章 早市"),
        ("故事", ""),
    ):
        assert [hit.place for hit in index.search(query)] == [place]


def test_the_title_is_that_of_the_values_the_style_or_the_file(read) -> None:
    document = letter()
    document.core_properties.title = ""
    assert read(saved(document), "信.docx").title == "早市的故事"
    document = docx.Document()
    document.add_paragraph("正文")
    assert read(saved(document), "信.docx").title == "信"


@pytest.mark.parametrize(
    ("xml", "shown"),
    [
        ("<w:ins><w:r><w:t>新写的</w:t></w:r></w:ins>", "新写的"),
        ("<w:del><w:r><w:delText>删去的</w:delText></w:r></w:del>", ""),
        ("<w:moveFrom><w:r><w:t>移走的</w:t></w:r></w:moveFrom>", ""),
        ("<w:sdt><w:sdtContent><w:r><w:t>填写的</w:t></w:r></w:sdtContent></w:sdt>", "填写的"),
        ("<w:smartTag><w:r><w:t>北京</w:t></w:r></w:smartTag>", "北京"),
        ("<w:r><w:t>一</w:t><w:tab/><w:t>二</w:t><w:noBreakHyphen/><w:t>三</w:t></w:r>", "一 二-三"),
        (
            "<w:r><w:ruby><w:rt><w:r><w:t>he</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>河</w:t></w:r></w:rubyBase>"
            "</w:ruby></w:r>",
            "河",
        ),
        ('<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>PAGE</w:instrText><w:t>3</w:t></w:r>', "3"),
    ],
)
def test_what_is_shown_of_a_paragraph_is_its_text(read, xml: str, shown: str) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("甲")
    add(paragraph, xml.replace(">", f" {nsdecls('w')}>", 1))
    paragraph.add_run("乙")
    assert read(saved(document), "a.docx").body == f"甲{shown}乙"


def test_text_boxes_content_controls_and_notes_are_read_once(read) -> None:
    document = docx.Document()
    names = f'{nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = "<w:txbxContent><w:p><w:r><w:t>框里的字</w:t></w:r></w:p></w:txbxContent>"
    add(
        document.add_paragraph("正文"),
        f"<w:r {names}><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        "</mc:AlternateContent></w:r>",
    )
    control = f"<w:sdt {names}><w:sdtContent><w:p><w:r><w:t>目录</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    document.element.body.insert(0, parse_xml(control))
    note = (
        f"<w:footnotes {names}><w:footnote><w:p><w:r><w:t>注脚</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    data = with_part(saved(document), "word/footnotes.xml", lambda _: note.encode())
    assert sorted(read(data, "a.docx").body.split("\n")) == sorted(["目录", "框里的字", "正文", "注脚"])


def test_a_table_in_a_table_stays_in_its_row(read) -> None:
    document = docx.Document()
    table = document.add_table(1, 2)
    table.cell(0, 0).text = "外"
    inner = table.cell(0, 1).add_table(2, 2)
    for number, cell in enumerate(cell for row in inner.rows for cell in row.cells):
        cell.text = f"内{number}"
    assert read(saved(document), "a.docx").body == "外\t内0 内1 内2 内3"


def test_other_files_of_word_have_their_reason(refused) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
    assert refused(ole + "WordDocument".encode("utf-16-le"), "a.docx") == (
        "a file of the Word before 2007 (.doc); save it as .docx"
    )
    assert refused(ole + "EncryptedPackage".encode("utf-16-le"), "a.docx") == (
        "it is encrypted and needs a password; save a copy without one"
    )
    assert refused(b"PK\5\6" + bytes(18), "a.docx") == (
        "not a file of Word: there is no word/document.xml in it"
    )
    assert refused(saved(docx.Document()), "a.docx") == "there is no text in it"


def test_a_damaged_file_is_a_failure(refused) -> None:
    data = saved(letter())
    assert refused(data[: len(data) // 2], "a.docx") == "a damaged file: File is not a zip file"
    cut = with_part(data, "word/document.xml", lambda part: part[: len(part) // 2])
    assert refused(cut, "a.docx").startswith("a damaged file of Word: ")


@pytest.mark.parametrize("name", ["a.docx", "a.epub"])
def test_what_expands_without_end_is_not_read(refused, monkeypatch, name: str) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bomb:
        for part in ("word/document.xml", "META-INF/container.xml"):
            bomb.writestr(part, b" " * 65_000_000)
    assert len(file.getvalue()) < 200_000
    assert "is unpacked: " in (reason := refused(file.getvalue(), name))
    assert "has 65,000,000 bytes, where 64,000,000 are read" in reason
    monkeypatch.setattr(archive, "_LARGEST_DIRECTORY", 50)
    assert refused(file.getvalue(), name) == "has too many files in it to be a book or a letter"


def test_entities_are_not_expanded_and_tags_are_bounded(refused, monkeypatch) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><w:p xmlns:w="w">&b;</w:p>'
    assert refused(with_part(saved(letter()), "word/document.xml", lambda _: bomb), "a.docx") == (
        "there is no text in it"
    )
    monkeypatch.setattr(archive, "_MOST_TAGS", 100)
    assert "tags in word/document.xml; at most 100 are read" in refused(saved(letter()), "a.docx")


WHOLE = saved(letter())
PART = zipfile.ZipFile(io.BytesIO(WHOLE)).read("word/document.xml")


@given(
    data=damaged(WHOLE)
    | damaged(PART).map(lambda part: with_part(WHOLE, "word/document.xml", lambda _: part))
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_gives_a_document_or_a_failure(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(data)
    assert all(isinstance(one, FileDocument) or one.reason for one in read_file(path))
