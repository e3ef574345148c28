int main() {
  string line;
  while (line = Stdio.stdin.gets()) write("%s\n", line);
  return 0;
}
