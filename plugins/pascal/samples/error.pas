begin
  writeln('before');
  number := 1;
end.
