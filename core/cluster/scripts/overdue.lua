-- limit. Answer: ids of waiting jobs whose deadline is over.
return redis.call('ZRANGEBYSCORE', P .. 'deadlines', '-inf', now_ms(), 'LIMIT', 0, ARGV[1])
