-- id attempt node state status view bytes why-dead events... State: finished or cancelled. Answer: 1, or
-- 0 for an attempt that is over. Sent again by who ended the job it says 1.
local id, attempt, node = ARGV[1], ARGV[2], ARGV[3]
if not is_current(id, attempt, node) then
  local j = job_fields(id, 'view', 'attempts', 'node')
  if j[1] and j[2] == attempt and j[3] == node then return 1 end
  return 0
end
add_events(id, tonumber(redis.call('HGET', P .. 'job:' .. id, 'seq')), 9)
leave_slot(id)
if ARGV[8] ~= '' then
  local j = job_fields(id, 'tenant', 'language')
  redis.call('XADD', P .. 'dead', 'MAXLEN', '~', '1000', '*', 'job', id, 'tenant', j[1],
    'language', j[2], 'attempts', attempt, 'reason', ARGV[8])
end
conclude(id, ARGV[4], ARGV[5], ARGV[6], ARGV[7])
return 1
