program greet
  print '(a)', 'Grüße, 世界 🌍'
end program greet
