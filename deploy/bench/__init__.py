"""`manage.py bench`: how fast the portal is, beside bare PostgreSQL and bare Django on the same machine at the same time."""
