# SPDX-License-Identifier: Apache-2.0
# about: a pool of processes, queues, locks and shared memory
import multiprocessing as mp
from multiprocessing import shared_memory


def square(value):
    return value * value


def fill(name):
    block = shared_memory.SharedMemory(name=name)
    block.buf[0] = 42
    block.close()


if __name__ == "__main__":
    with mp.Pool(4) as pool:
        assert pool.map(square, range(100)) == [i * i for i in range(100)]
    for way in ("fork", "spawn"):
        context = mp.get_context(way)
        block = shared_memory.SharedMemory(create=True, size=16)
        worker = context.Process(target=fill, args=(block.name,))
        worker.start()
        worker.join()
        assert block.buf[0] == 42, way
        block.close()
        block.unlink()
    print("works")
