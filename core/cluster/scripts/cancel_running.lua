-- id. Tells the node that runs the job; its heartbeat would be told too. Answer: that node, or nil.
local id = ARGV[1]
local j = job_fields(id, 'state', 'node', 'attempts')
if j[1] ~= 'running' then return nil end
redis.call('HSET', P .. 'job:' .. id, 'cancel', 1)
redis.call('XADD', P .. 'node:' .. j[2], 'NOMKSTREAM', 'MAXLEN', '~', '100000', '*', 'cancel', id)
return j[2]
