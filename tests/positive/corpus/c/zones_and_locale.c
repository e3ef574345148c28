// SPDX-License-Identifier: Apache-2.0
// about: time zones and locales of the installed toolchains
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int main(void) {
  time_t winter = 1700000000;
  char text[64];
  setenv("TZ", "Europe/Berlin", 1);
  tzset();
  strftime(text, sizeof(text), "%Z %H", localtime(&winter));
  if (strcmp(text, "CET 23") != 0) {
    printf("Berlin: %s\n", text);
    return 1;
  }
  if (setlocale(LC_ALL, "") == NULL || strstr(setlocale(LC_CTYPE, NULL), "UTF-8") == NULL) {
    printf("locale: %s\n", setlocale(LC_CTYPE, NULL));
    return 2;
  }
  wchar_t wide;
  if (mbtowc(&wide, "\xc3\xa9", 2) != 2 || wide != 0xe9) return 3;
  puts("works");
}
