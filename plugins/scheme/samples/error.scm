(display "before")
(newline)
(display #<nothing>)
