#!/usr/bin/env bash
# A database and a role for each service, which no other service's role can enter.
# The PG* variables lead to the server; to repeat it is harmless.
set -euo pipefail
export PGUSER=${POSTGRES_USER:-postgres}

create() { # NAME PASSWORD
  psql -q -v ON_ERROR_STOP=1 -d postgres -v name="$1" <<SQL
\set password '$2'
SELECT format('CREATE ROLE %I LOGIN', :'name')
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
ALTER ROLE :"name" PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'name')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
}

create publishing "${PUBLISHING_PASSWORD:?}"
create feed "${FEED_PASSWORD:?}"
create notifications "${NOTIFICATIONS_PASSWORD:?}"
psql -q -v ON_ERROR_STOP=1 -d postgres -c 'REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC'
