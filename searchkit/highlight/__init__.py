"""highlight: the text of a document and the highlight terms of a query -> spans and a snippet."""
