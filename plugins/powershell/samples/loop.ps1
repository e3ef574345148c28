while ($true) {}
