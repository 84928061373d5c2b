"""The embedded engine, the default: tantivy (https://github.com/quickwit-oss/tantivy).

Its files are memory-mapped and written once, a commit is atomic, and its searches release the
interpreter lock. Terms come joined by spaces, so its whitespace tokenizer is all it needs.

engine     the index and its snapshots     files         the files of a commit, their checksums, and copies
writer     index documents -> a commit     live_writer   the writer of tantivy, which merges behind a batch
query      a plan -> a query of tantivy    merge_policy  when tantivy merges;  backlog  what waits for it
"""

from searchkit.engine.tantivy.engine import TantivyEngine
from searchkit.engine.tantivy.snapshot import TantivySnapshot
from searchkit.engine.tantivy.writer import WRITER_MEMORY, TantivyWriter

__all__ = ["WRITER_MEMORY", "TantivyEngine", "TantivySnapshot", "TantivyWriter"]
