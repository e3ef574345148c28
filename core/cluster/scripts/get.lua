-- id. Answer: nil, or {v, state, head, view, started_us, node}; head only where there is no view.
local j = job_fields(ARGV[1], 'v', 'state', 'view', 'started_us', 'node')
if not j[2] then return nil end
local head = not j[3] and redis.call('HGET', P .. 'job:' .. ARGV[1], 'head')
return {j[1], j[2], head, j[3], j[4], j[5]}
