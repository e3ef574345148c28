-- id from limit. Answer: nil, or {state, entries of the stream}; limit 0: the state alone.
local state = redis.call('HGET', P .. 'job:' .. ARGV[1], 'state')
if not state then return nil end
if ARGV[3] == '0' then return {state, {}} end
return {state,
  redis.call('XRANGE', P .. 'events:' .. ARGV[1], ARGV[2], '+', 'COUNT', ARGV[3])}
