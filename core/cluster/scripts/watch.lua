-- node id... Answer: 1 if the first is known, else 0.
for at = 2, #ARGV do
  if redis.call('EXISTS', P .. 'job:' .. ARGV[at]) == 1 then
    redis.call('SADD', P .. 'watch:' .. ARGV[at], ARGV[1])
  elseif at == 2 then
    return 0
  end
end
return 1
