int main() {
  write("before\n");
  unknown();
}
