"""The HTTP side of the sandbox: server, request bodies, faulty responses, control API."""
