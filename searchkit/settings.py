"""settings: what an index was created with, as its engine stores it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from searchkit import __version__
from searchkit.analysis import Analyzer
from searchkit.errors import IndexCorruptError, IndexIncompatibleError
from searchkit.query.synonyms import Synonyms
from searchkit.schema import Schema

__all__ = ["FORMAT", "Settings"]

FORMAT = 3
"""The format of the index: raised when this version could not read older ones, or they this one."""


@dataclass(frozen=True)
class Settings:
    """What an index was created with."""

    analyzer: Analyzer
    fields: Schema = field(default_factory=Schema)
    synonyms: Synonyms = field(default_factory=Synonyms)
    pinyin: bool = False

    def metadata(self) -> dict[str, Any]:
        """All of it as JSON, with the version of the format and of the analysis."""
        return {
            "format": FORMAT,
            "version": __version__,
            "analyzer": self.analyzer.settings,
            "fingerprint": self.analyzer.fingerprint,
            "fields": self.fields.declared,
            "synonyms": self.synonyms.rules,
            "pinyin": self.pinyin,
        }

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, Any], location: str) -> Settings:
        """The settings that were stored.

        Raises `IndexIncompatibleError` for those of another format, `IndexCorruptError` for damaged ones.
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
            _ = str(metadata["fingerprint"]), str(metadata["version"])
            return cls(
                Analyzer(**metadata["analyzer"]),
                Schema(metadata["fields"]),
                Synonyms(metadata["synonyms"]),
                bool(metadata["pinyin"]),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise IndexCorruptError(
                f"{location}: what is stored of the settings is damaged: {error}"
            ) from error
