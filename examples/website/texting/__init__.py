"""Send each SMS exactly once, through a backend that the settings choose."""
