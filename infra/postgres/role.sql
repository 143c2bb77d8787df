-- The two roles a production Rowcast connects with. Neither owns anything, creates anything or sees a table
-- that is not published.
--
-- Run it as a superuser or as a role with CREATEROLE and REPLICATION, after setup.sql and after the
-- application's publication exists, and again whenever a table joins the publication:
--   psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f infra/postgres/role.sql
--
-- The roles come without a password, so nobody can log in by password until you set one:
--   \password rowcast_capture
--   \password rowcast_reader

do $$
begin
  -- Reads the write-ahead log and takes the first snapshot.
  if not exists (select from pg_roles where rolname = 'rowcast_capture') then
    create role rowcast_capture login replication;
  end if;
  -- Answers the read API and fills caches. Policies hold for it, because it owns nothing and has no BYPASSRLS.
  if not exists (select from pg_roles where rolname = 'rowcast_reader') then
    create role rowcast_reader login;
  end if;
end
$$;

-- Under a row-level security policy a snapshot would be short without anybody noticing. With row_security off
-- Postgres raises an error instead, and the table has to be granted to this role on purpose.
alter role rowcast_capture set row_security = off;

-- The reader cannot write even where somebody grants it more later, and a slow page cannot hold a connection.
alter role rowcast_reader set default_transaction_read_only = on;
alter role rowcast_reader set statement_timeout = '5s';

grant usage on schema rowcast to rowcast_capture, rowcast_reader;
grant select on rowcast.api_keys, rowcast.resnapshots to rowcast_capture;
grant select, insert, update on rowcast.heartbeat to rowcast_capture;
-- One of its rows is the canary by which gateways see that no cached answer is too old.
grant select on rowcast.heartbeat to rowcast_reader;
-- It says what became of a request, and makes one when a table that it had set aside flows again.
grant select, insert, update on rowcast.backfills to rowcast_capture;

-- SELECT on exactly what the publications name. Rowcast's own tables are left out: the reader has no business
-- with credentials, and both roles have their rights on the others above.
do $$
declare
  published record;
begin
  for published in
    select distinct schemaname, tablename
    from pg_publication_tables
    where starts_with(pubname, 'rowcast_') and schemaname <> 'rowcast'
  loop
    execute format('grant usage on schema %I to rowcast_capture, rowcast_reader', published.schemaname);
    execute format('grant select on table %I.%I to rowcast_capture, rowcast_reader',
      published.schemaname, published.tablename);
  end loop;
end
$$;
