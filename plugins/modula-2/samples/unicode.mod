MODULE main;
FROM StrIO IMPORT WriteString, WriteLn;
BEGIN
  WriteString('Grüße, 世界 🌍');
  WriteLn
END main.
