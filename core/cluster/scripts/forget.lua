-- id. Answer: 1, 0 for a job that has not ended, or nil for none.
local state = redis.call('HGET', P .. 'job:' .. ARGV[1], 'state')
if not state then return nil end
if state ~= 'finished' and state ~= 'cancelled' then return 0 end
drop(ARGV[1])
return 1
