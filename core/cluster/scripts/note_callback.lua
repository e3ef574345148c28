-- id tries delay_ms: to be tried again after that; '' as the delay: no more. Answer: 1, or 0 for none.
local id = ARGV[1]
if ARGV[3] == '' then return drop_callback(id) end
local c = redis.call('HMGET', P .. 'callback:' .. id, 'tenant', 'host')
if not c[1] or not c[2] then return 0 end
redis.call('HSET', P .. 'callback:' .. id, 'tries', ARGV[2])
redis.call('ZADD', P .. 'callbacks:' .. group_of(c[1], c[2]), whole(now_ms() + tonumber(ARGV[3])), id)
return 1
