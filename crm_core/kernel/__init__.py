"""The machine: sites, registry, hooks, events, jobs, languages. Knows nothing of customers."""
