#include <stdio.h>

int main() {
  puts("Grüße, 世界 🌍");
}
