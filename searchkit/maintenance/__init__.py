"""maintenance: an index -> another one, a file, or a verdict."""
