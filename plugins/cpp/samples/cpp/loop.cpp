int main() {
  volatile int n = 0;
  while (1) n = n + 1;
}
