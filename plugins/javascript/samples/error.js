function fail() {
  const nothing = null;
  return nothing.field;
}
fail();
