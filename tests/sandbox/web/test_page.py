"""How the files of the phone page are served, and that the vendored ones are unchanged."""

from __future__ import annotations

import http.client
import json
import re
from contextlib import closing
from hashlib import sha256
from urllib.parse import urlsplit

import pytest

from hoiio.sandbox import Sandbox
from hoiio.sandbox.web import page
from hoiio.sandbox.web.page import FOLDER

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self'; object-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
HTML = 'text/html; charset=utf-8'
JAVASCRIPT = 'text/javascript; charset=utf-8'
CSS = 'text/css; charset=utf-8'
FILES = sorted(path for path in FOLDER.rglob('*') if path.suffix in {'.js', '.mjs', '.css', '.svg'})
# A vendored file ends with the name of a map that nobody publishes beside it.
OWN_SCRIPTS = [path for path in FILES if path.suffix == '.js']


def ask(
    sandbox: Sandbox, path: str, verb: str = 'GET', **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    named = {name.replace('_', '-'): value for name, value in headers.items()}
    with closing(http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=30)) as asked:
        asked.request(verb, path, headers=named)
        answer = asked.getresponse()
        return answer.status, answer.headers, answer.read()


@pytest.mark.parametrize(
    ('path', 'mimetype', 'file'),
    [
        ('/_sandbox/', HTML, 'index.html'),
        ('/_sandbox/page/main.js', JAVASCRIPT, 'main.js'),
        ('/_sandbox/page/vendor/preact.mjs', JAVASCRIPT, 'vendor/preact.mjs'),
        ('/_sandbox/page/css/theme.css', CSS, 'css/theme.css'),
        ('/_sandbox/page/icon.svg', 'image/svg+xml', 'icon.svg'),
    ],
)
def test_a_file_has_its_type_and_the_headers_that_keep_the_page_safe(
    sandbox: Sandbox, path: str, mimetype: str, file: str
) -> None:
    code, headers, content = ask(sandbox, path)
    assert (code, content) == (200, (FOLDER / file).read_bytes())
    assert headers['Content-Type'] == mimetype
    assert headers.get_all('Content-Security-Policy') == [POLICY]
    assert headers.get_all('X-Content-Type-Options') == ['nosniff']
    assert headers['Referrer-Policy'] == 'no-referrer'


def test_every_file_of_the_folder_is_served(sandbox: Sandbox) -> None:
    assert len(FILES) > 30
    for path in FILES:
        code, _headers, content = ask(
            sandbox, f'/_sandbox/page/{path.relative_to(FOLDER).as_posix()}'
        )
        assert (code, content) == (200, path.read_bytes()), path


def test_a_browser_asks_each_time_and_gets_a_file_again_only_if_it_has_changed(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    _code, headers, _content = ask(sandbox, '/_sandbox/')
    assert headers['Cache-Control'] == 'no-cache'
    with closing(http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=30)) as asked:
        # A body after this answer would be read as the next one.
        for _ in range(2):
            asked.request('GET', '/_sandbox/', headers={'If-None-Match': headers['ETag']})
            again = asked.getresponse()
            assert (again.status, again.read(), again.headers['ETag']) == (
                304,
                b'',
                headers['ETag'],
            )
    # Another version has another file.
    monkeypatch.setattr(page, 'INDEX', 'main.js')
    code, changed, _content = ask(sandbox, '/_sandbox/', If_None_Match=headers['ETag'])
    assert code == 200
    assert changed['ETag'] != headers['ETag']


def test_head_answers_without_the_content(sandbox: Sandbox) -> None:
    code, headers, content = ask(sandbox, '/_sandbox/', 'HEAD')
    assert (code, content) == (200, b'')
    assert headers['Content-Length'] == str((FOLDER / 'index.html').stat().st_size)


@pytest.mark.parametrize('path', ['/_sandbox/', '/_sandbox/page/main.js'])
def test_the_page_can_only_be_read(sandbox: Sandbox, path: str) -> None:
    code, headers, content = ask(sandbox, path, 'DELETE')
    assert (code, headers['Allow']) == (405, 'GET, HEAD')
    assert json.loads(content) == {'message': 'use GET for the page'}


@pytest.mark.parametrize(
    'path',
    [
        'nowhere.js',
        '../page.py',
        '..%2fpage.py',
        'vendor',
        'vendor/',
        'vendor/SOURCES.txt',
        'css/../../page.py',
        '/etc/hostname',
        'main.js/',
        'MAIN.JS',
        '',
    ],
)
def test_no_other_file_can_be_read(sandbox: Sandbox, path: str) -> None:
    code, headers, _content = ask(sandbox, f'/_sandbox/page/{path}')
    assert (code, headers['Content-Type']) == (404, 'application/json')


def test_the_address_without_its_slash_leads_to_the_page(sandbox: Sandbox) -> None:
    code, headers, _content = ask(sandbox, '/_sandbox')
    assert (code, headers['Location']) == (308, '/_sandbox/')


@pytest.mark.parametrize('path', ['/', '/open/'])
def test_the_bare_address_leads_to_the_page(sandbox: Sandbox, path: str) -> None:
    url = sandbox.url.replace('/open/', '/_sandbox/')
    assert url in json.loads(ask(sandbox, path)[2])['message']
    code, headers, content = ask(sandbox, path, Accept='text/html,*/*;q=0.8')
    assert (code, headers['Content-Type']) == (200, HTML)
    assert headers['Content-Security-Policy'] == POLICY
    assert f'<a href="/_sandbox/">{url}</a>' in content.decode()


@pytest.mark.parametrize('path', ['/', '/_sandbox/'])
def test_a_link_of_another_site_opens_the_page_and_cannot_frame_it(
    sandbox: Sandbox, path: str
) -> None:
    foreign = {'Sec_Fetch_Site': 'cross-site'}
    assert ask(sandbox, path, Sec_Fetch_Dest='document', **foreign)[0] == 200
    for dest in ('iframe', 'object', 'empty', 'script'):
        assert ask(sandbox, path, Sec_Fetch_Dest=dest, **foreign)[0] == 403
    for other in ('/_sandbox/state', '/_sandbox/page/main.js', '/open/user/get_info'):
        assert ask(sandbox, other, Sec_Fetch_Dest='document', **foreign)[0] == 403
    assert ask(sandbox, path, 'POST', Sec_Fetch_Dest='document', **foreign)[0] == 403


def test_the_vendored_files_are_those_of_their_packages() -> None:
    vendor = FOLDER / 'vendor'
    sources = (vendor / 'SOURCES.txt').read_text('utf-8')
    lines = re.findall(r'^([0-9a-f]{64})  (\S+)', sources, re.MULTILINE)
    published = {name: digest for digest, name in lines}
    files = {path.name for path in vendor.iterdir()} - {'SOURCES.txt'}
    assert files == {'preact.mjs', 'preact.LICENSE', 'htm.mjs', 'htm.LICENSE'}
    for name in files:
        assert sha256((vendor / name).read_bytes()).hexdigest() == published[name], name


def test_the_scripts_import_only_files_of_the_folder_and_name_no_other_host() -> None:
    for path in [*FILES, FOLDER / 'index.html']:
        text = path.read_text('utf-8')
        for name in re.findall(r"^(?:import|} from|export).*'(.+)'$", text, re.MULTILINE):
            assert name.startswith('./'), path
            assert (path.parent / name).is_file(), (path, name)
        addresses = set(re.findall(r'\bhttps?://([\w.-]+)', text))
        assert addresses <= {'www.w3.org'}, path


def test_no_script_makes_markup_or_code_of_a_text() -> None:
    risky = re.compile(
        r'innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|\bFunction\('
    )
    for path in OWN_SCRIPTS:
        assert not risky.search(path.read_text('utf-8')), path
