-- No foreign keys, and the tenant is in one primary key only: nothing but Rowcast keeps the two tenants apart.
create table public.notes (
  id int primary key, tenant text not null, room text not null, title text not null, state text not null);
create table public.lists (
  tenant text, id int, room text not null, title text not null, primary key (tenant, id));
create table public.remarks (id int primary key, tenant text not null, note int not null, title text not null);
create table public.members (
  id int generated always as identity primary key, tenant text not null, room text not null, who text not null,
  unique (tenant, room, who));
create table public.posts (
  id int generated always as identity primary key, tenant text not null, room text not null, kind text not null,
  collection text not null, item_id text not null, metadata jsonb not null);

alter table public.notes replica identity full;
alter table public.lists replica identity full;
alter table public.remarks replica identity full;
alter table public.members replica identity full;

create publication rowcast_two for table
  public.notes, public.lists, public.remarks, public.members, public.posts, rowcast.api_keys, rowcast.heartbeat;
