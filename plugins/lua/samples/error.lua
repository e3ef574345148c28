local function fail()
  local nothing = nil
  return nothing.field
end
fail()
