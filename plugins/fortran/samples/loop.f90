program endless
  integer :: n
  n = 0
  do
    n = ieor(n, 1)
    if (n > 1) print *, n
  end do
end program endless
