-- About 1,000 rows of sample data in two tenants, the same on every machine, and three sample keys.
--
-- Runs once: where any vault exists it does nothing, so that what you changed or deleted stays that way.
-- The keys are printed in the README for everybody to read. Never load this file into a database that matters.

do $$
begin
  if exists (select from public.vaults) then
    return;
  end if;

  -- Ids are unique across tenants: vaults 1 to 8 belong to demo, 9 to 12 to other.
  insert into public.vaults (id, site_id, title, owner_id, created_at)
  select id, site_id, title, owner_id, timestamptz '2026-01-12 09:00+00' + id * interval '3 days'
  from (values
    (1, 'demo', 'Heat pumps in old houses', 'mira'),
    (2, 'demo', 'Night trains', 'tomas'),
    (3, 'demo', 'Bread and grain', 'ines'),
    (4, 'demo', 'Rivers and floods', 'mira'),
    (5, 'demo', 'Reading in schools', 'jonas'),
    (6, 'demo', 'City trees', 'aiko'),
    (7, 'demo', 'Repairing electronics', 'samir'),
    (8, 'demo', 'Small museums', 'lena'),
    (9, 'other', 'Coffee supply', 'nadia'),
    (10, 'other', 'Warehouse safety', 'felix'),
    (11, 'other', 'Packaging', 'priya'),
    (12, 'other', 'Customer interviews', 'mateo')
  ) as vault (id, site_id, title, owner_id);

  -- Six members in each vault of demo, four in each of other; the owner comes first.
  insert into public.vault_members (id, site_id, vault_id, user_id, role, created_at)
  select row_number() over (order by v.id, seat), v.site_id, v.id, team.users[1 + (start + seat) % size],
    case when seat = 0 then 'owner' when seat % 3 = 2 then 'viewer' else 'contributor' end,
    v.created_at + seat * interval '2 hours'
  from public.vaults v
  join (values
    ('demo', array['mira', 'tomas', 'ines', 'jonas', 'aiko', 'samir', 'lena', 'oskar'], 6),
    ('other', array['nadia', 'felix', 'priya', 'mateo'], 4)
  ) as team (site_id, users, seats) on team.site_id = v.site_id
  cross join lateral (select cardinality(team.users) as size, array_position(team.users, v.owner_id) - 1 as start) as c
  cross join lateral generate_series(0, team.seats - 1) as seat;

  -- Two users to be, with ./rowcast token --sub: alice is in every vault of demo, bob in the first two; in the other
  -- tenant bob is somebody else. A key may be a member too: who has the tenant's key sees its first vault.
  insert into public.vault_members (id, site_id, vault_id, user_id, role, created_at)
  select 100 + row_number() over (order by v.id, one.user_id), v.site_id, v.id, one.user_id, one.role, v.created_at
  from public.vaults v
  cross join lateral (values
    ('alice', 'contributor', v.site_id = 'demo'),
    ('bob', 'viewer', v.id in (1, 2, 9)),
    (v.site_id || '-publishable', 'viewer', v.id in (1, 9))
  ) as one (user_id, role, present)
  where one.present;

  -- Twelve sources in vault 1, which fit one page; thirty-six in each of the others.
  insert into public.sources (id, site_id, vault_id, title, url, added_by, created_at)
  select id, site_id, vault_id, title,
    format('https://%s/%s',
      (array['journal.example.org', 'archive.example.com', 'data.example.net', 'library.example.org',
        'news.example.com'])[1 + id % 5],
      trim(both '-' from regexp_replace(lower(title), '[^a-z0-9]+', '-', 'g'))),
    (select (array_agg(m.user_id order by m.id))[1 + named.id % 3]
      from public.vault_members m where m.vault_id = named.vault_id and m.role <> 'viewer'),
    timestamptz '2026-02-20 08:00+00' + id * interval '2 hours 17 minutes'
  from (
    select row_number() over (order by v.id, n) as id, v.site_id, v.id as vault_id,
      format(
        (array['%s: a field report', 'What we know about %s', '%s, ten years on', 'A short history of %s',
          'Measuring %s', '%s: costs and benefits', 'Interview notes on %s', 'Open data on %s', 'Mistakes with %s',
          '%s: a reading list', 'Who pays for %s?', '%s in numbers'])[1 + (v.id * 5 + n) % 12],
        theme.subjects[1 + (n + n / 12) % 4]) as lower_title
    from public.vaults v
    join (values
      (1, array['flow temperature', 'radiator sizing', 'defrost cycles', 'noise at night']),
      (2, array['sleeper carriages', 'border stops', 'ticket prices', 'track access']),
      (3, array['sourdough starters', 'old wheat varieties', 'stone mills', 'village ovens']),
      (4, array['flood plains', 'gauge readings', 'weir removal', 'early warnings']),
      (5, array['reading aloud', 'school libraries', 'shared texts', 'late readers']),
      (6, array['shade on streets', 'root damage', 'young lime trees', 'watering rounds']),
      (7, array['spare parts', 'glued batteries', 'repair manuals', 'solder work']),
      (8, array['opening hours', 'donated objects', 'labels and captions', 'volunteer rotas']),
      (9, array['harvest forecasts', 'green bean storage', 'freight delays', 'fair contracts']),
      (10, array['forklift lanes', 'lifting aids', 'near misses', 'shift handover']),
      (11, array['moulded pulp', 'return crates', 'paper tape', 'drop tests']),
      (12, array['first orders', 'cancelled trials', 'invoice questions', 'onboarding calls'])
    ) as theme (vault_id, subjects) on theme.vault_id = v.id
    cross join lateral generate_series(1, case when v.id = 1 then 12 else 36 end) as n
  ) as named
  cross join lateral (select upper(left(lower_title, 1)) || substr(lower_title, 2) as title) as sentence;

  insert into public.annotations (id, site_id, source_id, author_id, body, created_at)
  select n, s.site_id, s.id,
    (select (array_agg(m.user_id order by m.id))[1 + n % 3]
      from public.vault_members m where m.vault_id = s.vault_id and m.role <> 'viewer'),
    (array['Check the sample size before we cite this.', 'The second table answers our question.',
      'Contradicts the report from January.', 'Good photographs, thin on figures.', 'Ask for the raw data.',
      'Quote the last paragraph in the summary.', 'Out of date since the rules changed.',
      'The method is described in the appendix.', 'Same author as the reading list.', 'Needs a second opinion.',
      'Use this one for the introduction.', 'The map on page four is the useful part.'])[1 + n % 12],
    s.created_at + (1 + n % 50) * interval '31 minutes'
  from generate_series(1, 350) as n
  join public.sources s on s.id = 1 + (n * 7) % 408;

  insert into public.files (id, site_id, vault_id, name, media_type, size_bytes, created_at)
  select n, v.site_id, v.id, kind.name || '-' || lpad(n::text, 3, '0') || kind.suffix, kind.media_type,
    20000 + (n * 7919) % 900000, timestamptz '2026-03-01 10:00+00' + n * interval '5 hours'
  from generate_series(1, 60) as n
  join public.vaults v on v.id = 1 + n % 12
  join (values
    (0, 'minutes', '.pdf', 'application/pdf'),
    (1, 'survey', '.csv', 'text/csv'),
    (2, 'site-photo', '.jpg', 'image/jpeg')
  ) as kind (number, name, suffix, media_type) on kind.number = n % 3;

  insert into public.activity_logs (id, site_id, vault_id, user_id, action, collection, item_id, metadata, timestamp)
  select row_number() over (order by s.id), s.site_id, s.vault_id, s.added_by, 'source.added', 'sources', s.id::text,
    jsonb_build_object('title', s.title), s.created_at
  from public.sources s
  where s.id % 4 = 1;

  -- Rows above name their ids; the next insert must go on after them.
  perform setval(pg_get_serial_sequence('public.vaults', 'id'), (select max(id) from public.vaults));
  perform setval(pg_get_serial_sequence('public.sources', 'id'), (select max(id) from public.sources));
  perform setval(pg_get_serial_sequence('public.annotations', 'id'), (select max(id) from public.annotations));
  perform setval(pg_get_serial_sequence('public.vault_members', 'id'), (select max(id) from public.vault_members));
  perform setval(pg_get_serial_sequence('public.activity_logs', 'id'), (select max(id) from public.activity_logs));
  perform setval(pg_get_serial_sequence('public.files', 'id'), (select max(id) from public.files));

  insert into rowcast.api_keys (id, tenant, kind, hash, scopes)
  values
    ('demo-publishable', 'demo', 'publishable', encode(sha256('pk_demo'::bytea), 'hex'), '{subscribe}'),
    ('other-publishable', 'other', 'publishable', encode(sha256('pk_other'::bytea), 'hex'), '{subscribe}'),
    ('demo-secret', 'demo', 'secret', encode(sha256('sk_demo_sample'::bytea), 'hex'), '{subscribe,publish}')
  on conflict do nothing;
end
$$;
