-- Keeps a value that was read from the database, unless something that made it stale was applied and is not in its
-- snapshot, or could have been.
-- KEYS: meta, generations, values of the tag, leases of the tag, fences
-- ARGV: epoch, token, payload, time to live in ms, xmin, xmax, xip as x,x,.., start by this clock in ms, fence in ms,
--       tenant's field, name, most names of a tag, tag's field
-- Answers: status, applied offset
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local name = ARGV[11]

local lease = redis.call('HGET', KEYS[4], name)
if not lease then return {'LEASE_LOST', '-1'} end
local held = cmsgpack.unpack(lease)
if held[1] ~= ARGV[1] or held[2] ~= ARGV[2] then return {'LEASE_LOST', '-1'} end
redis.call('HDEL', KEYS[4], name)

local meta = redis.call('HMGET', KEYS[1], 'epoch', 'off')
if meta[1] ~= ARGV[1] or not meta[2] then return {'EPOCH', '-1'} end
local started = tonumber(ARGV[8])
-- A fence lives for a while only, so what took longer than half of that may have missed one.
if now - started > tonumber(ARGV[9]) / 2 then return {'TOO_OLD', meta[2]} end

-- Transaction ids are 32 bit and go round.
local function before(a, b) return (a - b) % 4294967296 >= 2147483648 end
local xmin, xmax = tonumber(ARGV[5]), tonumber(ARGV[6])
local running = {}
for x in string.gmatch(ARGV[7], '%d+') do running[tonumber(x)] = true end
local function seen(kind, x, at)
  if kind == 'F' then return before(x, xmin) end -- stands for many, x is the last of them
  if kind == 'T' then return at < started end -- of an unknown transaction: only a later read has it
  return before(x, xmin) or (before(x, xmax) and not running[x])
end
for _, fence in ipairs(redis.call('HMGET', KEYS[5], ARGV[13], ARGV[10], '*')) do
  if fence then
    for kind, x, at in string.gmatch(fence, '(%a)(%d+):(%d+)') do
      if not seen(kind, tonumber(x), tonumber(at)) then return {'FENCED', meta[2]} end
    end
  end
end

local generations = redis.call('HMGET', KEYS[2], ARGV[10], '*')
local ttl = tonumber(ARGV[4])
if redis.call('HEXISTS', KEYS[3], name) == 0 and redis.call('HLEN', KEYS[3]) >= tonumber(ARGV[12]) then
  redis.call('DEL', KEYS[3])
end
redis.call('HSET', KEYS[3], name,
  cmsgpack.pack({ARGV[1], generations[1] or '', generations[2] or '', now + ttl, ARGV[3]}))
if redis.call('PTTL', KEYS[3]) < ttl then redis.call('PEXPIRE', KEYS[3], ttl) end
return {'KEPT', meta[2]}
