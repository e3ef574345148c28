class Main {
  public static void main(String[] arguments) {
    System.out.println("Grüße, 世界 🌍");
  }
}
