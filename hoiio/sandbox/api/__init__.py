"""The API operations. Each one checks a request, changes the world and returns a reply."""
