from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoiio.campaign.exceptions import PersonInvalid, PlanInvalid
from hoiio.campaign.numbers import NumberReader, looks_like_number


@pytest.mark.parametrize(
    'text',
    [
        '+6591234567',
        '+65 9123 4567',
        '(+65) 9123-4567',
        '[+65] 9123.4567',
        '0065 9123 4567',
        '00 65-9123-4567',
        '+65\u00a09123\u202f4567',
        '+65\u20119123\u20134567',
        '+65\u22129123\u22124567',
        '\u202a+6591234567\u202c',
        '\u200e+65\u200b9123\ufeff4567',
        '+65 \uff089123\uff094567',
        '\t+65\t9123\t4567',
    ],
)
def test_punctuation_and_marks_are_removed(text: str) -> None:
    assert NumberReader().read(text) == '+6591234567'


@pytest.mark.parametrize(
    ('prefix', 'text', 'number'),
    [
        ('65', '91234567', '+6591234567'),
        ('+65', '9123 4567', '+6591234567'),
        # The country code is there already.
        ('65', '6591234567', '+6591234567'),
        # A number of eight digits that begins like the country code.
        ('65', '65123456', '+6565123456'),
        ('60', '012-345 6789', '+60123456789'),
        ('60', '60123456789', '+60123456789'),
        ('62', '0812 3456 7890', '+6281234567890'),
        ('44', '(0)7911 123456', '+447911123456'),
        ('1', '1 415 555 2671', '+14155552671'),
        ('1', '(415) 555-2671', '+14155552671'),
        ('39', '06 6982 1234', '+390669821234'),
        ('65', '+852 9123 4567', '+85291234567'),
        ('65', '00852 9123 4567', '+85291234567'),
    ],
)
def test_a_number_without_country_code_gets_the_prefix(prefix: str, text: str, number: str) -> None:
    assert NumberReader(prefix).read(text) == number


@pytest.mark.parametrize(
    ('prefix', 'text', 'reason'),
    [
        (None, '', 'there is no phone number'),
        (None, '91234567', 'no country code'),
        (None, '6591234567', 'no country code'),
        ('65', '9123456', 'too few or too many digits'),
        ('65', '912345678', 'too few or too many digits'),
        ('65', '1', 'too few or too many digits'),
        ('65', '91234567 81234567', 'too few or too many digits'),
        (None, '+', 'no digits'),
        ('65', ' - ', 'no digits'),
        ('65', '-91234567', 'begins with a minus'),
        ('65', '91234567/81234567', "the character '/'"),
        ('65', '91234567,81234567', "the character ','"),
        ('65', 'unknown', "the character 'u'"),
        ('65', '9123 4567 ext. 3', "the character 'e'"),
        ('65', "'+6591234567", 'the character "\'"'),
        ('65', '++6591234567', r"the character '\+'"),
        ('65', '+6591234567 +6581234567', r"the character '\+'"),
        # A digit of another script may be a mistake of a keyboard, and is not guessed at.
        ('65', '\u0669\u0661234567', r"the character '\u0669' \(U\+0669\)"),
        ('65', '\uff19\uff11234567', r'U\+FF19'),
        ('65', '9\u00b21234567', r'U\+00B2'),
        (None, '+651', '7 to 15 digits'),
        (None, '+6591234567890123', '7 to 15 digits'),
        (None, '+06591234567', 'the first is not 0'),
        (None, '00', '7 to 15 digits'),
        (None, '+44 (0)20 7946 0958', r'remove the \(0\)'),
        (None, '0044 ( 0 ) 20 7946 0958', r'remove the \(0\)'),
    ],
)
def test_a_number_that_is_not_certain_is_refused(
    prefix: str | None, text: str, reason: str
) -> None:
    with pytest.raises(PersonInvalid, match=reason):
        NumberReader(prefix).read(text)


@pytest.mark.parametrize(
    'text', ['6.59E+09', '6,59E+09', '6.59123456E+09', '7E+10', '+6.59e9', '6591234567.0']
)
def test_a_number_that_a_spreadsheet_has_rounded_stops_the_plan(text: str) -> None:
    with pytest.raises(PlanInvalid, match='format the column as text'):
        NumberReader('65').read(text)


@pytest.mark.parametrize('prefix', ['', 'x', '6x', '999', '0', '800', '٦٥', '+', '6591'])
def test_the_prefix_must_be_the_code_of_a_country(prefix: str) -> None:
    with pytest.raises(PlanInvalid, match='not a country code'):
        NumberReader(prefix)


@pytest.mark.parametrize('text', ['+6591234567', '9123 4567', '(020) 7946-0958', '6.59E+09'])
def test_what_looks_like_a_number(text: str) -> None:
    assert looks_like_number(text)


@pytest.mark.parametrize('text', ['', 'phone', '12345', '2026', 'Block 123456', '+', '12/10/2026'])
def test_what_does_not_look_like_a_number(text: str) -> None:
    assert not looks_like_number(text)


NUMBERS = st.from_regex(r'[1-9][0-9]{6,14}', fullmatch=True, alphabet='0123456789')
# No brackets: around a zero they mean something else.
FILLERS = st.text(st.sampled_from(' .-\t\u00a0\u2011\u200e\u202a\u202c\ufeff'), max_size=3)


@pytest.mark.slow
@given(NUMBERS, st.lists(FILLERS, min_size=17, max_size=17), st.sampled_from(['+', '00']))
def test_each_number_is_read_however_it_is_punctuated(
    digits: str, fillers: list[str], start: str
) -> None:
    pairs = zip(f'{start}{digits}', fillers, strict=False)
    written = ''.join(f'{character}{filler}' for character, filler in pairs)
    assert NumberReader().read(written) == f'+{digits}'


@pytest.mark.slow
@given(st.text(), st.sampled_from([None, '1', '44', '60', '65']))
def test_whatever_the_text_it_is_a_number_or_an_error_of_ours(
    text: str, prefix: str | None
) -> None:
    try:
        number = NumberReader(prefix).read(text)
    except (PersonInvalid, PlanInvalid):
        return
    assert NumberReader().read(number) == number
    # No digit of the text is lost, except the zeros with which countries or lines begin.
    ours = ''.join(each for each in text if each in '0123456789').lstrip('0')
    assert number.endswith(ours) or number[1:].endswith(ours.removeprefix('1'))


@pytest.mark.slow
@given(st.from_regex(r'[689][0-9]{7}', fullmatch=True, alphabet='0123456789'))
def test_a_national_number_means_the_same_with_and_without_its_country_code(
    national: str,
) -> None:
    reader = NumberReader('65')
    assert reader.read(national) == reader.read(f'65{national}') == f'+65{national}'
