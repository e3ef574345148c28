fun endless () : unit = endless ()
val () = endless ()
