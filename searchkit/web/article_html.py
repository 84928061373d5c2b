"""article_html: a text, its matches and its markup -> HTML that has no other elements than these.

No HTML of an article is kept, so there is none to sanitize: elements are made here, of the kinds that markup
has, and all that comes from the article is escaped text or a checked address. The text of the elements is the
text that was given.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator

from markupsafe import Markup as Html
from markupsafe import escape

import searchkit
from searchkit.web.sanitize import Script, sanitize

_Range = tuple[int, int, str]
_LAST_HEADING = 6


class ArticleHtml:
    """The text of an article, as HTML.

    Its matches have the ids ``m1``, ``m2``, … from ``first`` on. It is sanitized, in the script that is asked
    for. Without ``images`` only the descriptions of pictures are shown: who sends a picture learns who looks
    at it. ``place_name`` is what the page calls a place.
    """

    def __init__(
        self,
        highlighted: searchkit.Highlighted,
        markup: Iterable[searchkit.Markup] = (),
        *,
        script: Script = "",
        first: int = 1,
        images: bool = True,
        place_name: Callable[[str], str] = str,
    ) -> None:
        text = self._text = sanitize(highlighted.text, script)
        marks = [one for one in markup if 0 <= one.start <= one.end <= len(text)]
        pictures = [one for one in marks if one.kind == "image" and one.link]
        headings = [one for one in marks if one.kind == "heading"]
        levels = sorted({one.value for one in headings})  # an article may begin with any, and leave some out
        self._tags = {level: f"h{min(number, _LAST_HEADING)}" for number, level in enumerate(levels, 2)}
        self._headings = _Layer((one.start, one.end, one.value) for one in headings)
        self._links = _Layer(
            (one.start, one.end, address) for one in marks if one.kind == "link" and (address := one.link)
        )
        self._captions = _Layer((one.start, one.end, "") for one in pictures)
        self._matches = _Layer((*span, str(number)) for number, span in enumerate(highlighted.spans, first))
        self._places = _Queue(
            (one.start, sanitize(place_name(one.value), script)) for one in marks if one.kind == "place"
        )
        self._pictures = _Queue((one.start, one.link) for one in pictures if images)
        layers = self._links, self._captions, self._matches
        cuts = {place for layer in layers for place in layer.bounds()}
        self._cuts = sorted(cuts | {place for place, _ in self._pictures.left})
        self._named = 0  # the matches that have their ids

    def line(self) -> Html:
        """All of it as one line."""
        return Html("".join(self._inline(0, len(self._text))))

    def blocks(self) -> Html:
        """Its lines as headings and paragraphs, with pictures and the names of places between them."""
        found: list[str] = []
        start = 0
        for line in self._text.split("\n"):
            end = start + len(line)
            if line.strip():
                found += self._block(start, end)
            start = end + 1
        return Html("\n".join([*found, *self._between(len(self._text))]))

    def _block(self, start: int, end: int) -> Iterator[str]:
        line = self._text[start:end]
        first, last = start + len(line) - len(line.lstrip()), start + len(line.rstrip())
        yield from self._between(first, end)
        heading, caption = self._headings.at(first), self._captions.at(first)
        tag = self._tags[heading[2]] if heading and heading[1] >= last else "p"
        name = ' class="caption"' if tag == "p" and caption and caption[1] >= last else ""
        yield f"<{tag}{name}><bdi>{''.join(self._inline(start, end))}</bdi></{tag}>"

    def _between(self, start: int, end: int | None = None) -> Iterator[str]:
        """The places that begin before the end of a line, and the pictures at its start."""
        for name in self._places.until(start if end is None else end - 1):
            yield f'<p class="place"><bdi>{escape(name)}</bdi></p>'
        for address in self._pictures.until(start):
            yield f'<p class="picture">{_image(address)}</p>'

    def _inline(self, start: int, end: int) -> Iterator[str]:
        within = self._cuts[bisect_right(self._cuts, start) : bisect_left(self._cuts, end)]
        ends = ""  # the tags that close what is open
        opened: tuple[_Range | None, _Range | None] = (None, None)
        for first, last in zip([start, *within], [*within, end]):
            link, caption, match = self._links.at(first), self._captions.at(first), self._matches.at(first)
            if (link, caption) != opened:
                yield ends
                ends, opened = "", (link, caption)
                if link:
                    yield f'<a href="{_safe(link[2])}" rel="nofollow noopener noreferrer">'
                    ends = "</a>"
                if caption:
                    yield '<span class="caption">'
                    ends = "</span>" + ends
            yield from map(_image, self._pictures.until(first))
            text = escape(self._text[first:last])
            if not match:
                yield text
            elif self._named == (number := int(match[2])):
                yield f"<mark>{text}</mark>"  # goes on behind a line, or the border of a link
            else:
                self._named = number
                yield f'<mark id="m{number}">{text}</mark>'
        yield ends


def _image(address: str) -> str:
    # The description stands below it as text, so a reader hears it once, and sees it also where it is gone.
    return f'<img src="{_safe(address)}" alt="" loading="lazy" decoding="async" referrerpolicy="no-referrer">'


def _safe(address: str) -> Html:
    return escape(sanitize(address))


class _Layer:
    """Ranges of one kind, of which none overlap: what begins within another is left out."""

    def __init__(self, ranges: Iterable[_Range]) -> None:
        self._ranges: list[_Range] = []
        self._next = 0
        reached = 0
        for one in sorted(ranges, key=lambda one: (one[0], -one[1])):
            if one[0] >= reached and one[1] > one[0]:
                self._ranges.append(one)
                reached = one[1]

    def bounds(self) -> Iterator[int]:
        """Where a range begins or ends."""
        for start, end, _ in self._ranges:
            yield from (start, end)

    def at(self, place: int) -> _Range | None:
        """The range that has this place; the places that are asked for never go back."""
        while self._next < len(self._ranges) and self._ranges[self._next][1] <= place:
            self._next += 1
        is_in = self._next < len(self._ranges) and self._ranges[self._next][0] <= place
        return self._ranges[self._next] if is_in else None


class _Queue:
    """What stands at places, in their order, until it is taken."""

    def __init__(self, items: Iterable[tuple[int, str]]) -> None:
        self.left = sorted(items, key=lambda item: item[0])
        self._next = 0

    def until(self, place: int) -> Iterator[str]:
        """Take what stands at this place and before."""
        while self._next < len(self.left) and self.left[self._next][0] <= place:
            self._next += 1
            yield self.left[self._next - 1][1]
