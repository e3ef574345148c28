create buffer 1000 allot
: echo
  begin
    buffer 1000 stdin read-line throw
  while
    buffer swap type cr
  repeat
  drop ;
echo
