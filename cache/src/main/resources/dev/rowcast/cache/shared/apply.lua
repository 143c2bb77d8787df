-- Makes stale what a piece of the log says, if it is the next piece: whoever is not where Redis is, is told where that
-- is. So a zombie, what is sent twice, and a replica that had not everything when it took over all end right.
-- KEYS: meta, generations, fences, ages, then for each tag: its values, its leases
-- ARGV: topic id, offset before, offset after, watermark or '', fence in ms, most fences of a tag, time in ms for which
--       generations are kept, tags, then for each tag: its field, transaction;
--       then for each tenant of which everything is stale: its field ('*' for all tenants), transaction, offset
-- Answers: status, topic id, offset, epoch
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local meta = redis.call('HMGET', KEYS[1], 'topic', 'off', 'epoch')
if not meta[1] or not meta[2] or not meta[3] then return {'RESET_NEEDED', '', '', ''} end
if meta[1] ~= ARGV[1] then return {'RESET_NEEDED', meta[1], meta[2], meta[3]} end
if meta[2] ~= ARGV[2] then return {'SEEK', meta[1], meta[2], meta[3]} end

local keep = tonumber(ARGV[5])
local function after(a, b) return (b - a) % 4294967296 >= 2147483648 end
local function fence(field, x)
  local all, count, last = {}, 0, nil
  local function add(kind, number, at)
    all[#all + 1] = kind .. number .. ':' .. at
    count = count + 1
    if kind ~= 'T' and (not last or after(tonumber(number), tonumber(last))) then last = number end
  end
  local old = redis.call('HGET', KEYS[3], field)
  local unknownAt = nil
  if old then
    for kind, number, at in string.gmatch(old, '(%a)(%d+):(%d+)') do
      if now - tonumber(at) <= keep then
        if kind == 'T' then unknownAt = at else add(kind, number, at) end
      end
    end
  end
  if x == '0' then unknownAt = string.format('%d', now) else add('X', x, string.format('%d', now)) end
  if count > tonumber(ARGV[6]) then all = {'F' .. last .. ':' .. string.format('%d', now)} end
  if unknownAt then all[#all + 1] = 'T0:' .. unknownAt end
  redis.call('HSET', KEYS[3], field, table.concat(all, ','))
  redis.call('ZADD', KEYS[4], now + keep, 'f' .. field)
end

local tags = tonumber(ARGV[8])
for i = 0, tags - 1 do
  redis.call('DEL', KEYS[5 + 2 * i], KEYS[6 + 2 * i])
  fence(ARGV[9 + 2 * i], ARGV[10 + 2 * i])
end
for i = 9 + 2 * tags, #ARGV, 3 do
  redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 2])
  redis.call('ZADD', KEYS[4], now + tonumber(ARGV[7]), 'g' .. ARGV[i])
  fence(ARGV[i], ARGV[i + 1])
end

for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', '(' .. now, 'LIMIT', 0, 2 * tags + 200)) do
  redis.call('HDEL', string.sub(member, 1, 1) == 'f' and KEYS[3] or KEYS[2], string.sub(member, 2))
  redis.call('ZREM', KEYS[4], member)
end
redis.call('HSET', KEYS[1], 'off', ARGV[3])
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'wm', ARGV[4]) end
return {'OK', meta[1], ARGV[3], meta[3]}
