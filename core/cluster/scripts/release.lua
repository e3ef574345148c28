-- tenant key token. Gives a key back with which nothing was made.
local key = P .. 'keys:' .. ARGV[1] .. ':' .. ARGV[2]
if redis.call('HGET', key, 'token') == ARGV[3] then redis.call('DEL', key) end
return 1
