-- lease_ms hosts host... tenant...: those that have enough to do. Answer: id tenant url host tries, or
-- nil. It is given to nobody else for the time of the lease; whose answer is lost waits that long.
local hosts, tenants = {}, {}
local first_tenant = 3 + tonumber(ARGV[2])
for at = 3, #ARGV do
  (at < first_tenant and hosts or tenants)[ARGV[at]] = true
end
local now = now_ms()
local id, due, group
for _, name in ipairs(redis.call('SMEMBERS', P .. 'callback_groups')) do
  local tenant, host = string.match(name, '^([^\n]*)\n(.*)$')
  if not hosts[host] and not tenants[tenant] then
    local first = redis.call('ZRANGE', P .. 'callbacks:' .. name, 0, 0, 'WITHSCORES')
    local at = tonumber(first[2])
    if at and at <= now and (not due or at < due) then id, due, group = first[1], at, name end
  end
end
if not id then return nil end
redis.call('ZADD', P .. 'callbacks:' .. group, whole(now + tonumber(ARGV[1])), id)
local c = redis.call('HMGET', P .. 'callback:' .. id, 'tenant', 'url', 'host', 'tries')
return {id, c[1], c[2], c[3], c[4]}
