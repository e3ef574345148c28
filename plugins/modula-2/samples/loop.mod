MODULE main;
VAR
  n: CARDINAL;
BEGIN
  n := 0;
  LOOP
    n := 1 - n;
    IF n > 1 THEN EXIT END
  END
END main.
