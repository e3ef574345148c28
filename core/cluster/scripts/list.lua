-- tenant before limit scan state status language label. Answer: {number to go on from or '', {v, state, head, view, started_us, number}...}.
-- Looks at `scan` jobs at most: a search for what is rare goes on in the next call.
local name = ARGV[1] == '' and 'jobs' or 'jobs:' .. ARGV[1]
local limit, scan = tonumber(ARGV[3]), tonumber(ARGV[4])
local before = ARGV[2] == '' and '+inf' or '(' .. ARGV[2]
local ids = redis.call('ZREVRANGEBYSCORE', P .. name, before, '-inf', 'LIMIT', 0, scan + 1)
local found, last = {}, ''
for at, id in ipairs(ids) do
  if #found == limit or at > scan then return {last, found} end
  local j = job_fields(id, 'v', 'state', 'status', 'language', 'labels', 'number', 'started_us')
  if not j[2] then  -- its time was over while no node was there to drop it
    redis.call('ZREM', P .. name, id)
  else
    last = j[6]
    if (ARGV[5] == '' or ARGV[5] == j[2]) and (ARGV[6] == '' or ARGV[6] == j[3]) and
       (ARGV[7] == '' or ARGV[7] == j[4]) and
       (ARGV[8] == '' or string.find(j[5], ARGV[8], 1, true)) then
      local texts = job_fields(id, 'head', 'view')
      found[#found + 1] = {j[1], j[2], not texts[2] and texts[1], texts[2], j[7], j[6]}
    end
  end
end
return {'', found}
