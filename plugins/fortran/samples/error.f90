program wrong
  implicit none
  number = 1
end program wrong
