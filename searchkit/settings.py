"""Settings: what an index was created with, and the metadata in which its engine stores it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

import msgspec

from searchkit import __version__
from searchkit.analysis import Analyzer
from searchkit.dates import zone_of
from searchkit.errors import IndexCorruptError, IndexIncompatibleError
from searchkit.query.synonyms import Stored, Synonyms
from searchkit.schema import FieldKind, Schema

FORMAT = 6
"""The format of the index: raised when this version cannot read older indexes, or older versions this one."""


class _Analyzer(msgspec.Struct):
    user_words: list[str]
    stop_words: list[str]


class _Metadata(msgspec.Struct):
    """The metadata of an index, as JSON."""

    format: int
    version: str
    analyzer: _Analyzer
    fingerprint: str
    fields: dict[str, FieldKind]
    synonyms: Stored
    pinyin: bool
    boosts: dict[str, float] = {}
    timezone: str = "UTC"


@dataclass(frozen=True)
class Settings:
    """What an index was created with."""

    analyzer: Analyzer
    fields: Schema = field(default_factory=Schema)
    synonyms: Synonyms = field(default_factory=Synonyms)
    pinyin: bool = False
    boosts: Mapping[str, float] = field(default_factory=dict)

    @property
    def timezone(self) -> str:
        """The name of the time zone of days, and of times that are given without theirs."""
        return str(self.fields.zone)

    def metadata(self) -> dict[str, Any]:
        """All of it as a JSON object, with the versions of the format and of the analysis."""
        return {
            "format": FORMAT,
            "version": __version__,
            "analyzer": self.analyzer.settings,
            "fingerprint": self.analyzer.fingerprint,
            "fields": self.fields.declared,
            "synonyms": self.synonyms.stored,
            "pinyin": self.pinyin,
            "boosts": dict(self.boosts),
            "timezone": self.timezone,
        }

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, Any], location: str) -> Settings:
        """The settings in the metadata.

        Raises `IndexIncompatibleError` when they are of another format, `IndexCorruptError` when they are
        damaged.
        """
        found = metadata.get("format")
        if not isinstance(found, int) or found < 1:
            raise IndexCorruptError(f"{location}: the index has no format number, but {found!r}")
        if found != FORMAT:
            way_out = "update searchkit" if found > FORMAT else "create it anew from its documents"
            raise IndexIncompatibleError(
                f"{location}: the index has format {found}, "
                f"this searchkit {__version__} reads {FORMAT}; {way_out}"
            )
        try:
            stored = msgspec.convert(metadata, _Metadata)
            words = stored.analyzer
            analyzer = Analyzer(words.user_words, words.stop_words)
            fields = Schema(stored.fields, _zone_of(stored.timezone, location))
            boosts = fields.boosts(stored.boosts)
            return cls(analyzer, fields, Synonyms.of_stored(stored.synonyms), stored.pinyin, boosts)
        except (TypeError, ValueError) as error:
            raise IndexCorruptError(f"{location}: the stored settings are damaged: {error}") from error


def _zone_of(name: str, location: str) -> tzinfo:
    try:
        return zone_of(name)
    except ValueError as error:
        raise IndexIncompatibleError(f"{location}: the index has a time zone of its own: {error}") from error
