"""One declaration, many faces: what a resource is, and how its rows are written, listed, searched and shown."""
