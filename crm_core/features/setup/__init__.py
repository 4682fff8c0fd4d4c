"""First start, jobs and deliveries, recycle bin."""
