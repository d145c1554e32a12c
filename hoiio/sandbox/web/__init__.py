"""The sandbox over HTTP: the server, request bodies, faulty responses and the control API."""
