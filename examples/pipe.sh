#!/bin/sh
# What searchkit finds, through jq (https://jqlang.org).
#
#     searchkit demo && sh examples/pipe.sh
#
# SEARCHKIT_INDEX names another index than that of the demo, QUERY something else to search for.
set -eu
export SEARCHKIT_INDEX="${SEARCHKIT_INDEX:-indexes/demo}"

# A variable, since a pipe forgets what became of its first command: a query that is not well-formed ends this
# script with the status 2 and a message that shows the place.
found=$(searchkit search "${QUERY:-图书馆}" --sort newest --limit 20 --facets source --json)

echo "# Day, title and address, with tabs between them."
printf '%s\n' "$found" | jq -r '.hits[] | [.published[:10], .title, .url] | @tsv'

echo "# The spellings in which it was found. Spans count characters, as jq does."
printf '%s\n' "$found" | jq -r '.hits[].snippet | .text as $text | .spans[] | $text[.[0]:.[1]]' | sort | uniq -c

echo "# How many matches each source has."
printf '%s\n' "$found" | jq -r '.facets.source[] | "\(.count)\t\(.value)"'

echo "# The longest article of each source: an export has all documents, one a line."
searchkit export "$SEARCHKIT_INDEX" - |
  jq -rs 'group_by(.source)[] | max_by(.body | length) | [.source, (.body | length), .title] | @tsv'
