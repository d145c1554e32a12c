"""A bar chart as SVG: a bar for each contender and scheme, with its ratio beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from xml.sax.saxutils import escape

from .contenders import BASELINE, CONTENDERS, OURS
from .measure import Cost
from .results import SCHEMES, Results

WIDTH, LEFT, RIGHT, TOP = 760, 190, 70, 92
BAR, GAP, FOOT = 15, 13, 34

TITLE = 'What sending one SMS costs the processor'
SUBTITLE = 'CPU time as a ratio to requests.Session.post(url, data=…).json(); shorter is better'

_OPENING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img"'
    ' aria-labelledby="title desc">'
)

# Its own ground, so that it can be read on whatever page it stands.
STYLE = """
text { font-family: system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; font-size: 13px; }
.ground { fill: #ffffff; } text { fill: #24292f; } .quiet { fill: #57606a; }
.title { font-size: 17px; font-weight: 600; } .ours { font-weight: 700; }
.https { fill: #8c959f; } .http { fill: #c8ced5; }
.https.ours { fill: #0a66c2; } .http.ours { fill: #7db4ea; }
.mark { stroke: #57606a; stroke-dasharray: 3 3; opacity: 0.5; }
@media (prefers-color-scheme: dark) {
  .ground { fill: #161b22; } text { fill: #e6edf3; } .quiet { fill: #9da7b1; }
  .https { fill: #8b949e; } .http { fill: #4b535d; }
  .https.ours { fill: #58a6ff; } .http.ours { fill: #2a5c96; }
  .mark { stroke: #9da7b1; }
}
"""


def draw(results: Results) -> str:
    """Draw what sending an SMS costs."""
    sends = results.sends
    names = sorted({name for costs in sends.values() for name in costs}, key=_order(sends))
    row = BAR * len(sends) + GAP
    height = TOP + row * len(names) + FOOT
    longest = max(cost.ratio.median for costs in sends.values() for cost in costs.values())
    scale = (WIDTH - LEFT - RIGHT) / longest
    return '\n'.join(
        [
            _OPENING.format(WIDTH, height),
            f'<title id="title">{TITLE}</title>',
            f'<desc id="desc">{escape(_description(sends, names))}</desc>',
            f'<style>{STYLE}</style>',
            f'<rect class="ground" width="{WIDTH}" height="{height}" rx="8"/>',
            _text(20, 30, TITLE, 'title'),
            _text(20, 51, SUBTITLE, 'quiet'),
            *_legend(sends),
            _mark(LEFT + scale, height - FOOT),
            *(
                line
                for index, name in enumerate(names)
                for line in _row(sends, name, TOP + index * row, scale)
            ),
            _text(20, height - 12, _source(results), 'quiet'),
            '</svg>\n',
        ]
    )


def _order(sends: Mapping[str, Mapping[str, Cost]]) -> Callable[[str], float]:
    return lambda name: next(costs[name].ratio.median for costs in sends.values() if name in costs)


def _description(sends: Mapping[str, Mapping[str, Cost]], names: list[str]) -> str:
    return '; '.join(
        f'{CONTENDERS[name].label}: '
        + ', '.join(
            f'{costs[name].ratio.median:.2f} {SCHEMES[scheme]}'
            for scheme, costs in sends.items()
            if name in costs
        )
        for name in names
    )


def _legend(sends: Mapping[str, object]) -> Iterator[str]:
    x = LEFT
    for scheme in sends:
        yield _bar(x, TOP - 24, 22, scheme, is_ours=False)
        yield _bar(x + 22, TOP - 24, 22, scheme, is_ours=True)
        yield _text(x + 52, TOP - 13, SCHEMES[scheme], 'quiet')
        x += 110


def _row(
    sends: Mapping[str, Mapping[str, Cost]], name: str, top: int, scale: float
) -> Iterator[str]:
    css = 'ours' if name == OURS else ''
    middle = top + BAR * len(sends) / 2 + 4.5
    yield _text(LEFT - 10, middle, CONTENDERS[name].label, css, anchor='end')
    for index, (scheme, costs) in enumerate(sends.items()):
        if name in costs:
            ratio, y = costs[name].ratio.median, top + index * BAR
            yield _bar(LEFT, y, ratio * scale, scheme, is_ours=name == OURS)
            yield _text(LEFT + ratio * scale + 6, y + BAR - 3, f'{ratio:.2f}', css)


def _bar(x: float, y: float, width: float, scheme: str, *, is_ours: bool) -> str:
    css = f'{scheme} ours' if is_ours else scheme
    return f'<rect class="{css}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR - 1}"/>'


def _text(x: float, y: float, text: str, css: str = '', anchor: str = 'start') -> str:
    attributes = f' class="{css}"' if css else ''
    return f'<text x="{x:.1f}" y="{y}" text-anchor="{anchor}"{attributes}>{escape(text)}</text>'


def _mark(x: float, bottom: int) -> str:
    return f'<line class="mark" x1="{x:.1f}" y1="{TOP - 6}" x2="{x:.1f}" y2="{bottom}"/>'


def _source(results: Results) -> str:
    installed = results.versions.get(OURS, {})
    rounds = results.plan.generations * results.plan.send_rounds
    return (
        f'{results.python}, hoiio {results.hoiio}, {BASELINE} {installed.get(BASELINE, "")};'
        f' median of {rounds} rounds on loopback; {results.date}'
    )
