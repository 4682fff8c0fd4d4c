"""What core offers to people. Every folder has the file names of a plugin; `plugin.py` is its table of contents."""
