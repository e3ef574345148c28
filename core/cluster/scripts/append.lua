-- id attempt node events... Answer: 1, or 0 for an attempt that is over.
local id = ARGV[1]
if not is_current(id, ARGV[2], ARGV[3]) then return 0 end
add_events(id, tonumber(redis.call('HGET', P .. 'job:' .. id, 'seq')), 4)
notify(id)
return 1
