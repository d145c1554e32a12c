"""The API operations, which check a request, change the world and return a reply."""
