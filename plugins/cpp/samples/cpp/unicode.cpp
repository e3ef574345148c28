#include <cstdio>

int main() {
  puts("Grüße, 世界 🌍");
}
