"""Files in and out: reading, matching, importing, exporting."""
