-- What the scripts share; the build puts it in front of each. KEYS[1] is the prefix of all names.
-- A script changes all or nothing, so the counters here always fit the jobs.
--
--   job:ID          hash   v tenant language lane priority number state attempts node seq bytes
--                          ttl_ms labels head request callback
--                          callback_host | charged claimed_ms cancel | status view
--   events:ID       stream the job's events; the number of an event is its id
--   watch:ID        set    nodes that want to hear of new events
--   queue:T:LANE    zset   jobs of tenant T that wait for a worker with that toolchain, by place
--   lanes:T         set    lanes in which jobs of T wait
--   tenant:T        hash   weight max_running | waiting running usual
--   tenants         zset   tenants by their clocks; `clock` is that of the tenant served last
--   running         hash   jobs that run, by language
--   depth           hash   jobs and bytes that wait, claims so far
--   delayed, deadlines, leases, expires   zsets of job ids by time in ms of this server's clock
--   jobs, jobs:T, ended                   zsets of job ids by number
--   results         hash   bytes of the results that are kept
--   keys:T:KEY      hash   an idempotency key
--   nodes           zset   live nodes, by when they count as dead; node:N is a stream of news for N
--   callback:ID     hash   tenant url host tries: who is still to be told of the job's end
--   callbacks:GROUP zset   ids of such jobs by when they are due; a group is a tenant's with one host
--   callback_groups set    groups in which there are any; `depth` has their number
--   wake            stream lanes in which a job began to wait
--   dead            stream jobs given up after too many attempts, for the operator

local P = KEYS[1]
local FORMAT = '1'
local PLACES = 35184372088832  -- 2^45 numbers for each priority

local function now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function whole(number)
  return string.format('%.0f', number)
end

local function count(name, field, by)
  redis.call('HINCRBY', P .. name, field, by)
end

local function job_fields(id, ...)
  return redis.call('HMGET', P .. 'job:' .. id, ...)
end

-- Tells the nodes that somebody there follows the job; none is kept waiting for it.
local function notify(id)
  for _, node in ipairs(redis.call('SMEMBERS', P .. 'watch:' .. id)) do
    redis.call('XADD', P .. 'node:' .. node, 'NOMKSTREAM', 'MAXLEN', '~', '100000', '*', 'events', id)
  end
end

-- What somebody else wrote into the stream must not keep a job from its end: then it begins anew.
local function add_event(id, seq, kind, compile, run, state, bytes)
  local stream, fields = P .. 'events:' .. id, {'k', kind, 'c', compile, 'r', run, 's', state, 'b', bytes}
  local done = redis.pcall('XADD', stream, whole(seq) .. '-0', unpack(fields))
  if type(done) == 'table' and done.err then
    if not string.find(done.err, 'equal or smaller') and not string.find(done.err, 'WRONGTYPE') then
      error(done)
    end
    redis.call('DEL', stream)
    redis.call('XADD', stream, whole(seq) .. '-0', unpack(fields))
  end
  redis.call('HSET', P .. 'job:' .. id, 'seq', whole(seq))
end

-- 0 queued, 1 running, 2 finished, 3 cancelled, as in model/job_view.hpp.
local function add_state_event(id, seq, state)
  add_event(id, seq, 0, 0, 0, state, '')
end

-- Events as the caller has them: number, kind, compile, run, state, bytes each. Those that are there
-- already are passed over, so that a caller who got no answer can send them again.
local function add_events(id, seq, from)
  for at = from, #ARGV, 6 do
    local number = tonumber(ARGV[at])
    if number > seq then
      add_event(id, number, ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4], ARGV[at + 5])
      seq = number
    end
  end
  return seq
end

local function clock_now()
  return tonumber(redis.call('GET', P .. 'clock') or '0')
end

local function tenant_count(tenant, field, by)
  return redis.call('HINCRBY', P .. 'tenant:' .. tenant, field, by)
end

-- A clock that is ahead is kept, or a tenant could wipe its debt by pausing.
local function forget_idle(tenant)
  local counts = redis.call('HMGET', P .. 'tenant:' .. tenant, 'waiting', 'running')
  if tonumber(counts[1] or '0') > 0 or tonumber(counts[2] or '0') > 0 then return end
  local clock = tonumber(redis.call('ZSCORE', P .. 'tenants', tenant) or '0')
  if clock > clock_now() then return end
  redis.call('ZREM', P .. 'tenants', tenant)
  redis.call('DEL', P .. 'tenant:' .. tenant)
end

-- The job counts as waiting.
local function begin_waiting(id, tenant, bytes)
  local t = redis.call('HMGET', P .. 'tenant:' .. tenant, 'waiting', 'running')
  local clock = tonumber(redis.call('ZSCORE', P .. 'tenants', tenant) or '0')
  if tonumber(t[1] or '0') == 0 and tonumber(t[2] or '0') == 0 then
    clock = math.max(clock, clock_now())  -- who had nothing to run has not saved up the time
  end
  redis.call('ZADD', P .. 'tenants', clock, tenant)
  tenant_count(tenant, 'waiting', 1)
  count('depth', 'jobs', 1)
  count('depth', 'bytes', bytes)
end

local function take_place(id, tenant, lane, priority, number)
  local place = (9 - tonumber(priority)) * PLACES + tonumber(number)
  redis.call('ZADD', P .. 'queue:' .. tenant .. ':' .. lane, whole(place), id)
  redis.call('SADD', P .. 'lanes:' .. tenant, lane)
  redis.call('XADD', P .. 'wake', 'MAXLEN', '~', '1000', '*', 'lane', lane)
end

local function leave_place(id, tenant, lane)
  local queue = P .. 'queue:' .. tenant .. ':' .. lane
  redis.call('ZREM', queue, id)
  if redis.call('EXISTS', queue) == 0 then redis.call('SREM', P .. 'lanes:' .. tenant, lane) end
  redis.call('ZREM', P .. 'delayed', id)
end

local function end_waiting(id, tenant, lane, bytes)
  leave_place(id, tenant, lane)
  redis.call('ZREM', P .. 'deadlines', id)
  tenant_count(tenant, 'waiting', -1)
  count('depth', 'jobs', -1)
  count('depth', 'bytes', -tonumber(bytes))
end

-- The attempt is over: its tenant pays for the time that it took instead of what was guessed.
local function leave_slot(id)
  local j = job_fields(id, 'tenant', 'language', 'charged', 'claimed_ms')
  local tenant = j[1]
  redis.call('ZREM', P .. 'leases', id)
  if redis.call('HINCRBY', P .. 'running', j[2], -1) <= 0 then
    redis.call('HDEL', P .. 'running', j[2])
  end
  local took = math.max((now_ms() - tonumber(j[4])) / 1000, 0.001)
  local t = redis.call('HMGET', P .. 'tenant:' .. tenant, 'weight', 'usual')
  local weight, usual = tonumber(t[1] or '1'), tonumber(t[2] or '0.05')
  redis.call('ZINCRBY', P .. 'tenants', (took - tonumber(j[3])) / weight, tenant)
  redis.call('HSET', P .. 'tenant:' .. tenant, 'usual', usual + 0.25 * (took - usual))
  tenant_count(tenant, 'running', -1)
  redis.call('HDEL', P .. 'job:' .. id, 'charged', 'claimed_ms')
end

-- The job waits again, with a word about it for those who follow it.
local function wait_again(id, attempts, delay_ms)
  local j = job_fields(id, 'tenant', 'lane', 'priority', 'number', 'bytes', 'seq')
  leave_slot(id)
  begin_waiting(id, j[1], j[5])
  redis.call('HSET', P .. 'job:' .. id, 'state', 'queued', 'attempts', attempts)
  redis.call('HDEL', P .. 'job:' .. id, 'node', 'cancel')
  if delay_ms > 0 then
    redis.call('ZADD', P .. 'delayed', whole(now_ms() + delay_ms), id)
  else
    take_place(id, j[1], j[2], j[3], j[4])
  end
  add_state_event(id, tonumber(j[6]) + 1, 0)
  notify(id)
end

local function group_of(tenant, host)
  return tenant .. '\n' .. host
end

local function drop_callback(id)
  local c = redis.call('HMGET', P .. 'callback:' .. id, 'tenant', 'host')
  if not c[1] or not c[2] then return 0 end
  local group = group_of(c[1], c[2])
  redis.call('DEL', P .. 'callback:' .. id)
  redis.call('ZREM', P .. 'callbacks:' .. group, id)
  if redis.call('EXISTS', P .. 'callbacks:' .. group) == 0 then
    redis.call('SREM', P .. 'callback_groups', group)
  end
  count('depth', 'callbacks', -1)
  return 1
end

-- With the result, so that there is never one without the other.
local function add_callback(id, tenant, url, host)
  redis.call('HSET', P .. 'callback:' .. id, 'tenant', tenant, 'url', url, 'host', host, 'tries', 0)
  local group = group_of(tenant, host)
  redis.call('ZADD', P .. 'callbacks:' .. group, whole(now_ms()), id)
  redis.call('SADD', P .. 'callback_groups', group)
  count('depth', 'callbacks', 1)
end

-- The result takes the place of the source.
local function conclude(id, state, status, view, bytes)
  local j = job_fields(id, 'tenant', 'number', 'ttl_ms', 'callback', 'callback_host')
  if j[4] and j[5] then add_callback(id, j[1], j[4], j[5]) end
  local ttl = tonumber(j[3])
  local key = P .. 'job:' .. id
  redis.call('HSET', key, 'state', state, 'status', status, 'view', view, 'result_bytes', bytes)
  redis.call('HDEL', key, 'request', 'head', 'cancel')
  redis.call('ZADD', P .. 'expires', whole(now_ms() + ttl), id)
  redis.call('ZADD', P .. 'ended', j[2], id)
  count('results', 'bytes', bytes)
  redis.call('HSET', P .. 'sizes', id, bytes)
  -- Should no node be left to do it in time.
  redis.call('PEXPIRE', key, whole(ttl + 60000))
  redis.call('PEXPIRE', P .. 'events:' .. id, whole(ttl + 60000))
  redis.call('PEXPIRE', P .. 'watch:' .. id, whole(ttl + 60000))
  forget_idle(j[1])
  notify(id)
end

-- Everything about a job that has ended.
local function drop(id)
  local tenant = redis.call('HGET', P .. 'job:' .. id, 'tenant')
  local bytes = redis.call('HGET', P .. 'sizes', id)
  if bytes then
    count('results', 'bytes', -tonumber(bytes))
    redis.call('HDEL', P .. 'sizes', id)
  end
  for _, name in ipairs({'jobs', 'ended', 'expires'}) do redis.call('ZREM', P .. name, id) end
  if tenant then redis.call('ZREM', P .. 'jobs:' .. tenant, id) end
  drop_callback(id)
  notify(id)
  redis.call('DEL', P .. 'job:' .. id, P .. 'events:' .. id, P .. 'watch:' .. id)
end

-- Is this the attempt that may write?
local function is_current(id, attempt, node)
  local j = job_fields(id, 'state', 'attempts', 'node')
  return j[1] == 'running' and j[2] == attempt and j[3] == node
end
