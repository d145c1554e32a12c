"""The directive ``picture``: sequence diagrams in SVG.

``.. picture:: call-back`` draws the diagram in ``pictures/call-back.txt``. Each line is an arrow
between two lanes or a note. ``A -> B: label`` is a solid arrow, ``A --> B: label`` a dashed one,
``A <-> B: label`` one with two heads, and ``A --x B: label`` one that does not reach its target.
``note: text`` goes across all lanes. An arrow from ``*`` begins at its target, and one from ``any``
begins at every lane.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from docutils import nodes  # type: ignore[import-untyped]
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

HERE = Path(__file__).parent
ARROW = re.compile(r'(.+?) (->|-->|--x|<->) (.+?): (.+)')

# The layout does not know the font of the reader. This width per letter fits all common fonts.
LETTER = 6.6
LINE = 15
MARGIN = 8
MOST_LINES = 3
NARROWEST, WIDEST = 84, 180
# The width of a page on a phone. A picture with few lanes uses all of it.
PHONE = 328
# A picture shrinks on a narrow page down to this scale. Below it, the picture scrolls.
MIN_SCALE = 11 / 12.5


@dataclass(frozen=True)
class Step:
    """An arrow, or a note if ``arrow`` is empty."""

    source: str
    arrow: str
    target: str
    label: str

    def __str__(self) -> str:
        """Return the step as text for screen readers."""
        if not self.arrow:
            return self.label
        way = {'<->': 'and', '--x': 'does not reach'}.get(self.arrow, 'to')
        start = 'The beginning' if self.source == '*' else self.source
        return f'{start} {way} {self.target}: {self.label}'


@dataclass(frozen=True)
class Story:
    """A sequence diagram: its lanes, and its steps from top to bottom."""

    title: str
    lanes: Sequence[str]
    steps: Sequence[Step]


def read(text: str) -> Story:
    """Parse the text of a diagram.

    Raises:
        ValueError: If a line is not a step, or names an unknown lane.
    """
    title, lanes, *rest = filter(None, text.splitlines())
    names = lanes.removeprefix('lanes: ').split(', ')
    return Story(title.removeprefix('title: '), names, [_step(line, names) for line in rest])


def _step(line: str, lanes: Iterable[str]) -> Step:
    if line.startswith('note: '):
        return Step('', '', '', line.removeprefix('note: '))
    found = ARROW.fullmatch(line)
    if found is None or not {found[1], found[3]} <= {*lanes, '*', 'any'}:
        raise ValueError(f'not a step, or an unknown lane: {line}')
    return Step(*found.groups())


def svg(story: Story) -> str:
    """Draw a diagram."""
    return ''.join(_Drawing(story).elements())


class _Drawing:
    """The layout of a diagram, with the lanes as close to each other as the labels allow."""

    def __init__(self, story: Story) -> None:
        self.story = story
        least = max(NARROWEST, (PHONE - 2 * MARGIN) // len(story.lanes))
        self.gap = next(gap for gap in range(least, WIDEST + 1, 4) if self._fits(gap))
        self.width = 2 * MARGIN + self.gap * len(story.lanes)

    def elements(self) -> Iterator[str]:
        bottom, body = self._rows(top=MARGIN + 42)
        height = bottom + 30 + MARGIN
        yield opening(self.width, height, self.story.title, map(str, self.story.steps))
        for name in self.story.lanes:
            x = self._x(name)
            yield line([(x, MARGIN + 15), (x, bottom + 15)], 'lane')
            for y in (MARGIN + 15, bottom + 15):
                yield box(x - self.gap / 2 + 4, y - 13, self.gap - 8, 26)
                yield words(x, y + 4, name, 'name')
        yield from body
        yield '</svg>'

    def _fits(self, gap: int) -> bool:
        self.gap = gap
        wrapped = [self._wrapped(step) for step in self.story.steps if step.arrow]
        names = max(map(len, self.story.lanes)) * LETTER + 8 <= gap
        return names and max(map(len, wrapped)) <= MOST_LINES

    def _rows(self, top: float) -> tuple[float, list[str]]:
        y = top
        drawn: list[str] = []
        for step in self.story.steps:
            lines = self._wrapped(step)
            drawn += self._row(step, lines, y)
            y += len(lines) * LINE + (18 if step.arrow else 12)
        return y, drawn

    def _row(self, step: Step, lines: Sequence[str], y: float) -> Iterator[str]:
        y += LINE - 3
        if not step.arrow:
            yield box(MARGIN, y - LINE, self.width - 2 * MARGIN, len(lines) * LINE + 8, 'note')
            yield from self._text(lines, self.width / 2, y, 'note')
            return
        start, end = self._ends(step)
        # An arrow without length has its label beside it.
        below = y - 4 if start == end else y + (len(lines) - 1) * LINE + 7
        yield from self._arrow(step, start, end, below)
        yield from self._text(lines, self._middle(step, lines), y, 'label')

    def _arrow(self, step: Step, start: float, end: float, y: float) -> Iterator[str]:
        if step.source == '*':
            yield dot(end, y, 6)
        elif step.source == step.target:
            yield f'<path class="arrow" d="M{start:g} {y - 8:g}h26v16h-21"/>'
            yield dot(start, y - 8) + head(end, y + 8, 'left')
        else:
            yield from self._straight(step, start, end, y)

    def _straight(self, step: Step, start: float, end: float, y: float) -> Iterator[str]:
        way, back = ('right', 'left') if end > start else ('left', 'right')
        lost = step.arrow == '--x'
        end = (start + end) / 2 if lost else end
        kind = 'arrow back' if step.arrow.startswith('--') else 'arrow'
        yield line([(start, y), (end, y)], kind)
        yield _cross(end, y) if lost else head(end, y, way)
        yield head(start, y, back) if step.arrow == '<->' else dot(start, y)
        if step.source == 'any':
            yield from (dot(self._x(lane), y) for lane in self.story.lanes if lane != step.target)

    def _ends(self, step: Step) -> tuple[float, float]:
        end = self._x(step.target)
        if step.source == '*':
            return end, end
        return self._x(self.story.lanes[0] if step.source == 'any' else step.source), end

    def _middle(self, step: Step, lines: Sequence[str]) -> float:
        """Return the centre of a label: above its arrow, but within the picture."""
        half = max(map(len, lines)) * LETTER / 2 + MARGIN
        start, end = self._ends(step)
        beside = half + 24 if start == end else 0
        return min(max((start + end) / 2 + beside, half), self.width - half)

    def _wrapped(self, step: Step) -> list[str]:
        start, end = self._ends(step) if step.arrow else (0, len(self.story.lanes) * self.gap)
        # A label has a row of its own, so it can be wider than a short arrow.
        room = max(abs(start - end) - 10, self.gap * 1.6)
        return textwrap.wrap(step.label, int(room / LETTER), break_long_words=False)

    def _x(self, lane: str) -> float:
        return MARGIN + self.gap * (self.story.lanes.index(lane) + 0.5)

    def _text(self, lines: Iterable[str], x: float, y: float, kind: str) -> Iterator[str]:
        for number, line in enumerate(lines):
            yield words(x, y + number * LINE, line, kind)


# The elements of all pictures


def figure(drawn: str, text: str) -> list[nodes.Node]:
    """Return the nodes of a picture. Formats other than HTML show its text."""
    html = f'<figure class="picture">{drawn}</figure>'
    elsewhere = addnodes.only('', nodes.literal_block(text, text), expr='not html')
    return [nodes.raw('', html, format='html'), elsewhere]


def opening(width: float, height: float, title: str, steps: Iterable[str]) -> str:
    """Begin a picture, with a description of its steps for screen readers."""
    name = '-'.join(['picture', *re.findall(r'\w+', title.lower())])
    story = '; '.join(each.rstrip('.') for each in steps)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width:g} {height:g}"'
        f' style="width:{width:g}px;min-width:{width * MIN_SCALE:.0f}px"'
        f' aria-label="{escape(title)}" aria-describedby="{name}">'
        f'<desc id="{name}">{escape(story)}.</desc>'
    )


def box(x: float, y: float, width: float, height: float, kind: str = 'box') -> str:
    """Draw a box by its upper left corner."""
    return (
        f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="5"/>'
    )


def words(x: float, y: float, text: str, kind: str) -> str:
    """Draw a line of text, centred at a point."""
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{escape(text)}</text>'


def dot(x: float, y: float, radius: float = 2.5) -> str:
    """Draw a dot, the beginning of an arrow."""
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}"/>'


def line(points: Sequence[tuple[float, float]], kind: str) -> str:
    """Draw a line from point to point."""
    way = 'L'.join(f'{x:g} {y:g}' for x, y in points)
    return f'<path class="{kind}" d="M{way}"/>'


def head(x: float, y: float, way: str) -> str:
    """Draw the head of an arrow that points to the right, the left or down."""
    shape = {'right': 'l-8 -4v8z', 'left': 'l8 -4v8z', 'down': 'l-4 -8h8z'}[way]
    return f'<path class="head" d="M{x:g} {y:g}{shape}"/>'


def _cross(x: float, y: float) -> str:
    return f'<path class="arrow" d="M{x - 5:g} {y - 5:g}l10 10m0 -10l-10 10"/>'


class Picture(SphinxDirective):
    """``.. picture:: name`` inserts a diagram."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the diagram."""
        path = HERE / 'pictures' / f'{self.arguments[0]}.txt'
        self.env.note_dependency(str(path))
        try:
            text = path.read_text('utf-8')
            story = read(text)
        except (OSError, ValueError) as exc:
            raise self.error(str(exc)) from exc
        return figure(svg(story), text)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive('picture', Picture)
    return {'parallel_read_safe': True}
