"""How notifications are queued, signed and delivered."""
