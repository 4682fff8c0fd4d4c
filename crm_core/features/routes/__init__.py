"""Routes: in which order the customers of a day are visited, and when one is where."""
