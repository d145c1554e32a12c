"""``python -m hoiio`` is the ``hoiio`` command."""

from hoiio.cli.main import main

if __name__ == '__main__':
    raise SystemExit(main())
