"""JSON answers of the gallery, in the shapes of the templates' README."""
