#include <cstdio>

int main() {
  int c;
  while ((c = getchar()) != EOF) putchar(c);
}
