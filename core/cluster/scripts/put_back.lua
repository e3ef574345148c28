-- id attempt node attempts-that-count delay_ms. Answer: 1, or 0 for an attempt that is over.
local id = ARGV[1]
if not is_current(id, ARGV[2], ARGV[3]) then return 0 end
wait_again(id, ARGV[4], tonumber(ARGV[5]))
return 1
