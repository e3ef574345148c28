-- node token lease_ms number-of-lanes lanes... | language max_running... Answer: nil, or
-- {id, v, attempts, seq, head, request, started at, in microseconds}.
local node, token, lease = ARGV[1], ARGV[2], tonumber(ARGV[3])
local now = now_ms()

local function given(id)
  local j = job_fields(id, 'v', 'attempts', 'seq', 'head', 'request', 'started_us')
  return {id, j[1], j[2], j[3], j[4], j[5], j[6]}
end

-- The answer to this claim was lost: it is given again, not another job.
local before = redis.call('GET', P .. 'claim:' .. token)
if before then
  local j = job_fields(before, 'state', 'node')
  if j[1] == 'running' and j[2] == node then
    redis.call('ZADD', P .. 'leases', whole(now + lease), before)
    return given(before)
  end
  return nil
end

for _, id in ipairs(redis.call('ZRANGEBYSCORE', P .. 'delayed', '-inf', now, 'LIMIT', 0, 32)) do
  redis.call('ZREM', P .. 'delayed', id)
  local j = job_fields(id, 'tenant', 'lane', 'priority', 'number')
  if j[1] then take_place(id, j[1], j[2], j[3], j[4]) end
end

local able, last_lane = {}, 4 + tonumber(ARGV[4])
for at = 5, last_lane do able[ARGV[at]] = true end
local most = {}
for at = last_lane + 1, #ARGV, 2 do most[ARGV[at]] = tonumber(ARGV[at + 1]) end

local function is_full(language)
  if not most[language] then return false end
  return tonumber(redis.call('HGET', P .. 'running', language) or '0') >= most[language]
end

-- The highest priority, then the oldest, of what this worker can run of a tenant's jobs.
local function next_of(tenant)
  local best, best_place, best_lane
  for _, lane in ipairs(redis.call('SMEMBERS', P .. 'lanes:' .. tenant)) do
    if able[lane] and not is_full(string.match(lane, '^[^|]*')) then
      local head = redis.call('ZRANGE', P .. 'queue:' .. tenant .. ':' .. lane, 0, 0, 'WITHSCORES')
      if head[1] and (not best or tonumber(head[2]) < best_place) then
        best, best_place, best_lane = head[1], tonumber(head[2]), lane
      end
    end
  end
  return best, best_lane
end

local function take(id, tenant, lane, clock, weight, usual)
  local j = redis.pcall('HMGET', P .. 'job:' .. id, 'bytes', 'attempts', 'seq', 'language')
  if j.err or not (tonumber(j[1]) and tonumber(j[2]) and tonumber(j[3]) and j[4]) then
    -- Nothing is known of it but its name; it must not stand in the others' way.
    leave_place(id, tenant, lane)
    redis.call('ZREM', P .. 'deadlines', id)
    tenant_count(tenant, 'waiting', -1)
    count('depth', 'jobs', -1)
    return {id}
  end
  end_waiting(id, tenant, lane, j[1])
  tenant_count(tenant, 'running', 1)
  count('running', j[4], 1)
  count('depth', 'claims', 1)
  if clock > clock_now() then redis.call('SET', P .. 'clock', string.format('%.17g', clock)) end
  -- What it will take is not known, and its slot must count at once: another taken now must be
  -- somebody else's. leave_slot() puts it right.
  redis.call('ZADD', P .. 'tenants', string.format('%.17g', clock + usual / weight), tenant)
  local attempts = tonumber(j[2]) + 1
  local time = redis.call('TIME')
  redis.call('HSET', P .. 'job:' .. id, 'state', 'running', 'node', node, 'attempts', attempts,
    'charged', usual, 'claimed_ms', whole(now),
    'started_us', time[1] .. string.format('%06d', tonumber(time[2])))
  redis.call('ZADD', P .. 'leases', whole(now + lease), id)
  -- Numbers of events that an earlier attempt may have shown are not used again, not even if this
  -- server has lost its last second.
  local seq = math.max(tonumber(j[3]) + 1, (attempts - 1) * 1048576 + 1)
  add_state_event(id, seq, 1)
  redis.call('SET', P .. 'claim:' .. token, id, 'PX', lease)
  notify(id)
  return given(id)
end

local PAGE = 64
local from = 0
while true do
  local page = redis.call('ZRANGE', P .. 'tenants', from, from + PAGE - 1, 'WITHSCORES')
  for at = 1, #page, 2 do
    local tenant = page[at]
    local t = redis.call('HMGET', P .. 'tenant:' .. tenant,
      'waiting', 'running', 'max_running', 'weight', 'usual')
    if tonumber(t[1] or '0') > 0 and
       tonumber(t[2] or '0') < tonumber(t[3] or '4294967295') then
      local id, lane = next_of(tenant)
      if id then
        return take(id, tenant, lane, tonumber(page[at + 1]), tonumber(t[4] or '1'),
          tonumber(t[5] or '0.05'))
      end
    end
  end
  if #page < 2 * PAGE then return nil end
  from = from + PAGE
end
