-- node. It stops: nobody has to wait until it counts as dead.
redis.call('ZREM', P .. 'nodes', ARGV[1])
redis.call('HDEL', P .. 'announced', ARGV[1])
redis.call('DEL', P .. 'node:' .. ARGV[1])
return 1
