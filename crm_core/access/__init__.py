"""Who may do what: people, roles, scopes, and the gate that puts them into every query."""
