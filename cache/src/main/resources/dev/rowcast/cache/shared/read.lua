-- Asks for one value. Either it may be trusted, or the asker is told to bring it, to wait for who does, or to do without.
-- KEYS: meta, generations, values of the tag, leases of the tag
-- ARGV: longest age of the watermark in ms, lease in ms, token, tenant's field, name
-- Answers: status, payload or lease, applied offset, clock in ms, watermark
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
    return {'HIT', entry[5], off, tostring(now), wm}
  end
end

local lease = redis.call('HGET', KEYS[4], ARGV[5])
if lease then
  local held = cmsgpack.unpack(lease)
  if held[1] == epoch and held[3] > now then return {'WAIT', '', off, tostring(now), wm} end
end
redis.call('HSET', KEYS[4], ARGV[5], cmsgpack.pack({epoch, ARGV[3], now + tonumber(ARGV[2])}))
redis.call('PEXPIRE', KEYS[4], ARGV[2])
return {'FILL', epoch, off, tostring(now), wm}
