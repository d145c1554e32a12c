"""Read phone numbers as people write them, and return them in E.164 form.

What cannot be read with certainty is refused: a message to a wrong number reaches a stranger.
"""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

from .exceptions import PersonInvalid, PlanInvalid

__all__ = ['NumberReader', 'looks_like_number']

_E164 = re.compile(r'\+[1-9][0-9]{6,14}')
_DIGITS = re.compile(r'\+?[0-9]+')

_PUNCTUATION = (
    '.()[]\t\r\n\N{MINUS SIGN}\N{FULLWIDTH LEFT PARENTHESIS}\N{FULLWIDTH RIGHT PARENTHESIS}'
)
# Blanks and hyphens of every script, and marks without a width: no-break spaces are in Zs, hyphens
# in Pd, and the marks that change the direction of writing in Cf.
_CATEGORIES = {'Zs', 'Pd', 'Cf'}

# A spreadsheet that takes a phone number for a quantity writes 6.59E+09 or 6591234567.0.
_SHORTENED = re.compile(r'[+-]?[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+')
_FRACTION = re.compile(r'[0-9]{6,}[.,]00?')
_TRUNK_ZERO = re.compile(r'[(\uFF08]\s*0\s*[)\uFF09]')

# What a column must mostly have to be taken for the one with the phone numbers.
_FEWEST_DIGITS = 6


class _Removed(dict[int, int | None]):
    """A table for `str.translate` that removes punctuation, and learns each character once."""

    def __missing__(self, code: int) -> int | None:
        character = chr(code)
        removed = character in _PUNCTUATION or unicodedata.category(character) in _CATEGORIES
        return self.setdefault(code, None if removed else code)


_REMOVED = _Removed()


class NumberReader:
    """Reads phone numbers, with the country code for those that have none.

    Args:
        prefix: The country code of numbers in national format, such as ``'65'``. Without it, such
            numbers are refused.

    Raises:
        PlanInvalid: The prefix is not a country code.
    """

    def __init__(self, prefix: str | None = None) -> None:
        self.prefix = None if prefix is None else prefix.removeprefix('+')
        self._region = _region_of(self.prefix) if self.prefix is not None else None

    def read(self, text: str) -> str:
        """Return a number in E.164 form.

        Args:
            text: The number, as a person wrote it.

        Returns:
            The number, such as ``'+6591234567'``.

        Raises:
            PersonInvalid: It is not certain which number is meant.
            PlanInvalid: A spreadsheet has rounded the number.

        Example:
            >>> NumberReader('65').read('9123 4567')
            '+6591234567'
        """
        if _E164.fullmatch(text):
            return text
        if not text:
            raise PersonInvalid('there is no phone number')
        _refuse_damage(text)
        number = _without_punctuation(text)
        if number.startswith(('+', '00')):
            return _international(text, number)
        return self._national(number)

    def _national(self, number: str) -> str:
        if self._region is None:
            raise PersonInvalid(
                'the phone number has no country code; begin it with + and the country code, or'
                ' pass the country code of all such numbers, such as --prefix 65'
            )
        try:
            parsed = phonenumbers.parse(number, self._region)
        except phonenumbers.NumberParseException:
            parsed = phonenumbers.PhoneNumber()
        possible = phonenumbers.is_possible_number_with_reason(parsed)
        if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
            raise PersonInvalid(
                f'the phone number has too few or too many digits for a number of +{self.prefix}'
            )
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def looks_like_number(text: str) -> bool:
    """Return True if a text may be a phone number, with or without a country code."""
    number = text.translate(_REMOVED)
    plausible = len(number) >= _FEWEST_DIGITS and _DIGITS.fullmatch(number)
    return bool(plausible or _SHORTENED.fullmatch(text))


def _region_of(prefix: str) -> str:
    code = int(prefix) if prefix.isascii() and prefix.isdigit() else 0
    region = phonenumbers.region_code_for_country_code(code)
    if not region.isalpha() or region == phonenumbers.UNKNOWN_REGION:
        raise PlanInvalid('the prefix is not a country code; use one such as 65')
    return region


def _refuse_damage(text: str) -> None:
    if _SHORTENED.fullmatch(text) or _FRACTION.fullmatch(text):
        raise PlanInvalid(
            'a spreadsheet has rounded the phone number, as in 6.59E+09, and its digits are lost;'
            ' format the column as text, enter the numbers again and export the file again'
        )


def _without_punctuation(text: str) -> str:
    # A spreadsheet calculates +65-9123-4567, and the result can be negative.
    if text.startswith('-'):
        raise PersonInvalid('the phone number begins with a minus sign')
    number = text.translate(_REMOVED)
    if not _DIGITS.fullmatch(number):
        stray = re.sub(r'\A\+|[0-9]', '', number)
        raise PersonInvalid(
            f'the phone number contains the character {stray[0]!r} (U+{ord(stray[0]):04X})'
            if stray
            else 'the phone number has no digits'
        )
    return number


def _international(text: str, number: str) -> str:
    if _TRUNK_ZERO.search(text):
        raise PersonInvalid('the phone number has (0) after the country code; remove the (0)')
    number = f'+{number[2:]}' if number.startswith('00') else number
    if not _E164.fullmatch(number):
        raise PersonInvalid('a phone number has 7 to 15 digits after its +, and the first is not 0')
    return number
