"""The telephone calls: legs, calls, IVR sessions and the IVR state machine."""
