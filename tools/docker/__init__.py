"""``make docker``: what Dockerfile and compose.yaml say, done without Docker.

Steps are carried out in directories, one a stage. Images that
others made are played by what the project has: Python by an empty environment, Odoo's
by one that has Odoo, PostgreSQL by the stack's, nginx by Debian's package. Not tried
are the images themselves and what the engine does: networks, volumes, restarts.
"""
