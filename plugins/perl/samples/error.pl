use strict;
sub fail {
  die "something";
}
fail();
