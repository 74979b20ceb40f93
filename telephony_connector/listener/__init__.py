"""The process glue: one task per telephone system, and the way into the ORM."""
