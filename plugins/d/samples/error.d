void main() {
    int number = 1;
    string text = number;
}
