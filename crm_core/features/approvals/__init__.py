"""What one person asks and others agree to: review of new records first, flows on the same tables."""
