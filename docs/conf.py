"""How the documentation is built: ``python -m sphinx -n -W docs docs/_build``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from sphinx.util.docutils import SphinxDirective

from hoiio import __version__
from hoiio.sandbox.tables import TABLES

project = 'hoiio'
author = 'The hoiio authors'
release = version = __version__
extensions = ['sphinx.ext.autodoc', 'sphinx.ext.napoleon']
exclude_patterns = ['_build']
html_theme = 'furo'
default_role = 'any'

autodoc_member_order = 'bysource'
autodoc_typehints = 'signature'
autodoc_default_options = {'members': True, 'show-inheritance': True}
napoleon_google_docstring = True

# The names of others: their documentation cannot be fetched while this one is built.
nitpick_ignore_regex = [
    ('py:.*', r'(requests|collections|datetime|os|types|typing)\..*'),
    ('py:.*', r'(.*\.)?(E|R|T|Self|Timeout|Word|_\w+)'),
]


class SandboxTable(SphinxDirective):
    """``.. sandbox-table:: conditions`` stands for a table that the code knows best."""

    required_arguments = 1

    def run(self):
        return self.parse_text_to_nodes(TABLES[self.arguments[0]]())


def setup(app):
    app.add_directive('sandbox-table', SandboxTable)
