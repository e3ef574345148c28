def fail_here
  nothing = nil
  nothing.field
end
fail_here
