import 'dart:io';

void main() {
  String? line;
  while ((line = stdin.readLineSync()) != null) print(line);
}
