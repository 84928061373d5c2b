"""highlight: the text of a document and the terms of a query -> spans and a snippet."""
