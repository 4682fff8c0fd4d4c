"""Users, departments, teams, roles, sign-in."""
