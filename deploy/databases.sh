#!/bin/sh
# The databases of a new PostgreSQL server. Its container runs this once; without one its administrator does, with the
# password of the login in the file that BARRIER_PASSWORD_FILE names.
set -eu
export BARRIER_PASSWORD_FILE="${BARRIER_PASSWORD_FILE:-/run/secrets/barrier_password}"
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\set password `cat "$BARRIER_PASSWORD_FILE"`
CREATE ROLE barrier LOGIN PASSWORD :'password';
CREATE DATABASE store OWNER barrier;
CREATE DATABASE ledger OWNER barrier;
SQL
