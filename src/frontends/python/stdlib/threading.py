# One thread runs: locks are free, and what is local to a thread is an object.


class Lock:
    def acquire(self, *args, **kwargs):
        return True

    def release(self):
        pass

    def locked(self):
        return False

    def __enter__(self):
        return True

    def __exit__(self, *args):
        return False


RLock = Semaphore = BoundedSemaphore = Lock


class local:
    pass
