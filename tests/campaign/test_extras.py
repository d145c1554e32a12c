from __future__ import annotations

import sys
from importlib import import_module

import pytest

from tests.modules import forget


@pytest.mark.parametrize(
    ('module', 'package', 'extras'),
    [
        ('hoiio.campaign', 'phonenumbers', 'campaign'),
        ('hoiio.campaign', 'sqlalchemy', 'campaign'),
        ('hoiio.campaign.celery', 'celery', 'campaign,celery'),
        ('hoiio.campaign.celery', 'celery_batches', 'campaign,celery'),
    ],
)
def test_a_missing_package_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, module: str, package: str, extras: str
) -> None:
    forget(monkeypatch, rf'hoiio\.campaign\b|{package}\b')
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ModuleNotFoundError, match='pip install') as raised:
        import_module(module)
    assert str(raised.value).endswith(f'pip install "hoiio[{extras}]"')
    assert raised.value.name == package
