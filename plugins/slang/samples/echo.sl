variable line;
while (-1 != fgets(&line, stdin)) () = fputs(line, stdout);
