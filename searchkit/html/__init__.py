"""HTML -> the lines of text that a reader sees, and which parts of them are headings, links and pictures."""
