import os

# Polars gives back what it frees at once: a server that judged one large return must not stay large
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:0,muzzy_decay_ms:0")
