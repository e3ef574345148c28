do forever
  line = linein()
  if line == '' & lines() = 0 then exit 0
  say line
end
