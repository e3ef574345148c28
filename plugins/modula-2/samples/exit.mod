MODULE main;
FROM libc IMPORT exit;
BEGIN
  exit(3)
END main.
