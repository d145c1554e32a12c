"""The benchmarks run and report correctly. These tests do not check how fast anything is."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

from benchmarks.cli import main, run
from benchmarks.contenders import CONTENDERS
from benchmarks.environments import ROOT, InPlace, Unavailable, VirtualEnvironments, clean
from benchmarks.limits import LIMITS, Limit
from benchmarks.measure import CHECKS, QUICK, Bench, Check, Cost, Spread
from benchmarks.results import Results

SVG = '{http://www.w3.org/2000/svg}'


@pytest.fixture(scope='module')
def chart() -> ModuleType:
    """Import what draws when a test draws: Matplotlib takes longer than most tests."""
    from benchmarks import chart  # noqa: PLC0415

    return chart


@pytest.fixture(scope='module')
def results() -> Results:
    names = [name for name in CONTENDERS if not CONTENDERS[name].is_peer]
    return run(QUICK, InPlace(), [*names, *CHECKS])


@pytest.fixture
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start no server, and make no certificate for it, because nothing is sent."""
    monkeypatch.setattr('benchmarks.cli.make_certificate', lambda *_args: ROOT)
    monkeypatch.setattr('benchmarks.cli.serving', lambda *_args: nullcontext({}))


@pytest.mark.slow
def test_all_contenders_are_measured_over_both_schemes(results: Results) -> None:
    left_out = {line.split()[0] for line in results.left_out}
    assert left_out <= {'httpx'}
    assert list(results.sends) == ['https', 'http']
    for costs in results.sends.values():
        expected = {'http.client', 'urllib3', 'httpx', 'requests', 'hoiio'}
        assert set(costs) == expected - left_out
        assert all(cost.microseconds > 0 for cost in costs.values())
        assert costs['requests'].ratio == (1, 1, 1)


@pytest.mark.slow
def test_every_limit_is_checked(results: Results) -> None:
    assert len(results.checks) == 27
    for check in results.checks:
        assert 0 < check.measured.low <= check.measured.median <= check.measured.high


@pytest.mark.slow
def test_the_json_is_complete_and_contains_no_paths(results: Results) -> None:
    text = json.dumps(results.to_json())
    loaded = json.loads(text)
    assert set(loaded) == {
        *('date', 'python', 'platform', 'seed', 'plan', 'hoiio', 'versions'),
        *('sends', 'checks', 'left_out'),
    }
    assert loaded['versions']['hoiio']['requests']
    assert loaded['sends']['https']['requests']['ratio'] == {'median': 1, 'low': 1, 'high': 1}
    assert str(ROOT) not in text


@pytest.mark.slow
def test_the_tables_name_all_contenders_and_checks(results: Results) -> None:
    text = '\n'.join(results.lines())
    for name in results.sends['https']:
        assert CONTENDERS[name].label in text
    for check in results.checks:
        assert check.what in text


@pytest.mark.slow
@pytest.mark.parametrize('theme', ['light', 'dark'])
def test_the_chart_has_every_bar_with_its_ratio(
    chart: ModuleType, results: Results, theme: str
) -> None:
    root = ElementTree.fromstring(chart.draw(results, chart.THEMES[theme]))  # noqa: S314
    texts = [element.text for element in root.iter(f'{SVG}text')]
    assert root.findtext(f'{SVG}title') == chart.TITLE
    for costs in results.sends.values():
        for name, cost in costs.items():
            assert CONTENDERS[name].label in texts
            assert f'{cost.ratio.median:.2f}' in texts


@pytest.mark.slow
def test_a_contender_with_one_scheme_is_drawn(chart: ModuleType) -> None:
    one = Cost(400.0, Spread(1.0, 1.0, 1.0))
    results = Results(QUICK, sends={'https': {'requests': one, 'vonage': one}, 'http': {}})
    root = ElementTree.fromstring(chart.draw(results, chart.THEMES['light']))  # noqa: S314
    assert 'vonage' in [element.text for element in root.iter(f'{SVG}text')]
    assert 'vonage' in '\n'.join(results.lines())


@pytest.mark.slow
def test_the_same_figures_give_the_same_chart(chart: ModuleType, results: Results) -> None:
    first, again = (chart.draw(results, chart.THEMES['dark']) for _ in range(2))
    assert first == again


@pytest.mark.slow
def test_only_drawing_needs_matplotlib() -> None:
    code = 'import sys, benchmarks.cli; print("matplotlib" in sys.modules)'
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, check=True, cwd=ROOT)
    assert done.stdout.split() == [b'False']


@pytest.mark.parametrize(
    ('ratio', 'at_least', 'holds'),
    [(0.9, False, True), (1.1, False, False), (0.9, True, False), (1.1, True, True)],
)
def test_a_limit_holds_or_not(ratio: float, at_least: bool, holds: bool) -> None:
    check = Check('speed', Spread(ratio, ratio, ratio), Limit(1.0, at_least))
    assert check.holds is holds


def test_a_spread_is_the_median_and_the_quartiles() -> None:
    assert Spread.of([4, 1, 2, 3, 5]) == (3, 2, 4)
    assert Spread.of([7]) == (7, 7, 7)


@pytest.mark.slow
@pytest.mark.usefixtures('no_server')
def test_an_unavailable_contender_is_left_out_with_a_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class NoPeers(InPlace):
        def python(self, name: str) -> str:
            if name == 'twilio':
                raise Unavailable('its packages could not be installed')
            return super().python(name)

    monkeypatch.setattr('benchmarks.cli.measure_sends', lambda _bench, _names: {})
    assert run(QUICK, NoPeers(), ['twilio']).left_out == [
        'twilio: its packages could not be installed'
    ]


def test_an_environment_that_cannot_be_created_is_unavailable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise OSError

    monkeypatch.setattr('venv.create', fail)
    with pytest.raises(Unavailable, match='could not be installed'):
        VirtualEnvironments(tmp_path).python('twilio')


@pytest.mark.slow
@pytest.mark.usefixtures('no_server')
def test_a_run_with_options_writes_no_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr('benchmarks.cli.RESULTS', None)
    monkeypatch.setattr('benchmarks.cli.CHARTS', None)
    monkeypatch.setattr(VirtualEnvironments, 'python', None)
    # So few entries decide nothing, and the limit is close.
    monkeypatch.setattr('benchmarks.measure.LIMITS', {**LIMITS, 'entries kept': Limit(2.0)})
    assert main(['--quick', '--no-peers', '--in-place', '--only', 'memory']) == 0
    assert 'entries kept' in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.usefixtures('no_server')
@pytest.mark.parametrize(('ratio', 'code'), [(1.0, 0), (1.2, 1)])
def test_a_limit_that_does_not_hold_makes_the_command_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ratio: float, code: int
) -> None:
    checks = [Check('speed', Spread(r, r, r), Limit(1.1)) for r in (1.0, ratio)]
    monkeypatch.setitem(CHECKS, 'speed', lambda _bench: checks)
    assert main(['--in-place', '--only', 'speed']) == code
    out, err = capsys.readouterr()
    assert ('speed   1.20  (1.20-1.20)   ≤ 1.10   NO, by 9%' in out) is bool(code)
    assert ('1 of 2 limits do not hold: speed' in err) is bool(code)


@pytest.mark.slow
@pytest.mark.usefixtures('no_server')
def test_a_check_that_cannot_run_makes_the_command_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(bench: Bench) -> list[Check]:
        with bench.workers('pages', ('time', 'of everything')):
            return []

    monkeypatch.setitem(CHECKS, 'speed', fail)
    assert main(['--in-place', '--only', 'speed']) == 1
    assert 'the benchmarks cannot run: speed: it failed with KeyError' in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.usefixtures('no_server')
def test_a_change_of_the_source_during_the_run_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    prints = iter(['before', 'after'])
    monkeypatch.setattr('benchmarks.cli.fingerprint', lambda: next(prints))
    monkeypatch.setattr('benchmarks.cli._names', lambda *_args, **_options: [])
    monkeypatch.setattr('benchmarks.cli.VirtualEnvironments', lambda _directory: InPlace())
    monkeypatch.setattr('benchmarks.cli.RESULTS', None)
    assert main([]) == 0
    assert 'changed during the run' in capsys.readouterr().out


@pytest.mark.slow
def test_without_an_environment_the_command_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unavailable(_self: InPlace, _name: str) -> str:
        raise Unavailable('its packages could not be installed')

    monkeypatch.setattr(InPlace, 'python', unavailable)
    assert main(['--in-place']) == 1
    assert 'the benchmarks cannot run' in capsys.readouterr().err


def test_an_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(['--only', 'nobody'])
    assert "'nobody' is not a contender or a check" in capsys.readouterr().err


def test_settings_of_the_caller_do_not_affect_the_measurement(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = ('HOIIO_APP_ID', 'https_proxy', 'REQUESTS_CA_BUNDLE', 'PYTHONSTARTUP', 'PYTEST_ADDOPTS')
    for name in names:
        monkeypatch.setenv(name, 'x')
    assert 'x' not in clean().values()
    trusting = clean(ROOT / 'client.pem')
    assert trusting['REQUESTS_CA_BUNDLE'] == trusting['SSL_CERT_FILE'] == str(ROOT / 'client.pem')
