"""How the documentation is built: ``python -m sphinx -n -W docs docs/_build``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from hoiio import __version__

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
    ('py:.*', r'(.*\.)?(E|R|T|Self|Timeout|Word)'),
]
