# SPDX-License-Identifier: Apache-2.0
# about: recursion a hundred thousand deep
# limits: stack_bytes=268435456 memory_bytes=402653184
import sys

sys.setrecursionlimit(200_000)


def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


print("works" if depth(100_000) == 100_000 else "does not")
