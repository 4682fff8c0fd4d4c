"""Appointments: what people have planned for an hour, with whom and in which room; the calendar of people and rooms."""
