"""The ``hoiio`` command: its arguments, the sandbox commands and the demo."""
