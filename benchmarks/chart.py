"""A bar chart of the cost of sending one SMS, with a bar for each client and scheme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import StringIO
from typing import NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend_handler import HandlerTuple
from matplotlib.patches import Patch

from .contenders import BASELINE, CONTENDERS, OURS
from .measure import Cost
from .results import SCHEMES, Results

TITLE = 'CPU time of sending one SMS'
SUBTITLE = 'Ratio to requests.Session.post(url, data=…).json(); shorter is better'

BAR = 0.38


class Colours(NamedTuple):
    """The colours for a light or a dark page. The background of the chart is transparent.

    Attributes:
        text: The colour of titles, names and figures.
        quiet: The colour of all other text.
        others: The colours of the bars of other clients, one for each scheme.
        ours: The colours of the bars of the SDK, one for each scheme.
    """

    text: str
    quiet: str
    others: tuple[str, str]
    ours: tuple[str, str]


THEMES = {
    'light': Colours('#24292f', '#57606a', ('#8c959f', '#c8ced5'), ('#0a66c2', '#7db4ea')),
    'dark': Colours('#e6edf3', '#9da7b1', ('#8b949e', '#4b535d'), ('#58a6ff', '#2a5c96')),
}


def draw(results: Results, colours: Colours) -> str:
    """Draw the chart, and return it as SVG."""
    names = _cheapest_first(results.sends)
    # Keep text as text, and give the same file for the same figures.
    with mpl.rc_context(
        {'svg.fonttype': 'none', 'svg.hashsalt': 'hoiio', 'text.color': colours.text}
    ):
        figure = Figure(figsize=(8, 1.2 + 0.4 * len(names)), layout='constrained')
        axes = figure.subplots()
        for place, costs in enumerate(results.sends.values()):
            _draw_bars(axes, names, costs, place, colours)
        _draw_names(axes, names)
        _draw_legend(axes, list(results.sends), colours)
        axes.axvline(1, color=colours.quiet, linestyle=':', linewidth=1, zorder=0)
        axes.set_title(SUBTITLE, loc='left', fontsize=10, color=colours.quiet)
        figure.suptitle(TITLE, x=0.01, ha='left', fontsize=13, fontweight='bold')
        figure.supxlabel(_source(results), x=0.01, ha='left', fontsize=9, color=colours.quiet)
        out = StringIO()
        figure.savefig(out, format='svg', transparent=True, metadata={'Title': TITLE, 'Date': None})
    return out.getvalue()


def _cheapest_first(sends: Mapping[str, Mapping[str, Cost]]) -> list[str]:
    ratios = {name: cost.ratio for costs in sends.values() for name, cost in costs.items()}
    return sorted(ratios, key=lambda name: ratios[name].median)


def _draw_bars(
    axes: Axes, names: Sequence[str], costs: Mapping[str, Cost], place: int, colours: Colours
) -> None:
    rows = [row for row, name in enumerate(names) if name in costs]
    bars = axes.barh(
        [row + (place - 0.5) * BAR for row in rows],
        [costs[names[row]].ratio.median for row in rows],
        height=BAR,
        color=[(colours.ours if names[row] == OURS else colours.others)[place] for row in rows],
    )
    axes.bar_label(bars, fmt='%.2f', padding=4, fontsize=9)
    axes.margins(x=0.08)


def _draw_names(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), [CONTENDERS[name].label for name in names])
    for name, label in zip(names, axes.get_yticklabels(), strict=True):
        label.set_fontweight('bold' if name == OURS else 'normal')
    axes.tick_params('y', length=0, labelcolor=mpl.rcParams['text.color'])
    axes.invert_yaxis()
    axes.xaxis.set_visible(False)
    axes.spines[:].set_visible(False)


def _draw_legend(axes: Axes, schemes: Sequence[str], colours: Colours) -> None:
    """Show the two colours of each scheme: those of other clients and of the SDK."""
    pairs = zip(colours.others, colours.ours, strict=True)
    patches = [tuple(Patch(color=colour) for colour in pair) for pair in pairs]
    axes.legend(
        patches,
        [SCHEMES[scheme] for scheme in schemes],
        handler_map={tuple: HandlerTuple(ndivide=None, pad=0)},
        frameon=False,
        loc='upper right',
    )


def _source(results: Results) -> str:
    installed = results.versions.get(OURS, {})
    rounds = results.plan.generations * results.plan.send_rounds
    return (
        f'{results.python}, hoiio {results.hoiio}, {BASELINE} {installed.get(BASELINE, "")};'
        f' median of {rounds} rounds on loopback; {results.date}'
    )
