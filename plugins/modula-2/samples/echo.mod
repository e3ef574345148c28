MODULE main;
FROM SYSTEM IMPORT ADR;
FROM libc IMPORT read, write;
VAR
  c: CHAR;
BEGIN
  WHILE read(0, ADR(c), 1) = 1 DO
    IF write(1, ADR(c), 1) = 1 THEN END
  END
END main.
