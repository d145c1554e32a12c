"""A website that logs in users by phone, and sends them SMS."""
