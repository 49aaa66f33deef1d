"""Pages of the door, and of the settings."""
