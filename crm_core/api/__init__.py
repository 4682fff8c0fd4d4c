"""The JSON face of every resource: /api/v1/<package>/<resource>."""
