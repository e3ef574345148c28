void main() {
  while (true) {}
}
