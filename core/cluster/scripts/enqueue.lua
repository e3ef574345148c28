-- tenant weight max_running max_waiting max_jobs max_bytes | key token body key_ttl_ms | jobs; each:
-- id language lane priority deadline_ms ttl_ms labels head request callback callback_host. Key and
-- callback: '' for none.
-- Answer: 'ok', 'full', 'tenant_full' or 'key_lost'. Sent again it says 'ok'.
local tenant = ARGV[1]
local FIRST, FIELDS = 11, 11
if redis.call('EXISTS', P .. 'job:' .. ARGV[FIRST]) == 1 then return 'ok' end
local jobs, bytes = 0, 0
for at = FIRST, #ARGV, FIELDS do
  jobs = jobs + 1
  bytes = bytes + #ARGV[at + 8]
end
local depth = redis.call('HMGET', P .. 'depth', 'jobs', 'bytes')
if tonumber(depth[1] or '0') + jobs > tonumber(ARGV[5]) or
   tonumber(depth[2] or '0') + bytes > tonumber(ARGV[6]) then
  return 'full'
end
local waiting = tonumber(redis.call('HGET', P .. 'tenant:' .. tenant, 'waiting') or '0')
if waiting + jobs > tonumber(ARGV[4]) then return 'tenant_full' end
if ARGV[7] ~= '' then
  local key = P .. 'keys:' .. tenant .. ':' .. ARGV[7]
  if redis.call('HGET', key, 'token') ~= ARGV[8] then return 'key_lost' end
  local ids = {}
  for at = FIRST, #ARGV, FIELDS do ids[#ids + 1] = ARGV[at] end
  redis.call('DEL', key)
  redis.call('HSET', key, 'body', ARGV[9], 'jobs', table.concat(ids, ','))
  redis.call('PEXPIRE', key, ARGV[10])
end
redis.call('HSET', P .. 'tenant:' .. tenant, 'weight', ARGV[2], 'max_running', ARGV[3])
local now = now_ms()
for at = FIRST, #ARGV, FIELDS do
  local id, lane, priority = ARGV[at], ARGV[at + 2], ARGV[at + 3]
  local request = ARGV[at + 8]
  local number = redis.call('INCR', P .. 'number')
  redis.call('HSET', P .. 'job:' .. id, 'v', FORMAT, 'tenant', tenant, 'language', ARGV[at + 1],
    'lane', lane, 'priority', priority, 'number', number, 'state', 'queued', 'attempts', 0,
    'seq', 0, 'bytes', #request, 'ttl_ms', ARGV[at + 5], 'labels', ARGV[at + 6],
    'head', ARGV[at + 7], 'request', request)
  if ARGV[at + 9] ~= '' then
    redis.call('HSET', P .. 'job:' .. id, 'callback', ARGV[at + 9], 'callback_host', ARGV[at + 10])
  end
  redis.call('ZADD', P .. 'jobs', number, id)
  redis.call('ZADD', P .. 'jobs:' .. tenant, number, id)
  if ARGV[at + 4] ~= '' then
    redis.call('ZADD', P .. 'deadlines', whole(now + tonumber(ARGV[at + 4])), id)
  end
  begin_waiting(id, tenant, #request)
  take_place(id, tenant, lane, priority, number)
  add_state_event(id, 1, 0)
end
return 'ok'
