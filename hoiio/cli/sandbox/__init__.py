"""The ``hoiio sandbox`` command: it runs a sandbox, or controls one that is running."""
