-- Asks whether one request more is within all of these limits: it is counted by each of them, or by none.
-- KEYS: one for each limit
-- ARGV: for each limit three: 'w', requests, window in us: a sliding window
--                         or: 'b', burst, time between two tokens in us: a token bucket
-- Answers: the time in us, then for each limit four: 1 when it allows the request, what remains of it, ms until it is
--          whole again, ms until it allows one more
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

-- Requests of a window are told apart by the microsecond up to so many; of more, those of a part of it are one.
local PARTS = 128

local function text(number) return string.format('%.0f', number) end
local function ms(us) return math.ceil(math.max(us, 0) / 1000) end

-- A hash: when requests came, rounded up, and how many. None that is younger than the window is forgotten, so no window
-- sees more than the quota.
local function window(key, quota, length)
  local grain = 1
  if quota > PARTS then grain = math.ceil(length / PARTS) end
  local all, live, gone, used = redis.call('HGETALL', key), {}, {}, 0
  for i = 1, #all, 2 do
    local at, count = tonumber(all[i]), tonumber(all[i + 1])
    -- What is further ahead than any clock should be was counted by one that has been set back.
    if at + length <= now or at > now + grain + length then
      gone[#gone + 1] = all[i]
    else
      live[#live + 1] = {at, count}
      used = used + count
    end
  end
  table.sort(live, function(a, b) return a[1] < b[1] end)
  local mine = math.ceil(now / grain) * grain
  local limit = {allowed = used < quota, remaining = quota - used, retry = 0, reset = 0}
  if #live > 0 then limit.reset = live[#live][1] + length - now end
  if not limit.allowed then
    limit.remaining = 0
    local out = 0
    for i = 1, #live do
      out = out + live[i][2]
      if used - out < quota then
        limit.retry = live[i][1] + length - now
        break
      end
    end
  end
  limit.take = function()
    limit.remaining = limit.remaining - 1
    limit.reset = math.max(limit.reset, mine + length - now)
    if #gone > 0 then redis.call('HDEL', key, unpack(gone)) end
    redis.call('HINCRBY', key, text(mine), 1)
    redis.call('PEXPIRE', key, ms(limit.reset) + 1)
  end
  return limit
end

-- A number: when the bucket is full again.
local function bucket(key, burst, interval)
  local most = now + burst * interval
  local full = math.min(math.max(tonumber(redis.call('GET', key) or now), now), most)
  local room = most - full
  local limit = {allowed = room >= interval, remaining = math.floor(room / interval), retry = 0, reset = full - now}
  if not limit.allowed then limit.retry = interval - room end
  limit.take = function()
    limit.remaining = limit.remaining - 1
    limit.reset = full + interval - now
    redis.call('SET', key, text(full + interval), 'PX', ms(limit.reset) + 1)
  end
  return limit
end

local limits, all_allow = {}, true
for i = 1, #KEYS do
  local count = bucket
  if ARGV[3 * i - 2] == 'w' then count = window end
  limits[i] = count(KEYS[i], tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i]))
  all_allow = all_allow and limits[i].allowed
end

local answer = {text(now)}
for i = 1, #KEYS do
  if all_allow then limits[i].take() end
  answer[#answer + 1] = limits[i].allowed and 1 or 0
  answer[#answer + 1] = limits[i].remaining
  answer[#answer + 1] = ms(limits[i].reset)
  answer[#answer + 1] = ms(limits[i].retry)
end
return answer
