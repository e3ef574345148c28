class Main {
  public static void main(String[] arguments) {
    String text = 1;
  }
}
