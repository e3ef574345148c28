class Main {
  static function main() {
    Sys.println("Grüße, 世界 🌍");
  }
}
