"""Set up Django for pytest. With pytest-django, you do not need this file."""

import os
from collections.abc import Iterator

import django
import pytest
from django.test.runner import DiscoverRunner

os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'website.settings')
django.setup()


@pytest.fixture(scope='session', autouse=True)
def _databases() -> Iterator[None]:
    runner = DiscoverRunner(verbosity=0, interactive=False)
    runner.setup_test_environment()
    databases = runner.setup_databases()
    yield
    runner.teardown_databases(databases)
    runner.teardown_test_environment()
