"""Files on records: several versions each, shown in place, part of what they hang on."""
