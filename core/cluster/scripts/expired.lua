-- node max_attempts lease_ms limit. Jobs of nodes that are dead wait again; those with no attempt left,
-- or to be cancelled, are this node's to end. Answer: {how many wait again, {id, v, attempts, seq, head, why}...}.
local node, most, lease, now = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), now_ms()
local again, mine = 0, {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', P .. 'leases', '-inf', now, 'LIMIT', 0, ARGV[4])) do
  local j = job_fields(id, 'state', 'attempts', 'cancel', 'v', 'seq', 'head')
  if j[1] ~= 'running' then
    redis.call('ZREM', P .. 'leases', id)
  elseif j[3] or tonumber(j[2]) >= most then
    redis.call('HSET', P .. 'job:' .. id, 'node', node)
    redis.call('ZADD', P .. 'leases', whole(now + lease), id)
    mine[#mine + 1] = {id, j[4], j[2], j[5], j[6], j[3] and 'cancelled' or 'dead'}
  else
    wait_again(id, j[2], 0)
    again = again + 1
  end
end
return {again, mine}
