"""What the backend's routes call."""
