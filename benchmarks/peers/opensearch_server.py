"""Where the OpenSearch is that peers are measured on."""

from __future__ import annotations

import os

__all__ = ["address"]


def address() -> str:
    """That of SEARCHKIT_BENCH_OPENSEARCH, http://127.0.0.1:9200 by default."""
    return os.environ.get("SEARCHKIT_BENCH_OPENSEARCH", "http://127.0.0.1:9200")
