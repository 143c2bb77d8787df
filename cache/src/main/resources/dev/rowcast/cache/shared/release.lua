-- Gives a lease back that brings nothing, so that nobody waits for it.
-- KEYS: leases of the tag   ARGV: token, name
-- Answers: status
local lease = redis.call('HGET', KEYS[1], ARGV[2])
if not lease or cmsgpack.unpack(lease)[2] ~= ARGV[1] then return {'LEASE_LOST'} end
redis.call('HDEL', KEYS[1], ARGV[2])
return {'OK'}
