"""The JSON face of every resource: /api/v1/<package>/<resource>. The blueprint is that of `crm_core.api.openapi`."""
