-- Answer: {node, announcement-name, ...} of those that live.
local all = {}
for _, node in ipairs(redis.call('ZRANGEBYSCORE', P .. 'nodes', '(' .. now_ms(), '+inf')) do
  all[#all + 1] = node
  all[#all + 1] = redis.call('HGET', P .. 'announced', node) or ''
end
return all
