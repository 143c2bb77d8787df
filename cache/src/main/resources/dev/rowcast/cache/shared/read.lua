-- Asks for one value. Either it may be trusted, or the asker is told to bring it, to wait for who does, or to do without.
-- KEYS: meta, generations, values of the tag, leases of the tag
-- ARGV: longest age of the watermark in ms, time in ms for which others wait for who brings the value, token, tenant's
--       field, name, most names of a tag, time in ms for which leases of a tag are kept after the last one
-- Answers: status, payload or epoch, applied offset, clock in ms, watermark, rest of its life in ms or token of the
--          lease
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'off', 'wm')
local epoch, off, wm = meta[1], meta[2], meta[3]
if not epoch or not off then return {'UNKNOWN', '', '-1', tostring(now), ''} end
if not wm then return {'CATCHING_UP', '', off, tostring(now), ''} end
if now - tonumber(wm) > tonumber(ARGV[1]) then return {'LATE', '', off, tostring(now), wm} end
-- Of another server's clock: nothing says how old it is.
if tonumber(wm) > now then return {'AHEAD', '', off, tostring(now), wm} end

local generations = redis.call('HMGET', KEYS[2], ARGV[4], '*')
local kept = redis.call('HGET', KEYS[3], ARGV[5])
if kept then
  local entry = cmsgpack.unpack(kept)
  if entry[1] == epoch and entry[2] == (generations[1] or '') and entry[3] == (generations[2] or '')
    and entry[4] > now then
    return {'HIT', entry[5], off, tostring(now), wm, tostring(entry[4] - now)}
  end
end

local token = ARGV[3]
local lease = redis.call('HGET', KEYS[4], ARGV[5])
if lease then
  local held = cmsgpack.unpack(lease)
  if held[1] == epoch then
    if held[3] > now then return {'WAIT', '', off, tostring(now), wm} end
    -- Who holds it takes long. Nothing was evicted since, so it is good for both, and the first of them brings the value.
    token = held[2]
  end
elseif redis.call('HLEN', KEYS[4]) >= tonumber(ARGV[6]) then
  -- Who held one reads for himself only.
  redis.call('DEL', KEYS[4])
end
redis.call('HSET', KEYS[4], ARGV[5], cmsgpack.pack({epoch, token, now + tonumber(ARGV[2])}))
redis.call('PEXPIRE', KEYS[4], ARGV[7])
return {'FILL', epoch, off, tostring(now), wm, token}
