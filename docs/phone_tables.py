"""Tables on a phone.

Every table that is too wide for a phone scrolls. In a table with two or three columns, that would
hide most of the text, so such a table gets the class ``stacked``: on a phone, the cells of a row
are below each other. A table with more columns gets the class ``wide``, which keeps its columns
wide enough to read.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from docutils import nodes  # type: ignore[import-untyped]
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

# In pixels, as in ``_static/hoiio.css``.
PHONE = 351
LETTER = 7
PADDING = 27
PROSE = 148
# A cell with more words than this is prose.
FEW_WORDS = 9
MOST_STACKED = 3


def kind(rows: list[list[str]]) -> str:
    """Return the class of a table, or an empty text if it fits on a phone.

    Args:
        rows: The texts of the cells of each row.
    """
    *columns, last = zip_longest(*rows, fillvalue='')
    widths = [*map(_least_width, columns), max(_least_width(last), PROSE)]
    # Beside a first column that takes more than half, the others are too narrow to read well.
    if sum(widths) <= PHONE and widths[0] <= PHONE / 2:
        return ''
    return 'stacked' if len(widths) <= MOST_STACKED else 'wide'


def _least_width(cells: Sequence[str]) -> int:
    """Return the pixels that a column needs so that its text is readable."""
    longest = max(len(word) for cell in cells for word in cell.split() or [''])
    prose = any(len(cell.split()) > FEW_WORDS for cell in cells)
    return max(longest * LETTER + PADDING, PROSE if prose else 0)


class PhoneTables(SphinxPostTransform):
    """Give a class to each table that is too wide for a phone."""

    default_priority = 700
    formats = ('html',)

    def run(self) -> None:
        """Classify the tables of a page."""
        for table in self.document.findall(nodes.table):
            rows = [[cell.astext() for cell in row] for row in table.findall(nodes.row)]
            if found := kind(rows):
                table['classes'].append(found)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the transform."""
    app.add_post_transform(PhoneTables)
    return {'parallel_read_safe': True}
