while true do ()
