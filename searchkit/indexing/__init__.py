"""indexing: Documents and files -> an index."""
