"""Send a message to many people, and to none of them twice."""
