"""PDF files: those that Chromium, ReportLab and pypdf write, and what is wrong with others."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from reportlab.lib.pagesizes import A5
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from strategies import damaged

import searchkit
from benchmarks.browser import chromium
from searchkit.articles import FileDocument, pdf, read_file
from searchkit.articles.pdf import page_lines
from searchkit.document import Document, Markup
from searchkit.errors import ArticleError

PAGES = (
    ["第一章 早市", "清晨的菜市场里，人声渐渐多了起来。", "卖豆腐的老人把木板摆好。"],
    ["第二章 河边的树", "河边有一排老树，树下有人下棋。"],
    ["附录", "Kubernetes 是一个平台。"],
)


def write_pdf(pages: tuple[list[str], ...] = PAGES) -> bytes:
    """A PDF of ReportLab with a line of text for each, in a font that is in every viewer of PDF."""
    file = io.BytesIO()
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(file, pagesize=A5)
    canvas.setTitle("菜市場的早晨")
    canvas.setAuthor("林晚")
    canvas.setKeywords("市场，豆腐, 早晨")
    for number, lines in enumerate(pages):
        canvas.setFont("STSong-Light", 12)
        if lines:
            canvas.bookmarkPage(str(number))
            canvas.addOutlineEntry(lines[0], str(number), level=min(number, 1))
        for at, line in enumerate(lines):
            canvas.drawString(40, 500 - 20 * at, line)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def rewritten(data: bytes, change: Callable[[pypdf.PdfWriter], object]) -> bytes:
    """The file as pypdf writes it, with a change."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    change(writer)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def parts(document: Document, kind: str) -> list[tuple[str, str]]:
    return [(one.value, document.body[one.start : one.end]) for one in document.markup if one.kind == kind]


def test_a_pdf_is_a_document_whose_pages_are_places(read, tmp_path) -> None:
    document = read(write_pdf(), "书.pdf")
    assert document.title == "菜市場的早晨"
    assert document.extra == {"author": "林晚"}
    assert document.tags == ("市场", "豆腐", "早晨")
    assert document.published is not None
    assert document.id == document.url == (tmp_path / "书.pdf").as_uri()
    assert document.body == "\n".join(line for page in PAGES for line in page)
    assert parts(document, "place") == [
        (f"page {number}", "\n".join(page)) for number, page in enumerate(PAGES, 1)
    ]
    assert parts(document, "heading") == [("1", "第一章 早市"), ("2", "第二章 河边的树"), ("2", "附录")]


def test_a_hit_names_the_page(tmp_path) -> None:
    (tmp_path / "书.pdf").write_bytes(write_pdf())
    index = searchkit.create(":memory:")
    assert index.add(searchkit.read_articles(tmp_path)).added == 1
    for query, place in (('"樹下有人"', "page 2"), ("豆腐", "page 1"), ("kubernetes", "page 3")):
        assert [hit.place for hit in index.search(query)] == [place]


def test_labels_name_the_pages(read) -> None:
    def label(writer: pypdf.PdfWriter) -> None:
        writer.set_page_label(0, 0, "/r", start=4)
        writer.set_page_label(1, 2, prefix="A-", style="/D", start=7)

    document = read(rewritten(write_pdf(), label), "a.pdf")
    assert [value for value, _ in parts(document, "place")] == ["page iv", "page A-7", "page A-8"]


@pytest.mark.parametrize(
    ("title", "expected"), [("", "报告"), ("Microsoft Word - 报告.docx", "报告"), ("年报 3.5", "年报 3.5")]
)
def test_a_title_that_is_a_file_name_is_none(read, title: str, expected: str) -> None:
    data = rewritten(write_pdf(), lambda writer: writer.add_metadata({"/Title": title}))
    assert read(data, "报告.pdf").title == expected


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("D:20240731080910+08'00'", datetime(2024, 7, 31, 0, 9, 10, tzinfo=timezone.utc)),
        ("D:20240731080910", datetime(2024, 7, 31, 8, 9, 10)),  # noqa: DTZ001
        ("gestern", None),
    ],
)
def test_the_date_is_that_of_its_making(read, date: str, expected: datetime | None) -> None:
    data = rewritten(write_pdf(), lambda writer: writer.add_metadata({"/CreationDate": date}))
    assert read(data, "a.pdf").published == expected


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_a_file_that_opens_without_a_password_is_read(read, refused, algorithm: str) -> None:
    def encrypt(password: str) -> bytes:
        return rewritten(write_pdf(), lambda writer: writer.encrypt(password, "owner", algorithm=algorithm))

    assert "下棋" in read(encrypt(""), "a.pdf").body
    assert refused(encrypt("秘密"), "a.pdf") == (
        "it is encrypted and needs a password; save a copy without one"
    )


def test_pages_without_text_are_told(refused) -> None:
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (50, 50), "red").save(file, "PDF")
    assert refused(file.getvalue(), "a.pdf") == (
        "there is no text in it: it may be scanned; OCR it first, for instance with ocrmypdf"
    )
    assert refused(write_pdf(([],)), "a.pdf") == "there is no text in it"


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7\n", b"text", b"%PDF-1.4\nxref\n0 1\ntrailer <</Root 1 0 R>>\n%%EOF"]
)
def test_a_damaged_file_is_a_failure(refused, data: bytes, caplog, capfd) -> None:
    assert refused(data, "a.pdf").startswith("a damaged PDF file: ")
    assert refused(write_pdf()[:400], "a.pdf").startswith("a damaged PDF file: ")
    assert caplog.records == []
    assert capfd.readouterr().err == ""
    assert logging.getLogger("pypdf").level == logging.NOTSET


def test_a_damaged_page_does_not_hide_the_others(tmp_path, monkeypatch) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(write_pdf())
    extract = pypdf.PageObject.extract_text

    def fail_once(page: pypdf.PageObject, *args: object, **options: object) -> str:
        if page.page_number == 1:
            raise KeyError("/ToUnicode")
        return extract(page, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(pypdf.PageObject, "extract_text", fail_once)
    document, failure = read_file(path)
    assert isinstance(document, FileDocument)
    assert [value for value, _ in parts(document.document, "place")] == ["page 1", "page 3"]
    assert isinstance(failure, ArticleError)
    assert failure.path == f"{path}:page 2"
    assert failure.reason == "the page cannot be read: '/ToUnicode'"


def test_pages_and_operations_are_bounded(refused, monkeypatch) -> None:
    monkeypatch.setattr(pdf, "_MOST_OPERATIONS", 10)
    assert refused(write_pdf(), "a.pdf").startswith("to draw its pages takes more than 10 operations")
    monkeypatch.setattr(pdf, "_MOST_PAGES", 2)
    assert refused(write_pdf(), "a.pdf") == "it has 3 pages; at most 2 are read: split it"


LONG = "河边有一排老树树下有人下棋旁边的人看着都不说话"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"　　{LONG}\n{LONG}，\n{LONG[:5]}。\n{LONG[:8]}", f"{LONG}{LONG}，{LONG[:5]}。\n{LONG[:8]}"),
        (f"{LONG}\n　　{LONG}", f"{LONG}\n{LONG}"),
        (f"{LONG}\n第二章 {LONG}\n1. {LONG}\n• {LONG}", f"{LONG}\n第二章 {LONG}\n1. {LONG}\n• {LONG}"),
        (
            "The quick fox jumps over the lazy dog and com-\nes back to the river where the old\ntree is.",
            "The quick fox jumps over the lazy dog and comes back to the river where the old tree is.",
        ),
        (" ".join(LONG) + f"\n{LONG * 2}", LONG * 3),
        ("白日依山尽\n黄河入海流", "白日依山尽\n黄河入海流"),
        ("品名 价钱\n豆腐 三元", "品名 价钱\n豆腐 三元"),
        (f"{LONG}\n{LONG}\n{LONG[:13]}\ntea", f"{LONG}{LONG}{LONG[:13]}\ntea"),
        (f"{LONG}\n{LONG}\n{LONG[:13]}\nuninterruptedly", f"{LONG}{LONG}{LONG[:13]} uninterruptedly"),
        ("早市。 Tea ，豆腐", "早市。Tea，豆腐"),
        ("⼀个⻔⾥⾨", "一个门里門"),
    ],
)
def test_wrapped_lines_are_joined(text: str, expected: str) -> None:
    assert page_lines(text) == expected


@pytest.mark.browser
@pytest.mark.skipif(not chromium(), reason="needs Chromium: make system-packages")
def test_a_page_that_chromium_prints(read, tmp_path) -> None:
    sync_api = pytest.importorskip("playwright.sync_api", reason="searchkit-zh[browser] is not installed")
    first = "清晨的菜市场里，人声渐渐多了起来。卖豆腐的老人把木板一块块摆好，白气从桶里冒出来。" * 3
    second = "Kubernetes 是一个开源的容器编排平台，用于自动部署、扩展和管理 containerized applications。" * 3
    style = "p{text-align:justify;text-indent:2em;font-size:14px}h2{break-before:page}"
    html = f"<title>早市</title><style>{style}</style><h1>早市</h1><p>{first}<h2>平台</h2><p>{second}"
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium())
        page = browser.new_page()
        page.set_content(html)
        page.pdf(path=tmp_path / "print.pdf", format="A5", outline=True, tagged=True)
        browser.close()
    document = read((tmp_path / "print.pdf").read_bytes(), "print.pdf")
    assert document.title == "早市"
    assert document.body == f"早市\n{first}\n平台\n{second}"
    assert [(one.kind, one.value) for one in document.markup] == [
        ("place", "page 1"),
        ("heading", "1"),
        ("place", "page 2"),
        ("heading", "2"),
    ]
    assert all(isinstance(one, Markup) for one in document.markup)


WHOLE = write_pdf()


@given(data=damaged(WHOLE))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_gives_a_document_or_a_failure(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    assert all(isinstance(one, FileDocument) or one.reason for one in read_file(path))
