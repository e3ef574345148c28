void main() {
  int number = 1;
  String text = number;
}
