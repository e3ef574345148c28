# SPDX-License-Identifier: Apache-2.0
# Where an interpreter that was started ahead waits for its job. `site` imports this module last of
# all, before the program is opened. What is here must leave no trace in the program's world.
import os
import sys

GO, READY = 3, 4
# Cheap to have and often wanted; what is dear, also to a program that ends, only for one whose text
# has its name in it.
COMMON = (
    "bisect", "collections", "datetime", "functools", "heapq", "itertools", "json", "math",
    "random", "re", "string",
)
NAMED = ()


def leave_the_path():
    here = os.environ.pop("PYTHONPATH")
    sys.path.remove(here)
    sys.path_importer_cache.pop(here, None)
    os.unlink(__file__)
    os.rmdir(here)


def run_that_of_the_installation():
    import importlib.machinery
    import importlib.util

    spec = importlib.machinery.PathFinder.find_spec(__name__, sys.path)
    if spec is None:
        return False
    module = importlib.util.module_from_spec(spec)
    sys.modules[__name__] = module
    spec.loader.exec_module(module)
    return True


def load_common():
    for name in COMMON + NAMED:
        try:
            __import__(name)
        except ImportError:
            pass  # this interpreter comes without it, and the program will hear so


def freeze():
    import gc

    gc.collect()
    if hasattr(gc, "freeze"):
        gc.freeze()


def wait_for_the_job():
    os.write(READY, b"1")
    os.close(READY)
    while os.read(GO, 1):
        pass
    os.close(GO)


def forget_if_shadowed(before):
    # A job's own "random.py" comes before the library's, for the library too: as if nothing had
    # been loaded.
    own = {name.partition(".")[0] for name in os.listdir(".")}
    if own.isdisjoint({name.partition(".")[0] for name in sys.modules}):
        return
    for name in [name for name in sys.modules if name not in before]:
        del sys.modules[name]


leave_the_path()
before = set(sys.modules)
found = run_that_of_the_installation()
load_common()
freeze()
wait_for_the_job()
forget_if_shadowed(before)
if not found:
    # For `site`, that means: there is no such module. It goes on without a word.
    raise ImportError(name=__name__)
