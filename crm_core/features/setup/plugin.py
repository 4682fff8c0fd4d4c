"""Table of contents of this feature."""
