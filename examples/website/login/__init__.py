"""Login by phone number and one-time code."""
