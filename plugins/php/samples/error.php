<?php
function fail() {
  throw new Exception("something");
}
fail();
