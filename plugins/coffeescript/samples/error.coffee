fail = ->
  nothing = null
  nothing = = 2
fail()
