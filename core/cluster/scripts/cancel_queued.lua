-- id view bytes status. Answer: 1, or 0 for a job that does not wait.
local id = ARGV[1]
local j = job_fields(id, 'state', 'tenant', 'lane', 'bytes', 'seq')
if j[1] ~= 'queued' then return 0 end
end_waiting(id, j[2], j[3], j[4])
local seq = tonumber(j[5])
add_state_event(id, seq + 1, 3)
add_event(id, seq + 2, 3, 0, 0, 0, '')
conclude(id, 'cancelled', ARGV[4], ARGV[2], ARGV[3])
return 1
