"""The engine in pure Python: an ordinary index of Whoosh (https://pypi.org/project/whoosh3/).

engine     the index and its snapshots     schema     the fields, and an entry as a document
writer     entries -> a commit             query      a plan -> a query of Whoosh
storage    the files, and whether they     scoring    BM25, and the order by a value
           are as they were written        errors     what Whoosh raises -> the errors of searchkit
"""

from searchkit.engine.whoosh.engine import WhooshEngine

__all__ = ["WhooshEngine"]
