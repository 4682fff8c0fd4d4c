"""A small second package with tables of every shape: what the spine is tried on, independent of what features become."""
