fun echo () =
  case TextIO.inputLine TextIO.stdIn of
    NONE => ()
  | SOME line => (print line; echo ())
val () = echo ()
