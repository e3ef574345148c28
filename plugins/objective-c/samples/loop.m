int main(void) {
  volatile int n = 0;
  while (1) n++;
}
