-- max_jobs max_bytes limit. Drops results whose time is over, and the oldest above the bounds.
local ids = redis.call('ZRANGEBYSCORE', P .. 'expires', '-inf', now_ms(), 'LIMIT', 0, ARGV[3])
for _, id in ipairs(ids) do drop(id) end
if #ids > 0 then return #ids end
local dropped = 0
while dropped < tonumber(ARGV[3]) do
  local jobs = redis.call('ZCARD', P .. 'ended')
  local bytes = tonumber(redis.call('HGET', P .. 'results', 'bytes') or '0')
  if jobs <= tonumber(ARGV[1]) and (bytes <= tonumber(ARGV[2]) or jobs == 0) then break end
  drop(redis.call('ZRANGE', P .. 'ended', 0, 0)[1])
  dropped = dropped + 1
end
return dropped
