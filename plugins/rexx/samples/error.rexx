say 'before'
zero = 0
say 1 / zero
