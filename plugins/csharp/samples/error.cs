class Wrong {
  static void Main() {
    string text = 1;
  }
}
