int main() {
  write("Grüße, 世界 🌍\n");
  return 0;
}
