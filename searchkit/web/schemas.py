"""schemas: the JSON of the API as models, which only document it: answers are not validated again."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0)]
Spans = Annotated[
    list[tuple[Count, Count]],
    Field(description="Where the matches are: pairs of code points, the end is behind the match."),
]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


Markup = Annotated[
    list[Annotated[list[str | int], Field(min_length=4, max_length=4)]],
    Field(description="Parts of the body: kind, start and end in code points, level, address or name."),
]


class NewDocument(_Model):
    """A document to be added; null is as good as a field that is missing."""

    id: str | int | None = Field("", description="A number is kept as its text.")
    title: str | None = ""
    body: str | None = ""
    url: str | None = ""
    published: str | None = Field(
        "", description="An ISO 8601 date or time; without an offset it is one of the time zone of the index."
    )
    source: str | None = ""
    tags: list[str] | None = []
    extra: dict[str, Any] | None = {}
    markup: Markup | None = []


class Document(_Model):
    """A document; fields that are empty are left out."""

    id: str
    title: str = ""
    body: str = ""
    url: str = ""
    published: str = Field("", description="ISO 8601, with an offset or Z.")
    source: str = ""
    tags: list[str] = []
    extra: dict[str, Any] = {}
    markup: Markup = []


class Snippet(_Model):
    """The part of the body with the best matches."""

    text: str
    spans: Spans


class Duplicate(_Model):
    """Another document that tells the same story."""

    id: str
    title: str
    url: str
    source: str


class Hit(_Model):
    """A document that matches."""

    id: str
    score: float
    title: str
    url: str
    published: str | None
    source: str
    snippet: Snippet
    title_spans: Spans
    place: str = Field("", description="Where the first match of the snippet is, such as a page.")
    duplicates: list[Duplicate] = []


class FacetValue(_Model):
    """A value of a facet, and how many matches have it."""

    value: Any
    count: Count


class Hint(_Model):
    """What was perhaps meant otherwise."""

    kind: Literal["operator", "field", "value", "everything"]
    typed: str = Field(description="The part of the query.")
    text: str = Field(description="A sentence in English.")
    instead: list[str] = Field(description="What could be in its place.")
    queries: list[str] = Field(description="The whole query with each of these.")


class Results(_Model):
    """One page of matches."""

    query: str = Field(description="The query as it was understood.")
    total: Count = Field(description="The matches on all pages.")
    took: float = Field(description="Seconds.")
    interpretation: str = Field("", description="How pinyin was read, where nothing has what was typed.")
    suggestion: str = Field("", description="What was perhaps meant.")
    relaxed: list[str] = Field(
        [], description="Words of the query that were let go, as few documents match: the last may lack them."
    )
    hints: list[Hint] = []
    facets: dict[str, list[FacetValue]] = {}
    facet_others: dict[str, Count] = Field(
        {}, description="Of facets with more values than are listed: the sum of the counts of the others."
    )
    hits: list[Hit]


class Suggestion(_Model):
    """How a query may go on, and how many documents a search for that finds."""

    text: str
    documents: Count


class Suggestions(_Model):
    """How a query may go on, the best first."""

    prefix: str
    suggestions: list[Suggestion]


class Failure(_Model):
    """A document that was not added."""

    what: str
    reason: str


class Report(_Model):
    """What became of the documents."""

    added: Count
    updated: Count
    replaced: Count
    failures: list[Failure]
    took: float


class Problem(_Model):
    """Why there is no answer (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str = Field(description="A short name of the problem, which stays.")
    detail: str
    parameter: str = ""
    query: str = ""
    position: Count = Field(0, description="The code point of the query where reading it failed.")
