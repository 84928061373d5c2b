"""The engine in pure Python: an ordinary index of Whoosh (https://pypi.org/project/whoosh3/).

engine     the index and its snapshots     schema     the fields, and BM25 over them
writer     index documents -> a commit             query      a plan -> a query of Whoosh
files      of a commit, and their damage
"""

from searchkit.engine.whoosh.engine import WhooshEngine

__all__ = ["WhooshEngine"]
