from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoiio import InputInvalid
from hoiio.campaign.exceptions import PlanInvalid
from hoiio.campaign.template import Template
from hoiio.message_size import MAX_PARTS, measure
from tests.sandbox.conftest import LocalService

DEST = '+6591234567'


def test_variables_are_filled_in() -> None:
    template = Template('Dear {{name}}, 100% of {{{ sum }}} is due, {{ name }}.')
    assert template.names == ('name', 'sum')
    text = template.render({'name': 'Tan & Co', 'sum': '<5>'})
    assert text == 'Dear Tan & Co, 100% of <5> is due, Tan & Co.'


def test_a_message_without_variables_stays_as_it_is() -> None:
    template = Template('100% {off} today')
    assert template.names == ()
    assert template.render({}) == template.render_escaped({}) == '100% {off} today'


def test_escaping_changes_the_values_in_two_braces_only() -> None:
    template = Template("<{{name}}> '{{{name}}}'")
    value = '&<>"\'/`='
    escaped = '&amp;&lt;&gt;&quot;&#39;&#x2F;&#x60;&#x3D;'
    assert template.render_escaped({'name': value}) == f"<{escaped}> '{value}'"


@pytest.mark.parametrize(
    ('message', 'reason'),
    [
        ('', 'is empty'),
        (' \n', 'is empty'),
        ('x' * 460, 'more than 3 SMS parts'),
        ('字' * 200 + '{{name}}字字', 'more than 3 SMS parts'),
        ('{{#people}}Hi{{/people}}', 'a section'),
        ('{{^name}}Hi{{/name}}', 'a section'),
        ('{{> footer}}', 'a section, a partial'),
        ('{{! not for them }}', 'a comment'),
        ('{{=<% %>=}}', 'special tag'),
        ('{{&name}}', 'special tag'),
        ('{{first name}}', 'such as first_name'),
        ('{{person.name}}', 'such as first_name'),
        ('{{}}', 'such as first_name'),
        ('{{{}}}', 'such as first_name'),
        ('Dear {{name', 'braces'),
        ('Dear name}}', 'braces'),
        ('{{name}}}', 'braces'),
        ('{{{name}}', 'braces'),
        ('{{{{name}}}}', 'braces'),
        ('{{{name}}}}', 'braces'),
    ],
)
def test_what_is_not_a_variable_is_refused(message: str, reason: str) -> None:
    with pytest.raises(PlanInvalid, match=reason):
        Template(message)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(InputInvalid, match='half a character'):
        Template('Dear \ud83d')


@pytest.mark.parametrize(
    ('message', 'value', 'parts'),
    [
        ('{{name}}', 'x' * 160, 1),
        ('{{name}}', 'x' * 161, 2),
        ('{{name}}', 'x' * 460, 4),
        # Escaped it has 164 characters.
        ('{{name}}', 'x' * 159 + '&', 2),
        ('{{{name}}}', 'x' * 159 + '&', 1),
        # Escaped it has 76 characters and fits one part; as it stands it needs Unicode.
        ('{{name}}', 'x' * 70 + '`', 2),
    ],
)
def test_the_larger_number_of_parts_counts(message: str, value: str, parts: int) -> None:
    assert Template(message).parts(DEST, {'name': value}) == parts


@pytest.mark.parametrize(
    ('dest', 'parts'),
    [
        *((f'+{code}912345678', 2) for code in (1, 27, 253, 60, 62, 84, 86)),
        *((f'+{code}912345678', 1) for code in (65, 852, 44)),
    ],
)
def test_the_line_that_names_the_sender_counts_where_operators_do_not(
    dest: str, parts: int
) -> None:
    # The line has ten characters, and its end counts twice.
    message = 'x' * 150
    assert Template(message, 'Clinic').parts(dest, {}) == parts
    assert Template(message).parts(dest, {}) == 1


def test_the_line_that_names_the_sender_may_bring_other_letters() -> None:
    assert Template('x' * 80, 'Klinik 字').parts('+60123456789', {}) == 2


# Texts that a template may have: anything but two braces in a row, or a brace beside a variable.
PIECES = st.text(st.characters(codec='utf-8', exclude_characters='{}'), max_size=10)
BLANKS = st.sampled_from(['', ' ', '\u00a0\n'])
NAMES = st.sampled_from(['name', 'day', 'x_1', '名字', 'dest2'])
TAGS = st.builds('{{{{{}{}{}}}}}'.format, BLANKS, NAMES, BLANKS)
RAW_TAGS = st.builds('{{{{{{{}{}{}}}}}}}'.format, BLANKS, NAMES, BLANKS)
MESSAGES = st.lists(PIECES | TAGS | RAW_TAGS, min_size=1, max_size=6).map(''.join)
VALUES = st.text(st.characters(codec='utf-8'), min_size=1, max_size=30)
PEOPLE = st.fixed_dictionaries(dict.fromkeys(['name', 'day', 'x_1', '名字', 'dest2'], VALUES))


@pytest.fixture(scope='module')
def service() -> LocalService:
    return LocalService()


@pytest.mark.slow
@given(MESSAGES.filter(str.strip), PEOPLE)
def test_a_text_is_what_the_sandbox_delivers(
    service: LocalService, message: str, person: dict[str, str]
) -> None:
    service.emulator.reset()
    template = Template(message)
    values = {name: person[name] for name in template.names}
    recipients = json.dumps([{'dest': DEST, **values}])
    assert service.status('sms/bulk_send', msg=message, recipients=recipients) == 'success_ok'
    text = template.render(values)
    parts = measure(text).parts
    delivered = [sms.text for sms in service.phone(DEST).inbox]
    assert delivered == ([text] if parts <= MAX_PARTS else [])
    assert template.parts(DEST, values) >= parts
