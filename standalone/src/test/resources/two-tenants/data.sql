-- The same users in the rooms of the same names; the guest is a member of another room in each tenant.
insert into public.members (tenant, room, who) values
  ('north', '1', 'alice'), ('north', '2', 'alice'), ('north', '2', 'guest'),
  ('east', '1', 'alice'), ('east', '2', 'alice'), ('east', '1', 'guest');
