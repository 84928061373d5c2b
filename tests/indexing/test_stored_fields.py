"""Stored fields: a document comes back as it was, and damage is named."""

from __future__ import annotations

import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents

from searchkit import Document, IndexCorruptError
from searchkit.indexing.stored_fields import StoredFields

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(documents(), st.lists(st.text("abc-_", min_size=4, max_size=4), max_size=3).map(tuple))
def test_a_document_comes_back_with_its_sketch(document: Document, sketch: tuple[str, ...]) -> None:
    stored = StoredFields.decode(StoredFields.encode(document, sketch))
    assert stored.document == document
    assert stored.sketch == sketch


@given(st.dictionaries(st.text(), json_values, max_size=4))
def test_extra_comes_back_with_the_same_values_and_types(extra: dict[str, Any]) -> None:
    document = Document(body="茶", extra=extra)
    assert repr(StoredFields.decode(StoredFields.encode(document, ())).extra) == repr(document.extra)


@pytest.mark.parametrize(
    "value",
    [10**400, -(2**63), 2**64, 1e16, 1e308, 5e-324, -0.0, 0.1, 1.0, [[[[{"a": [None, {}]}]]]], "\n\x00"],
)
def test_extra_keeps_numbers_of_any_size_and_nesting(value: Any) -> None:
    document = Document(body="茶\n水", extra={"value": value})
    assert repr(StoredFields.decode(StoredFields.encode(document, ())).extra["value"]) == repr(value)


@given(documents(), st.data())
def test_any_changed_byte_is_damage(document: Document, data: st.DataObject) -> None:
    stored = bytearray(StoredFields.encode(document, ()))
    at = data.draw(st.integers(0, len(stored) - 1))
    stored[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(IndexCorruptError):
        _ = StoredFields.decode(bytes(stored)).document


@given(documents(), st.integers(0))
def test_what_is_cut_is_damage(document: Document, left: int) -> None:
    stored = StoredFields.encode(document, ())
    with pytest.raises(IndexCorruptError):
        _ = StoredFields.decode(stored[: left % len(stored)]).document


def with_checksum(head: bytes, body: bytes = b"") -> bytes:
    return b"%08x%b\n%b" % (zlib.crc32(head), head, body)


@pytest.mark.parametrize(
    ("damaged", "why"),
    [
        (b"", "checksum is another"),
        (b"{}", "checksum is another"),
        (b'00000000{"id":"1"}\n', "checksum is another"),
        (with_checksum(b""), "truncated"),
        (with_checksum(b"{}"), "id"),
        (with_checksum(b'{"id":5}', b"body"), r"\$\.id"),
        (with_checksum(b'{"id":"1","tags":"x"}', b"body"), r"\$\.tags"),
        (with_checksum(b'{"id":"1"}', b"body"), "document '1'.*the checksum of its body"),
        (with_checksum(b'{"id":"1","body_crc":%d}' % zlib.crc32(b"\xff"), b"\xff"), "utf-8"),
    ],
)
def test_damaged_fields_name_the_place_and_the_way_out(damaged: bytes, why: str) -> None:
    with pytest.raises(
        IndexCorruptError, match=rf"stored fields.*{why}.*restore a backup, or create the index"
    ):
        _ = StoredFields.decode(damaged).document
