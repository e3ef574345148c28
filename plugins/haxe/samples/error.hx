class Main {
  static function main() {
    var text:String = 1;
  }
}
