void main() {
    stdout.printf("Grüße, 世界 🌍\n");
}
