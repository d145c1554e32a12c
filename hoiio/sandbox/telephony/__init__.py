"""What happens on a line: legs, calls, IVR sessions and their machine."""
