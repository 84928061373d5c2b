"""The engine in pure Python: Whoosh (https://pypi.org/project/whoosh3/), for where tantivy does not install.

engine     the index and its snapshots          commit     what a commit consists of, and its checksums
writing    entries -> segments -> a commit      making     entries -> the files of one segment, and merging
segment    the files of one segment             postings   lists of postings as bytes
matching   a node of a plan -> documents        ranking    documents -> their scores
"""

from searchkit.engine.whoosh.engine import WhooshEngine

__all__ = ["WhooshEngine"]
