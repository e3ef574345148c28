-- tenant key token hold_ms. Answer: 'new', 'busy', or {body, jobs}. Sent again it says 'new'.
local key = P .. 'keys:' .. ARGV[1] .. ':' .. ARGV[2]
local k = redis.call('HMGET', key, 'jobs', 'body', 'token')
if k[1] then return {k[2], k[1]} end
if k[3] and k[3] ~= ARGV[3] then return 'busy' end
redis.call('HSET', key, 'token', ARGV[3])
redis.call('PEXPIRE', key, ARGV[4])
return 'new'
