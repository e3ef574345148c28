-- node lease_ms announcement-name announcement alive_ms | id attempt... Renews what the node runs and says that
-- it lives. Answer: {lost ids, cancelled ids, jobs, bytes, claims}.
local node, lease, now = ARGV[1], tonumber(ARGV[2]), now_ms()
local lost, cancelled = {}, {}
for at = 6, #ARGV, 2 do
  local id = ARGV[at]
  if is_current(id, ARGV[at + 1], node) then
    redis.call('ZADD', P .. 'leases', 'XX', whole(now + lease), id)
    if redis.call('HGET', P .. 'job:' .. id, 'cancel') then cancelled[#cancelled + 1] = id end
  else
    lost[#lost + 1] = id
  end
end
redis.call('ZADD', P .. 'nodes', whole(now + tonumber(ARGV[5])), node)
redis.call('HSET', P .. 'announced', node, ARGV[3])
if ARGV[4] ~= '' then
  redis.call('SET', P .. 'languages:' .. ARGV[3], ARGV[4], 'PX', whole(10 * tonumber(ARGV[5])))
elseif ARGV[3] ~= '' then
  redis.call('PEXPIRE', P .. 'languages:' .. ARGV[3], whole(10 * tonumber(ARGV[5])))
end
local news = P .. 'node:' .. node
if redis.call('EXISTS', news) == 0 then redis.call('XADD', news, '*', 'born', node) end
redis.call('PEXPIRE', news, whole(10 * tonumber(ARGV[5])))
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', P .. 'nodes', '-inf', now)) do
  redis.call('ZREM', P .. 'nodes', gone)
  redis.call('HDEL', P .. 'announced', gone)
end
local depth = redis.call('HMGET', P .. 'depth', 'jobs', 'bytes', 'claims')
return {lost, cancelled, tonumber(depth[1] or '0'), tonumber(depth[2] or '0'),
  tonumber(depth[3] or '0'), redis.call('EXISTS', P .. 'languages:' .. ARGV[3])}
