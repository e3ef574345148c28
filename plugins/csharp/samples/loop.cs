class Endless {
  static void Main() {
    while (true) {}
  }
}
