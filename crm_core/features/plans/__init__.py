"""Plans of work by year, month and week, and the journal of what was done."""
