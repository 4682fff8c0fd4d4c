"""Mail: boxes of people and teams, what is sent and received through them, filed on customers and contacts."""
