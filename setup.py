"""Packaging of hoiio. Tool settings live in pyproject.toml."""

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
VERSION = re.search(r"__version__ = '([^']+)'", (HERE / 'hoiio/__init__.py').read_text('utf-8'))
if VERSION is None:
    raise SystemExit('hoiio/__init__.py states no __version__')

# The address of the repository, without a slash at its end. A maintainer fills it in before the
# first release; until then the package has no links.
REPOSITORY = ''
LINKS = {
    'Source': REPOSITORY,
    'Issues': f'{REPOSITORY}/issues',
    'Changes': f'{REPOSITORY}/blob/main/CHANGELOG.rst',
    'Security': f'{REPOSITORY}/security/policy',
}

README = (HERE / 'README.rst').read_text('utf-8')
if REPOSITORY:
    # The index of packages shows only pictures with a full address.
    README = README.replace('.. image:: ', f'.. image:: {REPOSITORY}/raw/main/')

setup(
    name='hoiio',
    version=VERSION.group(1),
    description='Python SDK of the Hoiio telephony API: calls, SMS, fax, IVR, numbers',
    long_description=README,
    long_description_content_type='text/x-rst',
    project_urls=LINKS if REPOSITORY else {},
    license='MIT',
    # The page of the sandbox holds copies of two libraries.
    license_files=['LICENSE', 'hoiio/sandbox/web/page/vendor/*.LICENSE'],
    keywords='hoiio telephony sms voice call conference fax ivr sdk api',
    packages=find_packages(include=['hoiio', 'hoiio.*']),
    # With it an editable install is a path, which type checkers follow; without it an import hook.
    package_dir={'': '.'},
    # Not in the package: pytest imports it in every run, and with the package comes requests.
    py_modules=['pytest_hoiio'],
    package_data={'hoiio': ['py.typed', 'sandbox/web/page/**/*']},
    python_requires='>=3.10',
    # The guide promises that requests is all an application installs. urllib3 comes with it. It is
    # named because, before 2.6, a few compressed bytes of a hostile answer can fill the memory
    # before anybody counts them. CI tests these lowest versions.
    install_requires=['requests>=2.32.2', 'urllib3>=2.6'],
    extras_require={
        # HTTP parsing, multipart and routing of the local emulator.
        'sandbox': ['Werkzeug>=3.0'],
        # SQLAlchemy: the ledger, in SQLite or PostgreSQL. tzdata: the time zones of quiet hours,
        # which Windows and slim containers lack. phonenumbers: how long the numbers of a country
        # are, and whether they begin with a zero at home. platformdirs: where a system keeps data.
        'campaign': [
            *('SQLAlchemy>=2.0', 'tzdata>=2024.1', 'phonenumbers>=8.13', 'platformdirs>=4.0'),
        ],
        # Celery wakes campaigns up. celery-batches: one transaction for many notifications.
        'celery': ['celery>=5.4', 'celery-batches>=0.10'],
        # argcomplete: what the Tab key completes, in three shells, from the parsers themselves.
        # rich: names in bold and a bar of progress, on a terminal. tomli: profiles are TOML, which
        # Python reads by itself from 3.11 on.
        'cli': ['argcomplete>=3.6.2', 'rich>=13.9.4', 'tomli>=2.0; python_version < "3.11"'],
        # The driver of a ledger in PostgreSQL, with the library of the server that it needs.
        'postgresql': ['psycopg[binary]>=3.2.2'],
    },
    entry_points={
        'console_scripts': ['hoiio = hoiio.cli.main:main'],
        'pytest11': ['hoiio = pytest_hoiio'],
    },
    classifiers=[
        'Development Status :: 5 - Production/Stable',
        'Framework :: Pytest',
        'Intended Audience :: Developers',
        'Operating System :: OS Independent',
        'Programming Language :: Python :: 3',
        'Programming Language :: Python :: 3 :: Only',
        'Programming Language :: Python :: 3.10',
        'Programming Language :: Python :: 3.11',
        'Programming Language :: Python :: 3.12',
        'Programming Language :: Python :: 3.13',
        'Programming Language :: Python :: 3.14',
        'Topic :: Communications :: Telephony',
        'Typing :: Typed',
    ],
)
