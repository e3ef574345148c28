fn fail {
  echo before
  fail 'something'
}
fail
