MODULE main;
BEGIN
  number := 1
END main.
