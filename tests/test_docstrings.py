"""The docstrings in the reference are complete, and their examples run."""

from __future__ import annotations

import dataclasses
import doctest
import hmac
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

import hoiio
import hoiio.campaign
import hoiio.notification
import hoiio.sandbox
from hoiio import Entry, Hoiio
from hoiio.sandbox import Sandbox
from hoiio.service.base import Service

REFERENCE = Path(__file__).parent.parent / 'docs/reference'
DIRECTIVE = re.compile(r'^\.\. (auto|py:)?(\w+):: ([\w.]+).*\n((?: {3}:.*\n)*)', re.MULTILINE)
SECTION = re.compile(r'^(?=[A-Z]\w+:(?: |$))', re.MULTILINE)
RETURNS = {'Returns', 'Yields'}
ITEM = re.compile(r'^ {4}(\*{0,2}\w+): ', re.MULTILINE)

AREAS = ('voice', 'sms', 'ivr', 'fax', 'number', 'account')

WITHOUT_EXAMPLE = {
    'hoiio.notification.Store.add': 'your application implements it',
    'pytest_hoiio.hoiio_sandbox': 'it works only in pytest; the README shows it',
    'pytest_hoiio.hoiio_sandbox_server': 'it works only in pytest; the chapter on tests shows it',
}
# Examples that other tests run.
ELSEWHERE = {'hoiio.cli.main.main': 'it prints while it runs; the tests of the command line run it'}
# The classes that a reader creates. The SDK creates the others.
CONSTRUCTED = {
    'hoiio.HoiioClient',
    'hoiio.campaign.Ledger',
    'hoiio.campaign.NumberReader',
    'hoiio.campaign.People',
    'hoiio.campaign.PriceList',
    'hoiio.campaign.Template',
    'hoiio.notification.Call',
    'hoiio.notification.Handled',
    'hoiio.sandbox.Clock',
    'hoiio.sandbox.FakeClock',
    'hoiio.sandbox.Sandbox',
    'hoiio.sandbox.Script',
    'hoiio.sandbox.Seed',
}


def entries() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Return the kind, the name and the options of each entry of the reference."""
    for page in sorted(REFERENCE.glob('*.rst')):
        for _, kind, name, options in DIRECTIVE.findall(page.read_text('utf-8')):
            pairs = re.findall(r':([\w-]+): ?(.*)', options)
            yield kind, name, dict(pairs)


def find(name: str) -> Any:
    module, _, attribute = name.rpartition('.')
    return getattr(importlib.import_module(module), attribute)


def members(name: str, kind: type, options: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    hidden = re.split(', *', options.get('exclude-members', ''))
    for member, value in vars(kind).items():
        if member.startswith('_') or member in hidden or 'no-members' in options:
            continue
        if isinstance(value, (classmethod, staticmethod)):
            yield f'{name}.{member}', value.__func__
        elif inspect.isfunction(value) or isinstance(value, property):
            yield f'{name}.{member}', value


def shown() -> Iterator[tuple[str, Any]]:
    for kind, name, options in entries():
        if kind in {'module', 'class', 'exception', 'function'}:
            found = find(name)
            # pytest wraps the function of a fixture.
            yield name, getattr(found, '__wrapped__', found)
            if isinstance(found, type):
                yield from members(name, found, options)


SHOWN = dict(shown())
CLASSES = {name: each for name, each in SHOWN.items() if isinstance(each, type)}
FUNCTIONS = {name: each for name, each in SHOWN.items() if inspect.isfunction(each)}
# The fixture of pytest has no arguments that a reader gives.
DESCRIBED = {name: FUNCTIONS[name] for name in FUNCTIONS.keys() - {'pytest_hoiio.hoiio_sandbox'}}
WITH_EXAMPLE = [name for name, each in SHOWN.items() if '>>>' in (each.__doc__ or '')]


def sections(documented: Any) -> dict[str, str]:
    first, *others = SECTION.split(inspect.getdoc(documented) or '')
    named = (section.partition(':') for section in others)
    return {'': first, **{name: text.lstrip('\n') for name, _, text in named}}


def items(documented: Any, section: str) -> list[str]:
    return ITEM.findall(sections(documented).get(section, ''))


def parameters(documented: Callable[..., Any]) -> list[str]:
    """List the parameters, without the options of one call, which `Service` describes."""
    stars = {'VAR_POSITIONAL': '*', 'VAR_KEYWORD': '**'}
    return [
        stars.get(each.kind.name, '') + name
        for name, each in inspect.signature(documented).parameters.items()
        if name not in {'self', 'cls'} and not str(each.annotation).startswith('Unpack[')
    ]


# The reference shows every public name.


def public() -> set[str]:
    services = [importlib.import_module(f'hoiio.service.{area}') for area in AREAS]
    return {
        f'{module.__name__}.{name}'
        for module in (hoiio, hoiio.campaign, hoiio.notification, hoiio.sandbox, *services)
        for name in module.__all__
        if name != '__version__'
    }


def test_the_reference_shows_every_public_name() -> None:
    assert public() - {name for _, name, _ in entries()} == set()


def test_the_exceptions_to_these_tests_still_exist() -> None:
    assert CLASSES.keys() >= CONSTRUCTED
    assert OTHERS.keys() >= ELSEWHERE.keys()
    for _, name, options in entries():
        for member in filter(None, re.split(', *', options.get('exclude-members', ''))):
            assert hasattr(find(name), member), f'{name}.{member}'


# Every docstring is complete.


def test_everything_has_a_docstring() -> None:
    # A dataclass without one has its signature there.
    made = {name: f'{name.rpartition(".")[2]}(' for name in SHOWN}
    texts = {name: (each.__doc__ or '').strip() for name, each in SHOWN.items()}
    assert [name for name, text in texts.items() if not text or text.startswith(made[name])] == []


def test_a_function_has_an_example() -> None:
    without = [
        name for name in FUNCTIONS if '>>> ' not in sections(FUNCTIONS[name]).get('Example', '')
    ]
    assert sorted(without) == sorted(WITHOUT_EXAMPLE)


def test_a_function_describes_its_parameters() -> None:
    told = {name: items(each, 'Args') for name, each in DESCRIBED.items()}
    assert told == {name: parameters(each) for name, each in DESCRIBED.items()}


def test_a_function_describes_what_it_returns() -> None:
    told = [name for name, each in DESCRIBED.items() if sections(each).keys() & RETURNS]
    returning = [
        name
        for name, each in DESCRIBED.items()
        if inspect.signature(each).return_annotation != 'None'
    ]
    assert told == returning


def test_a_class_describes_its_arguments() -> None:
    told = {name: items(each, 'Args') for name, each in CLASSES.items()}
    expected = {
        name: parameters(each) if name in CONSTRUCTED else [] for name, each in CLASSES.items()
    }
    assert told == expected


def test_a_class_describes_its_fields() -> None:
    told = {
        name: {field for base in kind.__mro__ for field in items(base, 'Attributes')}
        for name, kind in CLASSES.items()
    }
    untold = {name: {*fields(kind)} - told[name] for name, kind in CLASSES.items()}
    assert {name: names for name, names in untold.items() if names} == {}


def test_a_class_has_the_fields_that_it_describes() -> None:
    missing = [
        f'{name}.{field}'
        for name, kind in CLASSES.items()
        for field in items(kind, 'Attributes')
        if not has_field(kind, field)
    ]
    assert missing == []


def has_field(kind: type, field: str) -> bool:
    return hasattr(kind, field) or any(
        field in inspect.get_annotations(base) or f'self.{field} = ' in inspect.getsource(base)
        for base in kind.__mro__
        if base.__module__.startswith('hoiio')
    )


def fields(kind: type) -> list[str]:
    if issubclass(kind, Entry):
        declared = [name for base in kind.__mro__ for name in inspect.get_annotations(base)]
        return [name for name in declared if not name.startswith('_')]
    if dataclasses.is_dataclass(kind) and f'hoiio.sandbox.{kind.__name__}' not in CONSTRUCTED:
        return [field.name for field in dataclasses.fields(kind)]
    return []


METHODS = {
    name: FUNCTIONS[name]
    for kind_name, kind in CLASSES.items()
    if issubclass(kind, Service)
    for member in vars(kind)
    if (name := f'{kind_name}.{member}') in FUNCTIONS
}


def test_a_service_method_names_its_source() -> None:
    sources = {name: sections(each).get('Source', '').strip() for name, each in METHODS.items()}
    named = re.compile(r'(API|guide)\b.*\.')
    assert {name: source for name, source in sources.items() if not named.match(source)} == {}


def test_a_service_method_with_arguments_says_when_it_refuses_them() -> None:
    refusing = [name for name, each in METHODS.items() if 'InputInvalid' in items(each, 'Raises')]
    assert refusing == [name for name, each in METHODS.items() if parameters(each)]


# What every service method accepts and raises. The documentation of a method links to it.
COMMON = ('app_id', 'access_token', 'extra', 'request_timeout')
COMMON_ERRORS = ('CredentialsMissing', 'TransportError', 'ResponseUnreadable')


@pytest.mark.parametrize('word', [*COMMON, *COMMON_ERRORS, 'outcome_unknown'])
def test_what_all_service_methods_share_is_described_once(word: str) -> None:
    assert word in (Service.__doc__ or '')
    repeated = {name for name, each in METHODS.items() if word in (each.__doc__ or '')}
    assert repeated <= {'hoiio.service.ivr.Ivr.gather'}
    assert word == 'request_timeout' or not repeated


# The examples print what they show.


def names(name: str, sandbox: Sandbox) -> dict[str, Any]:
    """Return the names that an example can use: Hoiio, its own module, a sandbox."""
    known = {each: getattr(hoiio, each) for each in hoiio.__all__}
    documented = SHOWN[name]
    owner = documented.fget if isinstance(documented, property) else documented
    module = importlib.import_module(getattr(owner, '__module__', name))
    if module.__name__.startswith('hoiio.sandbox'):
        known |= {'sandbox': sandbox, 'client': sandbox.client()}
        module = hoiio.sandbox
    elif module.__name__.startswith('hoiio.campaign'):
        known |= campaign_names(name, sandbox)
        module = hoiio.campaign
    elif module.__name__.startswith('hoiio.notification'):
        module = hoiio.notification
    known |= {each: getattr(module, each) for each in module.__all__}
    return {'__name__': '__main__', **known}


def campaign_names(name: str, sandbox: Sandbox) -> dict[str, Any]:
    """Return the names that an example of a campaign can use, and write a file with a person."""
    Path('people.csv').write_text('name,phone\nAnn,+6591234567\n', 'utf-8')
    settings = hoiio.campaign.Settings(
        tag='reminder',
        app_id=sandbox.app_id,
        base_url=sandbox.url,
        message='Dear {{name}}',
    )
    ledger = hoiio.campaign.Ledger('ledger.sqlite')
    campaign = ledger.create(settings)
    campaign.add(
        hoiio.campaign.plan(
            hoiio.campaign.People('people.csv'),
            hoiio.campaign.Template(settings.message),
            hoiio.campaign.NumberReader(),
        )
    )
    if name.rpartition('.')[2] not in {'create', 'add', 'ready'}:
        campaign.ready(max_cost=32_000)
    body = urlencode({'txn_ref': 'AA-S-1', 'sms_status': 'delivered', 'dest': '+6591234567'})
    return {
        'settings': settings,
        'ledger': ledger,
        'campaign': campaign,
        'body': body,
        'signature': hmac.new(sandbox.access_token.encode(), body.encode(), 'sha256').hexdigest(),
        'datetime': datetime,
        'timezone': timezone,
    }


@pytest.mark.slow
@pytest.mark.parametrize('name', WITH_EXAMPLE)
def test_its_example_runs(name: str, sandbox: Sandbox) -> None:
    Hoiio.init('MY_APP_ID', 'MY_ACCESS_TOKEN')
    text = inspect.getdoc(SHOWN[name]) or ''
    assert problems(text, name, names(name, sandbox)) == ''


def others() -> dict[str, doctest.DocTest]:
    """Find the examples that the reference does not show."""
    run = {inspect.getdoc(SHOWN[name]) for name in WITH_EXAMPLE}
    names = [each.name for each in pkgutil.walk_packages(hoiio.__path__, 'hoiio.')]
    modules = [importlib.import_module(name) for name in names if name != 'hoiio.__main__']
    found = [each for module in modules for each in doctest.DocTestFinder().find(module)]
    return {
        each.name: each
        for each in found
        if each.examples and inspect.cleandoc(each.docstring or '') not in run
    }


OTHERS = others()


@pytest.mark.parametrize('name', sorted(OTHERS.keys() - ELSEWHERE.keys()))
def test_an_internal_example_runs(name: str) -> None:
    assert problems(OTHERS[name].docstring or '', name, OTHERS[name].globs) == ''


def problems(text: str, name: str, known: dict[str, Any]) -> str:
    example = doctest.DocTestParser().get_doctest(text, known, name, name, 0)
    told: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, out=told.append)
    return ''.join(told)


# The tests above fail if they should.


def test_a_wrong_example_fails() -> None:
    assert problems('Add.\n\nExample:\n    >>> 1 + 1\n    2\n', 'add', {}) == ''
    assert 'Got:\n    2' in problems('Add.\n\nExample:\n    >>> 1 + 1\n    3\n', 'add', {})
    assert 'NameError' in problems('Example:\n    >>> one\n', 'name', {})
    assert 'Expected nothing' in problems('Example:\n    >>> 1\n', 'silent', {})


def test_the_sections_of_a_docstring_are_found() -> None:
    def documented(one: int, *two: int, three: int = 3, **four: int) -> int:
        """Do it.

        Args:
            one: One: the first,
                and more: of it.
            *two: Two.
            three: Three.
            **four: Four.

        Returns:
            One.

        Example:
            >>> documented(1)
            1

        Source: API, *Doing*.
        """
        return one

    assert items(documented, 'Args') == parameters(documented) == ['one', '*two', 'three', '**four']
    assert sections(documented).keys() == {'', 'Args', 'Returns', 'Example', 'Source'}
    assert sections(documented)['Source'].strip() == 'API, *Doing*.'
