-- What Rowcast needs in a database, whatever the application's tables are.
--
-- Run it once as the owner of the database; a second run changes nothing:
--   psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f infra/postgres/setup.sql
--
-- The publication and the replica identity of the application's tables belong to the application
-- (examples/vaults/schema.sql shows them), because those tables must exist first. Both tables below must be
-- in that publication too. The roles are in role.sql.
--
-- The server itself needs wal_level = logical and a finite max_slot_wal_keep_size: a slot without a reader
-- otherwise keeps write-ahead log until the disk is full.

create schema if not exists rowcast;

comment on schema rowcast is 'Rowcast: credentials and liveness. Holds no application data.';

-- Credentials live in a captured table, so that issuing and revoking one is a change like any other: it takes
-- effect without a restart, and in order with the rows that it gives access to.
create table if not exists rowcast.api_keys (
  id         text primary key check (id <> ''),
  tenant     text not null check (tenant <> ''),
  kind       text not null check (kind in ('publishable', 'secret')),
  hash       text not null unique check (hash ~ '^[0-9a-f]{64}$'),
  scopes     text[] not null check (cardinality(scopes) > 0),
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

comment on table rowcast.api_keys is 'Who may connect, and as which tenant.';
comment on column rowcast.api_keys.id is 'Name of the key, safe to log; the key itself is never stored.';
comment on column rowcast.api_keys.tenant is
  'The tenant of every connection made with this key. It comes from here and never from the request.';
comment on column rowcast.api_keys.kind is
  'publishable: for browsers, reads and subscribes in one tenant. secret: for servers, may publish.';
comment on column rowcast.api_keys.hash is
  'SHA-256 of the key in lower-case hex. Enough for long random keys; a key is never a password that a person chose.';
comment on column rowcast.api_keys.scopes is 'What the key may do: subscribe, read, publish.';
comment on column rowcast.api_keys.revoked_at is
  'Set it to revoke: the key''s connections end. Deleting the row revokes too, but leaves no trace.';

-- A deleted or changed key must be found by the values it had: its tenant (the partition) and its hash.
alter table rowcast.api_keys replica identity full;

-- A quiet database sends nothing, and a reader that hears nothing cannot tell silence from a stopped pipeline.
-- It also cannot confirm a position, so the slot would keep the log of other, busier databases on the server.
-- One row, rewritten every few seconds, ends both.
create table if not exists rowcast.heartbeat (
  id       int primary key,
  beat_at  timestamptz,
  redis_ms bigint
);

comment on table rowcast.heartbeat is 'Proof of life that travels the whole path: log, topics, gateways, caches.';
comment on column rowcast.heartbeat.id is '1 is the capture process; 2 is the canary, which it rewrites now and then for gateways to read through caches.';
comment on column rowcast.heartbeat.beat_at is 'When the row was written, by the clock of the database.';
comment on column rowcast.heartbeat.redis_ms is
  'Time of the Redis clock in ms since 1970, read before the row was written. When the row has come back through '
  'the log, the cache is at least this fresh; one clock at both ends, so clock skew cannot matter. Null without Redis. '
  'Of the canary it is how often that was written.';

insert into rowcast.heartbeat (id, beat_at) values (1, now()) on conflict (id) do nothing;

-- The way back when the log cannot be continued (docs/how-to/when-the-slot-is-in-trouble.md). A row gives up one
-- epoch: ingest drops the slot, reads all tables again and begins a new epoch, in which every client starts anew. Ingest
-- says which epoch; a row for any other one does nothing.
create table if not exists rowcast.resnapshots (
  source   text not null,
  epoch    text not null check (epoch ~ '^[0-9a-f]{16}$'),
  asked_at timestamptz not null default now(),
  asked_by text not null default current_user,
  primary key (source, epoch)
);

comment on table rowcast.resnapshots is 'Epochs that an operator gave up; the slot is made anew.';

-- A request to read one table again while its changes stream on: ./rowcast backfill TABLE writes a row here, and so
-- does the capture process where members or parents have to be known again; the capture process takes it. The table is
-- not published. Who may insert here may cause load, no more: only a table of the catalog, by its exact name, is ever
-- read.
create table if not exists rowcast.backfills (
  id           bigint generated always as identity primary key,
  source       text not null check (source <> ''),
  table_name   text not null check (table_name <> ''),
  requested_at timestamptz not null default now(),
  requested_by text not null default current_user,
  cancel       boolean not null default false,
  state        text not null default 'requested'
               check (state in ('requested', 'running', 'done', 'refused', 'failed', 'cancelled')),
  started_at   timestamptz,
  ended_at     timestamptz,
  rows         bigint not null default 0,
  expected     bigint,
  last_key     text[],
  until_key    text[],
  reason       text
);

create index if not exists backfills_open on rowcast.backfills (source, id) where state in ('requested', 'running');

comment on table rowcast.backfills is 'Tables that are to be read again, and what became of it.';
comment on column rowcast.backfills.source is 'The catalog''s name of this database: which capture process it is for.';
comment on column rowcast.backfills.table_name is 'schema.table, exactly as in the catalog.';
comment on column rowcast.backfills.cancel is 'Set it to end one that runs.';
comment on column rowcast.backfills.rows is 'Published so far.';
comment on column rowcast.backfills.expected is 'Roughly how many rows the table had when it began.';
comment on column rowcast.backfills.last_key is
  'Primary key of the last row that is published, as text. A capture process that takes over goes on behind it.';
comment on column rowcast.backfills.until_key is 'The table''s last key when it began; later rows come through the log.';
comment on column rowcast.backfills.reason is 'Why it ended as it did, or what it waits for.';

-- Keys and liveness are nobody's business by default.
revoke all on schema rowcast from public;
revoke all on all tables in schema rowcast from public;
