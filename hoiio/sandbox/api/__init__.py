"""The operations: each checks a request, changes the world and answers."""
