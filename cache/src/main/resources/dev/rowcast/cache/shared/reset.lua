-- Begins again at an earlier place of the log: nothing that was kept before counts, and nothing is trusted until a new
-- watermark comes. Of two who find the same need, one does it.
-- KEYS: meta   ARGV: topic id and offset that were found or '', topic id, offset, new epoch
-- Answers: status, topic id, offset, epoch
local meta = redis.call('HMGET', KEYS[1], 'topic', 'off', 'epoch')
local complete = meta[1] and meta[2] and meta[3]
if complete and (meta[1] ~= ARGV[1] or meta[2] ~= ARGV[2]) then return {'OTHER', meta[1], meta[2], meta[3]} end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'topic', ARGV[3], 'off', ARGV[4], 'epoch', ARGV[5])
return {'OK', ARGV[3], ARGV[4], ARGV[5]}
