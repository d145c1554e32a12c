"""Sphinx configuration. Build with ``python -m sphinx -n -W docs docs/_build``."""

import inspect
import itertools
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from sphinx.util.docutils import SphinxDirective

from docs import campaign_states, control_api
from docs.sandbox_tables import TABLES, list_table
from hoiio import Entry, Response, Status, __version__
from hoiio.service.base import Service

project = 'hoiio'
author = 'The hoiio authors'
project_copyright = '2026, the hoiio authors'
release = version = __version__
extensions = [
    'sphinx.ext.autodoc',
    'sphinx.ext.napoleon',
    'sphinx_copybutton',
    'docs.benchmark_table',
    'docs.diagrams',
    'docs.glance',
    'docs.phone_tables',
]
exclude_patterns = ['_build']
html_theme = 'furo'
html_title = f'hoiio {__version__}'
# No link to the source of a page: it is in the repository.
html_theme_options = {'top_of_page_buttons': []}
html_show_sourcelink = html_copy_source = False
html_static_path = ['_static']
html_css_files = ['hoiio.css']
html_js_files = ['scrolling.js']
templates_path = ['_templates']
default_role = 'any'

# A ``text`` block is output, so it has no button. In a console block, only the commands are copied.
copybutton_selector = 'div[class^="highlight-"]:not(.highlight-text) pre'
copybutton_prompt_text = r'\$ |>>> |\.\.\. '
copybutton_prompt_is_regexp = True
copybutton_line_continuation_character = '\\'

autodoc_member_order = 'bysource'
autodoc_typehints = 'signature'
autodoc_preserve_defaults = True
# A longer signature has a line for each parameter.
maximum_signature_line_length = 68
autodoc_default_options = {'members': True}
napoleon_google_docstring = True
python_use_unqualified_type_names = True

# Sphinx cannot link to types of other packages, because the build does not fetch their indexes.
# Type variables and aliases have no page.
nitpick_ignore_regex = [
    ('py:class', r'celery\..+'),
    ('py:class', r'(collections\.abc|contextlib|datetime|decimal|os|pathlib)\.\w+|datetime'),
    ('py:class', r'(re|requests)\.\w+'),
    (
        'py:(class|obj)',
        r'hoiio\.\w+\.[ER]|Timeout|Answering|ErrorStatus|FaultKind|OperationPath|Reaction',
    ),
    ('py:(class|obj)', 'RatedService'),
]


ALL_TABLES = {
    **TABLES,
    **campaign_states.TABLES,
    'control-routes': control_api.routes,
    'control-types': control_api.types,
}


class SandboxTable(SphinxDirective):
    """``.. sandbox-table:: conditions`` inserts a table that is generated from the code."""

    required_arguments = 1

    def run(self):
        return self.parse_text_to_nodes(ALL_TABLES[self.arguments[0]]())


class StatusTable(SphinxDirective):
    """``.. status-table::`` inserts a table of all status words with their meanings."""

    def run(self):
        rows = [(f'``{status}``', status.meaning) for status in Status]
        return self.parse_text_to_nodes(list_table(('Status', 'Meaning'), rows, (40, 60)))


def hide_constructor(app, what, name, obj, options, signature, returns):
    """Hide the constructor arguments of a class whose docstring has no Args section.

    The SDK creates the objects of such a class; applications do not.
    """
    documented = what not in {'class', 'exception'} or '\nArgs:\n' in (inspect.getdoc(obj) or '')
    if signature and not documented:
        return '', None
    return None


def show_public_bases(app, name, obj, options, bases):
    """Replace a private base class with the bases of that class."""
    private = [base for base in bases if getattr(base, '__name__', '').startswith('_')]
    for base in private:
        place = bases.index(base)
        bases[place : place + 1] = base.__bases__


def inherit_fields(app, what, name, obj, options, lines):
    """Add the fields that a result inherits from records and pages."""
    if what != 'class' or not issubclass(obj, Response):
        return
    own = set(fields_in(obj))
    inherited = {}
    for base in obj.__mro__[1:]:
        if base.__module__.startswith('hoiio.') and base not in {Response, Entry}:
            inherited = {**fields_in(base), **inherited}
    missing = [text for field, text in inherited.items() if field not in own]
    if missing and own:
        end = next(i for i, line in enumerate(lines) if line == 'Attributes:') + 1
        lines[end:end] = [line for text in missing for line in text]
    elif missing:
        lines += ['', 'Attributes:', *(line for text in missing for line in text), '']


def fields_in(kind):
    """Return the attributes in the docstring of a class, each with its lines."""
    lines = inspect.cleandoc(kind.__doc__ or '').partition('\nAttributes:\n')[2].splitlines()
    found = {}
    for line in itertools.takewhile(lambda line: line.startswith('    '), lines):
        if not line.startswith('     '):
            name = line.strip().partition(':')[0]
            found[name] = []
        found[name].append(line)
    return found


def link_to_common_part(app, what, name, obj, options, lines):
    """Link from a method of a service to the documentation that all methods share."""
    owner = inspect.getmodule(obj)
    area = getattr(owner, name.split('.')[-2], None) if what == 'method' else None
    if isinstance(area, type) and issubclass(area, Service):
        link = 'For the options, value formats and errors of all methods, see `Service`.'
        end = next(i for i, line in enumerate(lines) if line in {'Args:', 'Returns:'})
        lines[end:end] = [link, '']


def put_types_beside_names(app, what, name, obj, options, lines):
    """Show a field and its type in one line instead of the two lines of napoleon."""
    text = re.sub(
        r'^(\.\. attribute:: \w+\n)(\n(?: {3}.*\n|\n)*?)\n {3}(:type: .*)\n',
        r'\1   \3\n\2',
        '\n'.join(lines),
        flags=re.MULTILINE,
    )
    lines[:] = text.split('\n')


def shorten_types(app, what, name, obj, options, lines):
    """Show ``Mapping`` instead of ``collections.abc.Mapping``, as in signatures."""
    for number, line in enumerate(lines):
        if line.startswith('   :type: '):
            lines[number] = re.sub(r'(?<![\w.~\'"])(?:\w+\.)+\w+', r'~\g<0>', line)


def write_parameters_as_lines(app, pagename, templatename, context, doctree):
    """Replace the list in a long signature, which is not valid: it has no terms."""

    def replace(signature):
        text = signature[0].replace('<dl>', '<span class="sig-lines">').replace('</dl>', '</span>')
        return text.replace('<dd>', '<span>').replace('</dd>', '</span>')

    signatures = r'<dt class="sig .*?</dt>'
    context['body'] = re.sub(signatures, replace, context.get('body', ''), flags=re.DOTALL)


def escape_underscores(app, what, name, obj, options, lines):
    """Escape a name such as ``from_``, which docutils would read as a link."""
    lines[:] = [re.sub(r'^(:param \w+)_:', r'\1\\_:', line) for line in lines]


def setup(app):
    app.add_directive('campaign-table', SandboxTable)
    app.add_directive('sandbox-table', SandboxTable)
    app.add_directive('status-table', StatusTable)
    app.connect('autodoc-process-bases', show_public_bases)
    app.connect('autodoc-process-signature', hide_constructor)
    # Before napoleon, which turns the sections of a docstring into directives.
    app.connect('autodoc-process-docstring', inherit_fields, priority=400)
    app.connect('autodoc-process-docstring', link_to_common_part, priority=400)
    app.connect('autodoc-process-docstring', put_types_beside_names, priority=600)
    app.connect('autodoc-process-docstring', shorten_types, priority=600)
    app.connect('autodoc-process-docstring', escape_underscores, priority=600)
    app.connect('html-page-context', write_parameters_as_lines)
