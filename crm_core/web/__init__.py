"""The HTML face: pages of any resource, sessions, slots and errors."""
