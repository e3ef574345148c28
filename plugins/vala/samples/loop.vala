void main() {
    int n = 0;
    while (n < 1) {
        n = 0;
    }
}
