"""The ``hoiio`` command: its arguments, the sandbox in a terminal, the demo."""
