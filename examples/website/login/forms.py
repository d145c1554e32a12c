"""What the user enters."""

import re

from django import forms
from django.conf import settings

from .codes import DIGITS


class PhoneForm(forms.Form):
    """The number of a mobile phone, with its country code."""

    number = forms.CharField(
        max_length=30, widget=forms.TextInput({'type': 'tel', 'autocomplete': 'tel'})
    )

    def clean_number(self) -> str:
        """Return the number in E.164."""
        number = re.sub(r'[ ().-]', '', self.cleaned_data['number'])
        if not re.fullmatch(r'\+[1-9][0-9]{7,14}', number):
            raise forms.ValidationError('Enter the number with + and the country code.')
        if not number.startswith(settings.LOGIN_PREFIXES):
            raise forms.ValidationError('You cannot log in with a number of this country.')
        return number


class CodeForm(forms.Form):
    """The code of the SMS."""

    code = forms.RegexField(
        rf'^[0-9]{{{DIGITS}}}$',
        error_messages={'invalid': f'Enter the {DIGITS} digits of the SMS.'},
        widget=forms.TextInput({'inputmode': 'numeric', 'autocomplete': 'one-time-code'}),
    )
