"""search: a query and a snapshot of an index -> Results, suggestions, explanations."""
