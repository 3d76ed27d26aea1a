#!/bin/sh
# First start of an empty volume: the portal's own role, not a superuser, so that triggers bind it too.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$PORTAL_DATABASE_PASSWORD" --username postgres <<'SQL'
CREATE ROLE portal LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE portal OWNER portal ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
REVOKE CONNECT ON DATABASE portal FROM PUBLIC;
SQL
