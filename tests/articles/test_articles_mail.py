"""Mail: messages as Python's email and mailbox and others write them, and what is wrong with some."""

from __future__ import annotations

import base64
import email.mime.multipart
import email.mime.text
import email.policy
import mailbox
import tracemalloc
from datetime import datetime, timezone
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from strategies import damaged

import searchkit
from searchkit.articles import FileDocument, mail, read_articles, read_file
from searchkit.errors import ArticleError


def message(number: int = 1, body: str = "清晨的菜市场里，人声渐渐多了起来。") -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = f"早市 {number}"
    made["From"] = "林晚 <lin@example.com>"
    made["To"] = "馮驥 <feng@example.com>, b@example.com"
    made["Date"] = "Wed, 31 Jul 2024 08:00:00 +0800 (CST)"
    made["Message-ID"] = f"<{number}@example.com>"
    made.set_content(body)
    return made


def test_a_message_is_a_document(read, tmp_path) -> None:
    made = message()
    made.add_alternative("<p>清晨的<b>菜市场</b>里</p>", subtype="html")
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="年报 2024.pdf")
    made.add_attachment(message(2))
    document = read(made.as_bytes(), "信.eml")
    assert (document.title, document.body) == ("早市 1", "清晨的菜市场里，人声渐渐多了起来。")
    assert document.id == "1@example.com"
    assert document.url == (tmp_path / "信.eml").as_uri()
    assert document.published == datetime(2024, 7, 31, tzinfo=timezone.utc)
    assert document.extra == {
        "from": "林晚 <lin@example.com>",
        "to": ["馮驥 <feng@example.com>", "b@example.com"],
        "attachments": ["年报 2024.pdf", "message/rfc822"],
    }


def test_an_mbox_has_a_document_for_each_message(tmp_path) -> None:
    path = tmp_path / "信.mbox"
    box = mailbox.mbox(path)
    box.add(message(1, "第一封信。\n\nFrom 北京 08:00 写来。\n"))
    box.add(message(2, "第二封信。"))
    bare = EmailMessage()
    bare.set_content("没有名字的信。")
    box.add(bare)
    box.close()
    found = list(read_file(path))
    assert all(isinstance(one, FileDocument) for one in found), found
    documents = [one.document for one in found if isinstance(one, FileDocument)]
    assert [one.place for one in found if isinstance(one, FileDocument)] == [f"{path}:{n}" for n in (1, 2, 3)]
    assert [one.id for one in documents] == ["1@example.com", "2@example.com", f"{path.as_uri()}#3"]
    assert [one.url for one in documents] == [f"{path.as_uri()}#{number}" for number in (1, 2, 3)]
    assert documents[0].body == "第一封信。\nFrom 北京 08:00 写来。"
    assert (documents[2].title, documents[2].body) == ("", "没有名字的信。")
    index = searchkit.create(":memory:")
    index.add(read_articles(tmp_path))
    assert [hit.title.text for hit in index.search('"第二封信"')] == ["早市 2"]


SUBJECT = "關於圖書館開放時間"
SIMPLE = "关于图书馆开放时间的通知"


@pytest.mark.parametrize(
    ("data", "title", "body"),
    [
        # As Foxmail and QQ write: GB2312 by name, words of GBK in it.
        (
            b"Subject: =?gb2312?B?" + base64.b64encode("关于朱镕基".encode("gbk")) + b"?=\n"
            b'Content-Type: text/plain; charset="gb2312"\nContent-Transfer-Encoding: base64\n\n'
            + base64.encodebytes("朱镕基先生".encode("gbk")),
            "关于朱镕基",
            "朱镕基先生",
        ),
        # A character that two encoded words share.
        (
            b"Subject: =?gbk?B?"
            + base64.b64encode(SIMPLE.encode("gbk")[:5])
            + b"?=\n =?gbk?B?"
            + base64.b64encode(SIMPLE.encode("gbk")[5:])
            + b"?=\n\nx",
            SIMPLE,
            "x",
        ),
        (
            b"Subject: =?Big5?Q?"
            + "".join(f"={byte:02X}" for byte in SUBJECT.encode("big5")).encode()
            + b"?=\nContent-Type: text/plain; charset=big5\nContent-Transfer-Encoding: 8bit\n\n"
            + SUBJECT.encode("big5"),
            SUBJECT,
            SUBJECT,
        ),
        (
            b"Subject: =?iso-2022-jp?B?" + base64.b64encode("茶".encode("iso-2022-jp")) + b"?=\n"
            b"Content-Type: text/plain; charset=hz-gb-2312\n\n" + SIMPLE.encode("hz"),
            "茶",
            SIMPLE,
        ),
        # Bytes that name no encoding, or another.
        (b"Subject: " + SIMPLE.encode("gbk") + b"\n\n" + SIMPLE.encode("gbk"), SIMPLE, SIMPLE),
        (
            b"Subject: x\nContent-Type: text/plain; charset=us-ascii\n\n" + SIMPLE.encode(),
            "x",
            SIMPLE,
        ),
        (b"Subject: x\nContent-Type: text/plain; charset=gb2312\n\n" + SIMPLE.encode(), "x", SIMPLE),
        (b"Subject: x\nContent-Type: text/plain; charset=no-such\n\n" + SIMPLE.encode(), "x", SIMPLE),
        (b"Subject: x\nContent-Type: text/plain; charset=hex\n\n" + SIMPLE.encode(), "x", SIMPLE),
        (b"Subject: x\nContent-Type: text/plain; charset=g\0k\n\n" + SIMPLE.encode(), "x", SIMPLE),
        (
            b"Subject: =?utf-8?Q?a_=E8=8C=B6?= b\nContent-Type: text/plain; charset=utf-8\n"
            b"Content-Transfer-Encoding: quoted-printable\n\n=E8=8C=\n=B6",
            "a 茶 b",
            "茶",
        ),
        (
            b'Subject: x\nContent-Type: text/html; charset="utf-8"\n\n<p>' + SIMPLE.encode() + b"<p>b<br>c",
            "x",
            f"{SIMPLE}\nb\nc",
        ),
        (
            b"Subject: x\nContent-Type: text/plain; format=flowed\n\none \ntwo\nthree\n-- \nfour",
            "x",
            "one two\nthree\n--\nfour",
        ),
        (
            b"Subject: x\nContent-Type: text/plain; format=flowed; delsp=yes; charset=utf-8\n\n"
            + "清晨的 \n菜市场".encode(),
            "x",
            "清晨的菜市场",
        ),
        (b"Subject: =?utf-8?B?abcde?= x\n\ny", "=?utf-8?B?abcde?= x", "y"),
        (b"Subject: x\nContent-Type: multipart/mixed\n\nno boundary", "x", "no boundary"),
    ],
)
def test_what_programs_write_is_decoded(read, data: bytes, title: str, body: str) -> None:
    document = read(data, "a.eml")
    assert (document.title, document.body) == (title, body)


def test_html_is_read_where_there_is_no_plain_text(read) -> None:
    made = email.mime.multipart.MIMEMultipart("alternative")
    made["Subject"] = "早市"
    made.attach(email.mime.text.MIMEText("", "plain", "utf-8"))
    made.attach(email.mime.text.MIMEText("<style>p{}</style><p>清晨的菜市场<p>人声", "html", "gb18030"))
    assert read(made.as_bytes(), "a.eml").body == "清晨的菜市场\n人声"


def test_a_message_without_a_subject_has_the_name_of_its_file(read) -> None:
    assert read(b"Content-Type: text/plain\n\nbody", "信.eml").title == "信"


def test_a_file_that_is_no_mail_has_its_reason(refused) -> None:
    assert refused(b"Subject: \n\n \n", "a.eml") == "there is no text in it"
    for data in (b"\0\1\2\xff" * 100, "正文\n".encode()):
        assert refused(data, "a.eml").startswith("not a message: it does not begin with headers, such as")
    assert refused(b"Subject: x\n\ny", "a.mbox") == (
        'not an mbox file: it does not begin with "From "; one message is an .eml file'
    )


def test_a_damaged_message_is_a_failure_with_its_number(tmp_path) -> None:
    path = tmp_path / "a.mbox"
    start = b"From a@example.com Wed Jul 31 08:00:00 2024\n"
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number) for number in range(150)
    )
    many = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n" % number for number in range(300))
    parts = [b"Subject: 1\n\nx", b"\n", nested, many, b"Subject: 5\n\nx"]
    path.write_bytes(b"".join(start + part + b"\n\n" for part in parts))
    first, *failures, last = read_file(path)
    assert isinstance(first, FileDocument)
    assert isinstance(last, FileDocument)
    assert (first.document.title, last.document.title) == ("1", "5")
    assert [(one.path, one.reason) for one in failures if isinstance(one, ArticleError)] == [
        (f"{path}:2", "there is no text in it"),
        (f"{path}:3", "the parts of the message are nested too deep"),
        (f"{path}:4", "the message has more than 2,000,000 lines or 200 parts that hold others"),
    ]


def test_no_more_than_a_message_is_in_memory(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(mail, "_LARGEST_MESSAGE", 100_000)
    path = tmp_path / "a.mbox"
    with path.open("wb") as file:
        for number in range(4):
            file.write(b"From a@example.com Wed Jul 31 08:00:00 2024\nSubject: %d\n\n" % number)
            file.write((b"x" * 99 + b"\n") * (100_000 if number == 1 else 100) + b"\n")
    tracemalloc.start()
    found = list(read_file(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [isinstance(one, FileDocument) for one in found] == [True, False, True, True]
    assert isinstance(found[1], ArticleError)
    assert found[1].reason == "the message is longer than 100,000 bytes"
    assert peak < 3_000_000 < path.stat().st_size


MESSAGE = message()
MESSAGE.add_alternative("<p>清晨的<b>菜市场</b>里</p>", subtype="html")
MESSAGE.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="年报 2024.pdf")
BOX = b"".join(b"From a@b Wed Jul 31 08:00:00 2024\n" + MESSAGE.as_bytes() + b"\n" for _ in range(2))


@given(data=damaged(BOX))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("name", ["a.mbox", "a.eml"])
def test_any_damage_gives_documents_or_failures(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    found = list(read_file(path))
    assert found
    assert [one.reason for one in found if isinstance(one, ArticleError) and "cannot be" in one.reason] == []
